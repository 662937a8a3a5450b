"""A network tried and finished: where it goes on, and where it begins anew."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")

from goodsight.training.backbone_report import BackboneSettings  # noqa: E402
from goodsight.training.backbone_training import (  # noqa: E402
    BackboneDesk,
    finish_backbone,
    teach_products,
    try_backbone,
)
from goodsight.training.lesson_photos import LessonPhotos  # noqa: E402
from goodsight.training.losses import LossName  # noqa: E402
from goodsight.training.network_output import features_in  # noqa: E402
from goodsight.training.trainable import Trainable  # noqa: E402
from training.networks import CHANNELS, PREPROCESSING, Residual, made  # noqa: E402
from training.scenes import jpeg, scene  # noqa: E402

PRODUCTS, PHOTOS = 4, 4
QUICK = BackboneSettings(epochs=1, batch=8, stages=1.0)


@pytest.fixture(scope="module")
def photos():
    drawn = [jpeg(scene(product, photo)) for product in range(PRODUCTS) for photo in range(PHOTOS)]
    return LessonPhotos(tuple(drawn), np.arange(len(drawn)))


class Desk:
    """A network made from a seed, always of the same name, and what was heard of its training."""

    def __init__(self, photos, folder, seed=0):
        self.network = made(Residual, seed).eval()
        self.heard = []
        products = np.repeat(np.arange(PRODUCTS), PHOTOS)
        stages = tuple((part,) for part in self.network.children())
        self.desk = BackboneDesk(
            trainable=Trainable(self.network, PREPROCESSING, stages, "tiny", "MIT", "here"),
            photos=photos,
            products=products,
            learn=np.arange(len(photos)),
            known=np.arange(0, len(photos), 3),
            teach=teach_products(products, LossName.COSFACE),
            settings=QUICK,
            threads=1,
            checkpoint=folder,
            tell=lambda name, _: self.heard.append(name),
            should_stop=lambda: False,
        )
        rng = np.random.default_rng(0)
        self.features = rng.random((len(photos), CHANNELS), dtype=np.float32)

    def trained(self):
        """The weights after the trial and what follows; whether either was trained."""
        try_backbone(self.desk, self.features)
        finish_backbone(self.desk, self.features)
        with torch.inference_mode():
            found = features_in(self.network(torch.ones(1, 3, 48, 48)))
        return found.numpy(), sorted(set(self.heard))


def test_what_was_trained_is_taken_up_and_not_trained_again(photos, tmp_path):
    first, heard = Desk(photos, tmp_path).trained()
    assert heard == ["trial, tiny", "with all photos, tiny"]
    again, heard = Desk(photos, tmp_path).trained()
    assert heard == []
    np.testing.assert_array_equal(again, first)


def test_other_weights_of_the_same_name_begin_anew(photos, tmp_path):
    Desk(photos, tmp_path / "one").trained()
    found, heard = Desk(photos, tmp_path / "one", seed=1).trained()
    assert heard == ["trial, tiny", "with all photos, tiny"]
    due, _ = Desk(photos, tmp_path / "other", seed=1).trained()
    np.testing.assert_array_equal(found, due)

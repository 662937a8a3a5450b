"""A small network trained on drawn photos: it learns, averages, stops and goes on."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")

from goodsight.core.errors import ModelError, UsageError  # noqa: E402
from goodsight.core.types import Preprocessing  # noqa: E402
from goodsight.encoders.preprocessing import prepare  # noqa: E402
from goodsight.training.backbone_loop import (  # noqa: E402
    BackboneLesson,
    TrainingInterrupted,
    learn_backbone,
)
from goodsight.training.backbone_report import BackboneSettings  # noqa: E402
from goodsight.training.head_report import Stage  # noqa: E402
from goodsight.training.lesson_photos import LessonPhotos  # noqa: E402
from goodsight.training.losses import LossName  # noqa: E402
from goodsight.training.network_output import photos_features  # noqa: E402
from goodsight.training.objectives import ProductObjective  # noqa: E402
from goodsight.training.trainable import Trainable  # noqa: E402
from training.scenes import jpeg, scene  # noqa: E402

SIDE, PRODUCTS, PHOTOS = 32, 6, 8
PREPROCESSING = Preprocessing(input_size=SIDE, resize_size=SIDE)
QUICK = BackboneSettings(epochs=3, batch=8, rate=2e-3, stages=1.0)


def network():
    torch.manual_seed(0)
    parts = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 5, stride=2, padding=2),
        torch.nn.ReLU(),
        torch.nn.Conv2d(8, 16, 3, stride=2, padding=1),
        torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
    )
    return Trainable(parts, PREPROCESSING, ((parts[0],), (parts[2],)), "tiny", "MIT", "here")


@pytest.fixture(scope="module")
def photos():
    drawn = [jpeg(scene(product, photo)) for product in range(PRODUCTS) for photo in range(PHOTOS)]
    return LessonPhotos(tuple(drawn), np.arange(len(drawn)))


def features_of(net, photos):
    pixels = prepare([photos.photo(n) for n in range(len(photos))], PREPROCESSING)
    return photos_features(net, pixels).numpy()


def lesson(photos, trainable, *, epochs=3, checkpoint=None, fingerprint="one", recall=None):
    products = np.repeat(np.arange(PRODUCTS), PHOTOS)
    features = features_of(trainable.network, photos)
    objective = ProductObjective(LossName.COSFACE, products, features, rooted=True)
    return BackboneLesson(
        Stage.TRIAL,
        trainable,
        photos,
        objective,
        np.ones(len(photos)),
        epochs,
        1.0,
        recall or (lambda _: 0.5),
        checkpoint,
        fingerprint,
    )


def learn(found, settings=QUICK, progress=lambda _: None, should_stop=lambda: False):
    return learn_backbone(found, settings, progress, should_stop, threads=2)


def stopping_after(calls):
    heard = iter(range(calls))
    return lambda: next(heard, None) is None


def test_photos_of_a_product_come_nearer_to_each_other_than_they_were(photos):
    trainable = network()
    products = np.repeat(np.arange(PRODUCTS), PHOTOS)

    def apart():
        rows = np.sqrt(features_of(trainable.network, photos))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        rows -= rows.mean(0)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        alike = rows @ rows.T
        same = products[:, None] == products
        return alike[same].mean() - alike[~same].mean()

    before = apart()
    curve = learn(lesson(photos, trainable, epochs=12))
    losses = [point.loss for point in curve[1:]]
    assert losses[-1] < losses[0]
    assert apart() > before + 0.05
    assert [point.epoch for point in curve] == list(range(13))


def test_what_comes_out_is_the_average_and_is_judged_every_epoch(photos):
    trainable, judged = network(), []

    def recall(net):
        judged.append(net is not trainable.network)
        return 0.25

    curve = learn(lesson(photos, trainable, recall=recall))
    assert judged == [True] * 4
    assert [point.recall for point in curve] == [0.25] * 4


def test_lower_stages_stay_as_they_are(photos):
    trainable = network()
    lower = trainable.network[0].weight.detach().clone()
    upper = trainable.network[2].weight.detach().clone()
    learn(lesson(photos, trainable), BackboneSettings(epochs=2, batch=8, stages=0.5))
    assert torch.equal(trainable.network[0].weight, lower)
    assert not torch.equal(trainable.network[2].weight, upper)


def test_trained_again_the_same_stages_learn(photos):
    found = network()
    weights = tuple(found.network.parameters())
    trainable = replace(found, stages=tuple((weight,) for weight in weights))
    for _ in range(2):
        before = [weight.detach().clone() for weight in weights]
        learn(lesson(photos, trainable), BackboneSettings(epochs=1, batch=8, stages=0.5))
        stayed = [torch.equal(*pair) for pair in zip(before, weights, strict=True)]
        assert stayed == [True, True, False, False]


def test_stopped_and_begun_again_it_comes_to_the_same(photos, tmp_path):
    whole = network()
    expected = learn(lesson(photos, whole))
    path = tmp_path / "trial.safetensors"
    for calls in (1, 5, 4):  # at the start, in the middle of an epoch, and further on
        with pytest.raises(TrainingInterrupted):
            learn(lesson(photos, network(), checkpoint=path), should_stop=stopping_after(calls))
    resumed = network()
    curve = learn(lesson(photos, resumed, checkpoint=path))
    assert [p.loss for p in curve[1:]] == pytest.approx([p.loss for p in expected[1:]], rel=1e-5)
    for one, other in zip(whole.network.parameters(), resumed.network.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_a_finished_training_is_not_done_again(photos, tmp_path):
    path = tmp_path / "trial.safetensors"
    first = network()
    learn(lesson(photos, first, checkpoint=path))
    again, heard = network(), []
    learn(lesson(photos, again, checkpoint=path), progress=heard.append)
    assert heard == []
    for one, other in zip(first.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_checkpoint_of_other_photos_is_not_gone_on_with(photos, tmp_path):
    path = tmp_path / "trial.safetensors"
    with pytest.raises(TrainingInterrupted):
        learn(lesson(photos, network(), checkpoint=path), should_stop=stopping_after(5))
    heard = []
    learn(lesson(photos, network(), checkpoint=path, fingerprint="two"), progress=heard.append)
    assert heard[0].point.epoch == 1


def test_a_checkpoint_of_another_network_is_refused(photos, tmp_path):
    path = tmp_path / "trial.safetensors"
    with pytest.raises(TrainingInterrupted):
        learn(lesson(photos, network(), checkpoint=path), should_stop=stopping_after(5))
    wider = network()
    parts = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.AdaptiveAvgPool2d(1))
    parts.append(torch.nn.Flatten())
    other = Trainable(parts, PREPROCESSING, ((parts[0],),), "other", "MIT", wider.source)
    with pytest.raises(ModelError, match="not those of this training"):
        learn(lesson(photos, other, checkpoint=path))


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(UsageError, match="supcon"):
        BackboneSettings(loss=LossName.SUPCON)
    with pytest.raises(UsageError, match="epoch"):
        BackboneSettings(epochs=0)


def test_photos_keep_their_colours_and_are_as_small_as_they_may_be():
    from goodsight.core.types import Photo
    from goodsight.training.lesson_photos import _small

    pixels = np.full((600, 900, 3), (200, 40, 90), dtype=np.uint8)
    content = _small(Photo("large", "", pixels, 900, 600), SIDE)
    picture = Image.open(io.BytesIO(content))
    assert picture.size == (62, 42)
    assert np.abs(np.asarray(picture).mean((0, 1)) - (200, 40, 90)).max() < 3

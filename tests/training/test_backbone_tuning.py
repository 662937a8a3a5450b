"""The network itself tuned from end to end: proven, embedded, switched to, and undone."""

import pytest

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")

import goodsight  # noqa: E402
from goodsight.core.errors import Interrupted, UsageError  # noqa: E402
from goodsight.core.tuning import TuningStatus  # noqa: E402
from goodsight.training.backbone_report import BackboneSettings  # noqa: E402
from goodsight.training.tuner import Tuner  # noqa: E402
from goodsight.training.tuning_options import TuneOptions  # noqa: E402
from training.scenes import scene  # noqa: E402
from training.watch import Watch  # noqa: E402

PRODUCTS, PHOTOS = 10, 24
BACKBONE = BackboneSettings(epochs=2, finishing=0.5, batch=12, rate=6e-4, stages=0.3)
OPTIONS = TuneOptions("backbone", backbone=BACKBONE)


@pytest.fixture(scope="module")
def loud_shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("loud")
    rows = ["id,title,category,image"]
    for number in range(PRODUCTS):
        names = [f"{number}-{seed}.png" for seed in range(PHOTOS)]
        for seed, name in enumerate(names):
            scene(number, seed).save(root / name)
        rows.append(f"p{number},Product {number},Things,{'|'.join(names)}")
    (root / "feed.csv").write_text("\n".join(rows) + "\n")
    return root


@pytest.fixture(scope="module")
def shop(loud_shop, tmp_path_factory):
    with goodsight.open(tmp_path_factory.mktemp("tuned")) as opened:
        opened.index(loud_shop / "feed.csv")
        yield opened


@pytest.fixture(scope="module")
def switched(shop):
    before, watch = shop.info(), Watch()
    return before, Tuner(shop).tune(OPTIONS, watch), watch


def right(shop, folder):
    found = 0
    for number in range(PRODUCTS):
        for seed in range(100, 104):
            scene(number, seed).save(folder / "query.png")
            hits = shop.search(folder / "query.png", limit=1).hits
            found += hits[0].product.id == f"p{number}"
    return found / (PRODUCTS * 4)


def test_a_gain_is_proven_and_the_new_model_serves(shop, switched):
    before, run, watch = switched
    assert run.record.verdict.reasons == ()
    assert run.status is TuningStatus.SWITCHED
    after = shop.info()
    assert after.model.startswith("efficientnet-lite0-tuned-")
    assert (before.model, after.photos) == ("efficientnet-lite0", before.photos)
    card = shop.model(after.model)
    assert card.tuned_from == "efficientnet-lite0"
    assert "tuned on the photos of 'default'" in card.source
    assert card.space == after.encoder_space != before.encoder_space
    assert run.record.model.base_space == card.space
    assert len(run.record.curve) == 2
    assert [name for n, (name, *_) in enumerate(watch.heard)
            if not n or watch.heard[n - 1][0] != name] == [
        "viewed", "trial, efficientnet-lite0", "proving", "embedded",
        "with all photos, efficientnet-lite0", "embedding", "embedded", "switching",
    ]  # fmt: skip


def test_unseen_photos_are_found_better_in_fact_and_it_can_be_undone(shop, switched, tmp_path):
    tuned = right(shop, tmp_path)
    shop.switcher().go_back()
    assert shop.info().model == "efficientnet-lite0"
    untuned = right(shop, tmp_path)
    shop.switcher().go_to(switched[1].space_id)
    assert shop.info().model == shop.model(shop.info().model).name
    assert tuned > untuned + 0.05
    assert right(shop, tmp_path) == tuned


def test_new_photos_are_embedded_by_the_tuned_network(shop, switched, loud_shop):
    names = [f"new-{seed}.png" for seed in range(4)]
    for seed, name in enumerate(names):
        scene(40, seed).save(loud_shop / name)
    (loud_shop / "new.csv").write_text(f"id,title,image\nn,New,{'|'.join(names)}\n")
    shop.index(loud_shop / "new.csv")
    assert shop.search(loud_shop / "new-2.png", limit=1).hits[0].product.id == "n"
    assert shop.info().photos == PRODUCTS * PHOTOS + 4


def test_stopped_anywhere_nothing_changes_and_it_goes_on(loud_shop, tmp_path):
    with goodsight.open(tmp_path / "home") as shop:
        shop.index(loud_shop / "feed.csv")
        before = shop.info()
        for part in ("trial, efficientnet-lite0", "embedded", "embedding"):
            stopping = Watch()
            with pytest.raises(Interrupted):
                Tuner(shop).tune(
                    OPTIONS, stopping, should_stop=lambda w=stopping, p=part: w.heard_of(p)
                )
            assert shop.info() == before
            assert shop.switcher().runs()[0].status is TuningStatus.INTERRUPTED
        watch = Watch()
        run = Tuner(shop).tune(OPTIONS, watch)
        assert run.status is TuningStatus.SWITCHED
        # What was trained before it was stopped is not trained again.
        assert not watch.heard_of("with all photos, efficientnet-lite0")
        assert [n for n in shop.models() if n.tuned_from] == [shop.model(shop.info().model)]


def test_a_network_that_cannot_be_trained_is_refused_before_anything_is_read(shop, switched):
    watch = Watch()
    with pytest.raises(UsageError, match="no 'shoes' to train"):
        Tuner(shop).tune(TuneOptions("backbone", network="shoes"), watch)
    assert watch.heard == []

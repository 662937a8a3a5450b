"""A collection tuned from end to end: proven and switched, or refused; and undone."""

import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

import goodsight
from goodsight.core.errors import InputError, Interrupted, UsageError
from goodsight.core.tuning import TuningStatus
from goodsight.training.head_report import HeadSettings
from goodsight.training.tuner import Tuner
from goodsight.training.tuning_options import TuneOptions
from small_shop import draw_feed
from training.scenes import scene
from training.watch import Watch

PRODUCTS, PHOTOS = 9, 40
QUICK = HeadSettings(epochs=6, dimension=32)


@pytest.fixture(scope="module")
def loud_shop(tmp_path_factory):
    """Too few products for the catalogue to learn a projection from by itself."""
    root = tmp_path_factory.mktemp("loud")
    draw_feed(root, scene, range(PRODUCTS), PHOTOS, category="Things")
    return root


@pytest.fixture(scope="module")
def shop(loud_shop, tmp_path_factory):
    with goodsight.open(tmp_path_factory.mktemp("tuned")) as opened:
        opened.index(loud_shop / "feed.csv")
        yield opened


@pytest.fixture(scope="module")
def switched(shop):
    before = shop.info().space
    watch = Watch()
    run = Tuner(shop).tune(TuneOptions(augmentations=0, head=QUICK), watch)
    return before, run, watch


def test_a_gain_is_proven_and_switched_to(shop, switched):
    before, run, _ = switched
    assert run.record.verdict.reasons == ()
    assert run.status is TuningStatus.SWITCHED
    known = run.record.verdict.comparisons[0]
    assert known.is_gain
    assert known.queries >= 50
    assert shop.info().space != before
    model = run.record.model
    assert (model.space, model.base_space) == (shop.info().space, shop.info().encoder_space)
    assert (model.photos, model.products) == (PRODUCTS * PHOTOS, PRODUCTS)
    kept = {space.id: space for space in shop.switcher().kept_spaces()}
    assert kept[run.space_id].is_active
    assert len(run.record.curve) > 1
    assert any(query.is_gain for query in run.record.changed)


def test_unseen_photos_are_found_better_in_fact(shop, switched, tmp_path):
    def right():
        found = 0
        for number in range(PRODUCTS):
            for seed in range(100, 106):
                scene(number, seed).save(tmp_path / "query.png")
                hits = shop.search(tmp_path / "query.png", limit=1).hits
                found += hits[0].product.id == f"p{number}"
        return found / (PRODUCTS * 6)

    tuned = right()
    shop.switcher().go_back()
    untuned = right()
    shop.switcher().go_to(switched[1].space_id)
    assert tuned > untuned + 0.05


def test_it_tells_how_far_it_is(switched):
    heard = [entry[0] for entry in switched[2].heard]
    assert [name for n, name in enumerate(heard) if heard[n - 1] != name or n == 0] == [
        "viewed", "trial", "proving", "with all photos", "switching",
    ]  # fmt: skip
    assert ("viewed", PRODUCTS * PHOTOS, PRODUCTS * PHOTOS) in switched[2].heard


def test_new_photos_go_into_the_tuned_space_and_learning_leaves_it(shop, switched, loud_shop):
    space = shop.info().space
    rows = ["id,title,image"]
    for number in range(4):
        names = [f"new-{number}-{seed}.png" for seed in range(30)]
        for seed, name in enumerate(names):
            scene(20 + number, seed).save(loud_shop / name)
        rows.append(f"n{number},New {number},{'|'.join(names)}")
    (loud_shop / "new.csv").write_text("\n".join(rows) + "\n")
    shop.index(loud_shop / "new.csv")
    assert shop.info().space == space
    assert shop.search(loud_shop / "new-2-7.png", limit=1).hits[0].product.id == "n2"


def test_what_does_not_gain_is_refused_and_changes_nothing(named_shop, tmp_path):
    with goodsight.open(tmp_path / "home") as shop:
        shop.index(named_shop / "feed.csv")
        before = shop.info()
        run = Tuner(shop).tune(TuneOptions(augmentations=0, head=QUICK), Watch())
        assert run.status is TuningStatus.REFUSED
        assert run.record.verdict.reasons
        assert shop.info() == before


def test_stopped_it_changes_nothing_and_goes_on_from_there(shop, switched):
    space = shop.info().space
    stopping = Watch()
    with pytest.raises(Interrupted):
        Tuner(shop).tune(
            TuneOptions(augmentations=0, head=QUICK),
            stopping,
            should_stop=lambda: len(stopping.heard) > 100,
        )
    assert shop.info().space == space
    assert shop.switcher().runs(1)[0].status is TuningStatus.INTERRUPTED
    kept = list(Tuner(shop)._folder.rglob("*.npy"))
    assert len(kept) >= 100


def test_labelled_folders_teach_too(shop, switched, tmp_path):
    for label, number in (("p3", 3), ("lamp", 30)):
        (tmp_path / "sorted" / label).mkdir(parents=True)
        for seed in range(500, 508):
            scene(number, seed).save(tmp_path / "sorted" / label / f"{seed}.png")
    (tmp_path / "sorted" / "lamp" / "broken.jpg").write_bytes(b"no picture")
    watch = Watch()
    options = TuneOptions(augmentations=0, folder=tmp_path / "sorted", head=QUICK, force=True)
    run = Tuner(shop).tune(options, watch)
    info = shop.info()
    assert run.record.model.photos == info.photos + 16
    # "p3" is a product of the catalogue, the lamp is none.
    assert run.record.model.products == info.products + 1
    [skipped] = [entry for entry in watch.heard if entry[0] == "skipped"]
    assert skipped[1].endswith("broken.jpg")
    # Whatever the verdict, it was to be switched to; and is undone as any other.
    assert run.status is TuningStatus.SWITCHED
    assert run.forced is not run.record.verdict.passed
    assert info.space == run.record.model.space
    assert shop.switcher().go_back() == switched[1].record.model.space


def test_photos_without_labels_teach_and_are_neither_searched_nor_asked_with(
    shop, switched, tmp_path
):
    folder = tmp_path / "unsorted" / "of all kinds"
    folder.mkdir(parents=True)
    for number in range(PRODUCTS):
        for seed in range(600, 604):
            scene(number, seed).save(folder / f"{number}-{seed}.png")
    # Twice the same, a photo of the catalogue, and none at all.
    scene(0, 600).save(folder / "again.png")
    scene(0, 0).save(folder / "copy.png")
    (folder / "broken.jpg").write_bytes(b"no picture")
    watch, before = Watch(), shop.info()
    options = TuneOptions(
        augmentations=0, unlabelled=folder.parent, confidence=0.3, head=QUICK, force=True
    )
    run = Tuner(shop).tune(options, watch)
    told = dict(run.record.settings)["unlabelled photos"]
    taken, seen = map(int, re.fullmatch(r"(\d+) of (\d+), confidence 0.3", told).groups())
    assert seen == 4 * PRODUCTS + 1
    assert 4 <= taken < seen
    [skipped] = [entry for entry in watch.heard if entry[0] == "skipped"]
    assert skipped[1].endswith("broken.jpg")
    assert ("viewed", seen, seen) in watch.heard
    # The catalogue is what it was: nothing more is searched.
    assert run.record.model.photos == before.photos == shop.info().photos
    assert run.record.model.products == before.products == shop.info().products
    hit = shop.search(folder / "4-601.png", limit=1).hits[0]
    assert Path(hit.photo).parent != folder
    assert shop.switcher().go_back() == switched[1].record.model.space


def test_what_cannot_be_learnt_without_labels_is_told(shop, tmp_path):
    with pytest.raises(UsageError, match="for the method head"):
        Tuner(shop).tune(TuneOptions(method="self-supervised", unlabelled=tmp_path), Watch())
    with pytest.raises(UsageError, match="above 0, and at most 1"):
        Tuner(shop).tune(TuneOptions(unlabelled=tmp_path, confidence=1.5), Watch())
    watch = Watch()
    with pytest.raises(InputError, match="nowhere: no such folder"):
        Tuner(shop).tune(TuneOptions(unlabelled=tmp_path / "nowhere"), watch)
    assert watch.heard == []
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match="no photo of the unlabelled folder"):
        Tuner(shop).tune(TuneOptions(augmentations=0, unlabelled=tmp_path, head=QUICK), Watch())
    failed = shop.wiring.store().tuning_runs(shop.collection).runs()[0]
    assert failed.status is TuningStatus.FAILED
    assert "no photo of the unlabelled folder" in failed.record.reason


def test_an_unknown_method_is_named(shop):
    with pytest.raises(UsageError, match="self-supervised"):
        Tuner(shop).tune(TuneOptions(method="magic"), Watch())

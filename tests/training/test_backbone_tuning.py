"""The network itself tuned from end to end: proven, embedded, switched to, and undone."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")
pytest.importorskip("transformers", reason="needs transformers")
safetensors = pytest.importorskip("safetensors.torch", reason="needs safetensors")

import goodsight  # noqa: E402
from goodsight.core.errors import InputError, Interrupted, UsageError  # noqa: E402
from goodsight.core.tuning import TuningStatus  # noqa: E402
from goodsight.encoders import ModelLibrary  # noqa: E402
from goodsight.training.backbone_report import BackboneSettings  # noqa: E402
from goodsight.training.trainable import trainable_networks  # noqa: E402
from goodsight.training.tuner import Tuner  # noqa: E402
from goodsight.training.tuning_options import TuneOptions  # noqa: E402
from grid_models import grid_folder  # noqa: E402
from small_shop import draw_feed  # noqa: E402
from training.published import published  # noqa: E402
from training.scenes import busy_scene  # noqa: E402
from training.watch import Watch  # noqa: E402

# Enough to hold back the photos that a verdict takes.
PRODUCTS, PHOTOS = 26, 12
FEW = 8
QUICK = BackboneSettings(epochs=2, finishing=0.5, batch=16, rate=6e-4)
ONCE = BackboneSettings(epochs=1, batch=16, rate=6e-4)


def draw(folder, products, photos, first=0):
    numbers, name = range(first, first + products), f"feed-{first}.csv"
    return draw_feed(folder, busy_scene, numbers, photos, category="Things", name=name)


def tune(shop, options, watch=None, **choices):
    return Tuner(shop).tune(options, watch or Watch(), **choices)


@pytest.fixture(scope="module")
def few_photos(tmp_path_factory):
    return draw(tmp_path_factory.mktemp("few"), FEW, 6)


@pytest.fixture(scope="module")
def small_network(tmp_path_factory):
    """The photo tower of a tiny transformer that knows nothing: it is quick, and never better."""
    folder = tmp_path_factory.mktemp("published") / "tiny-dino"
    folder.mkdir()
    published("dinov2", folder)
    return folder


@pytest.fixture(scope="module")
def forced(small_network):
    return TuneOptions("backbone", force=True, network=str(small_network), backbone=QUICK)


@pytest.fixture
def small_shop_home(few_photos, tmp_path):
    with goodsight.open(tmp_path / "home") as shop:
        shop.add_model(grid_folder(tmp_path / "models", 4))
        shop.index(few_photos, model="grid-4")
        yield shop


# A minute on a quiet machine.
@pytest.mark.timeout(900)
def test_the_bundled_network_learns_to_see_past_loud_grounds(tmp_path):
    feed = draw(tmp_path, PRODUCTS, PHOTOS)
    with goodsight.open(tmp_path / "home") as shop:
        shop.index(feed)
        before, watch = shop.info(), Watch()
        run = tune(
            shop, TuneOptions("backbone", force=True, backbone=replace(ONCE, epochs=3)), watch
        )
        assert run.status is TuningStatus.SWITCHED
        known = run.record.verdict.comparisons[0]
        assert known.after > known.before + 0.05
        after = shop.info()
        assert after.model.startswith("efficientnet-lite0-tuned-")
        assert (before.model, after.photos) == ("efficientnet-lite0", before.photos)
        assert after.profile == before.profile == "fast"
        card = shop.model(after.model)
        assert card.tuned_from == "efficientnet-lite0"
        assert "tuned on the photos of 'default'" in card.source
        assert card.space == after.encoder_space != before.encoder_space
        assert run.record.model.base_space == card.space
        assert len(run.record.curve) == 3
        told = [name for name, *_ in watch.heard]
        assert [name for n, name in enumerate(told) if n == 0 or told[n - 1] != name] == [
            "viewed", "trial, efficientnet-lite0", "proving", "embedded",
            "with all photos, efficientnet-lite0", "embedding", "embedded", "switching",
        ]  # fmt: skip
        tuned = right(shop, tmp_path)
        shop.switcher().go_back()
        assert shop.info().model == "efficientnet-lite0"
        assert tuned > right(shop, tmp_path) + 0.05


def right(shop, folder):
    """The share of new photos that find their product."""
    found = 0
    for number in range(PRODUCTS):
        busy_scene(number, 100).save(folder / "query.png")
        hits = shop.search(folder / "query.png", limit=1).hits
        found += hits[0].product.id == f"p{number}"
    return found / PRODUCTS


def test_what_is_not_better_is_refused_and_changes_nothing(small_shop_home, forced, few_photos):
    shop, before = small_shop_home, small_shop_home.info()
    models = [card.name for card in shop.models()]
    run = tune(shop, TuneOptions("backbone", network=forced.network, backbone=QUICK))
    assert run.status is TuningStatus.REFUSED
    assert run.record.verdict.reasons
    assert shop.info() == before
    assert [card.name for card in shop.models()] == models


def test_switched_by_force_it_serves_learns_what_is_new_and_is_undone(
    small_shop_home, forced, tmp_path
):
    shop, before = small_shop_home, small_shop_home.info()
    run = tune(shop, forced)
    assert (run.status, run.forced) == (TuningStatus.SWITCHED, True)
    after = shop.info()
    assert after.model.startswith("tiny-dino-tuned-")
    shop.index(draw(tmp_path, 2, 4, first=40))
    hit = shop.search(tmp_path / "41-2.png", limit=1).hits[0]
    assert (hit.product.id, shop.info().photos) == ("p41", FEW * 6 + 8)
    shop.switcher().go_back()
    assert (shop.info().model, shop.info().space) == (before.model, before.space)
    assert shop.search(tmp_path / "40-1.png", limit=1).hits[0].product.id == "p40"
    shop.switcher().go_to(run.space_id)
    # Tuned once more it begins where the first time began.
    again = tune(shop, TuneOptions("backbone", force=True, backbone=QUICK))
    assert again.record.model.base_model == forced.network
    assert shop.info().model not in (before.model, after.model)


def test_tuned_once_more_it_has_to_beat_what_it_began_with(
    small_shop_home, forced, few_photos, tmp_path
):
    shop = small_shop_home
    tune(shop, replace(forced, backbone=ONCE))
    again = tune(shop, TuneOptions("backbone", backbone=replace(ONCE, seed=1)))
    [begun] = (shop.wiring.settings.home / "tuning").glob("*/begun")
    with goodsight.open(tmp_path / "other") as untuned:
        untuned.add_model(begun, "untuned")
        untuned.index(few_photos, model="untuned")
        options = replace(forced, force=False, backbone=replace(ONCE, seed=1))
        first = tune(untuned, options)
    # The tuned one has learnt from the photos kept aside.
    known = [run.record.verdict.comparisons[0] for run in (again, first)]
    assert known[0].queries == known[1].queries > 0
    assert known[0].before == known[1].before


def test_stopped_anywhere_nothing_changes_and_it_goes_on(small_shop_home, forced):
    shop, before = small_shop_home, small_shop_home.info()
    for part in ("trial, tiny-dino", "embedded", "with all photos, tiny-dino", "embedding"):
        stopped = Watch()
        with pytest.raises(Interrupted):
            tune(shop, forced, stopped, should_stop=lambda w=stopped, p=part: w.heard_of(p))
        assert shop.info() == before
        assert shop.switcher().runs()[0].status is TuningStatus.INTERRUPTED
    watch = Watch()
    assert tune(shop, forced, watch).status is TuningStatus.SWITCHED
    # What was trained before it was stopped is not trained again.
    assert not watch.heard_of("trial, tiny-dino")
    assert [card.name for card in shop.models() if card.tuned_from] == [shop.info().model]


def test_photos_that_are_gone_are_left_out(few_photos, forced, tmp_path):
    feed = draw(tmp_path, FEW, 3)
    with goodsight.open(tmp_path / "home") as shop:
        shop.add_model(grid_folder(tmp_path / "models", 4))
        shop.index(feed, model="grid-4")
        for path in tmp_path.glob("1-*.png"):
            path.unlink()
        run = tune(shop, forced)
        # Their thumbnails do.
        assert run.record.model.photos == FEW * 3


def test_weights_of_ones_own_are_asked_what_they_see_before_they_learn(few_photos, tmp_path):
    [network] = trainable_networks(ModelLibrary(tmp_path / "models"), "efficientnet-lite0")
    weights = tmp_path / "own.safetensors"
    safetensors.save_file(network.network.state_dict(), weights)
    with goodsight.open(tmp_path / "home") as shop:
        shop.index(few_photos)
        watch = Watch()
        with pytest.raises(Interrupted):
            tune(
                shop,
                TuneOptions("backbone", weights=weights, backbone=QUICK),
                watch,
                should_stop=lambda: watch.heard_of("trial, efficientnet-lite0"),
            )
        assert ("embedded", FEW * 6, FEW * 6) in watch.heard


def test_photos_sorted_into_folders_teach_the_network_too(small_shop_home, forced, tmp_path):
    thing = tmp_path / "sorted" / "p3"
    thing.mkdir(parents=True)
    for seed in (50, 51):
        busy_scene(3, seed).save(thing / f"{seed}.png")
    options = replace(forced, folder=tmp_path / "sorted")
    watch = Watch()
    run = tune(small_shop_home, options, watch)
    assert run.record.model.photos == FEW * 6 + 2
    assert run.record.model.products == FEW


def test_products_of_one_photo_each_are_not_proven_better(forced, tmp_path):
    with goodsight.open(tmp_path / "home") as shop:
        shop.add_model(grid_folder(tmp_path / "models", 4))
        shop.index(draw(tmp_path, FEW, 1), model="grid-4")
        before = shop.info()
        run = tune(shop, replace(forced, force=False))
        assert run.status is TuningStatus.REFUSED
        assert shop.info() == before
        assert tune(shop, forced).status is TuningStatus.SWITCHED


def test_what_cannot_be_trained_is_refused_before_anything_is_read(small_shop_home):
    watch = Watch()
    with pytest.raises(UsageError, match="no 'shoes' to train"):
        tune(small_shop_home, TuneOptions("backbone", network="shoes"), watch)
    assert watch.heard == []


def test_an_empty_collection_has_nothing_to_learn_from(forced, tmp_path):
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title\na,No photo\n")
    with goodsight.open(tmp_path / "home") as shop:
        shop.index(feed)
        with pytest.raises(InputError, match="no photo"):
            tune(shop, forced)

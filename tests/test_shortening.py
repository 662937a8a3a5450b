"""A collection's vectors cut to fewer numbers: real photos, model and PostgreSQL."""

import csv

import pytest

import goodsight
from encoders.joint_models import joint_folder
from goodsight.config import Settings
from goodsight.core.errors import CollectionNotFound, SpaceMismatch, UsageError
from goodsight.shortening import Shortener
from grid_models import grid_folder
from small_shop import draw_seen

pytestmark = pytest.mark.long

PRODUCTS, SHOTS = 12, 12


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for number in range(PRODUCTS):
        for seed in range(SHOTS):
            draw_seen(number, seed).save(folder / f"{number}-{seed}.png")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory, photos):
    """A home with a collection that has learnt, and one in its model's own space."""
    home = tmp_path_factory.mktemp("home")
    with opened(home, "learnt") as shop:
        shop.index(feed(photos, home / "feed.csv"))
    with opened(home, "plain", learn=False) as shop:
        shop.index(home / "feed.csv")
    return home


def opened(home, collection, **settings):
    return goodsight.open(settings=Settings(home=home, collection=collection, **settings))


def feed(folder, target, products=PRODUCTS):
    with target.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "title", "image"])
        for number in range(products):
            images = "|".join(str(folder / f"{number}-{seed}.png") for seed in range(SHOTS))
            writer.writerow([f"p{number}", f"Product {number}", images])
    return target


def numbers_of(shop):
    return [(kept.dimension, kept.is_active) for kept in shop.switcher().kept_spaces()]


def test_the_models_own_space_is_cut_and_the_former_one_kept(home, photos):
    with opened(home, "plain", learn=False) as shop:
        before = shop.info().space
        found = shop.shortener().shorten(128)
        assert found.switched
        assert not found.forced
        assert (found.dimension_before, found.dimension_after) == (1280, 128)
        assert found.recall.queries > 100
        assert found.recall.before - found.recall.after <= 0.01
        assert found.bytes_after < 0.5 * found.bytes_before
        assert shop.info().space == found.space != before
        assert numbers_of(shop) == [(1280, False), (128, True)]
        for number in range(PRODUCTS):
            hits = shop.search(photos / f"{number}-3.png").hits
            assert hits[0].product.id == f"p{number}"
            assert hits[0].confidence is not None
        assert shop.switcher().go_back() == before
        assert shop.search(photos / "4-3.png").hits[0].product.id == "p4"
        shop.switcher().prune()


def test_too_deep_a_cut_is_refused_and_nothing_changes(home):
    with opened(home, "plain", learn=False) as shop:
        before = shop.info()
        found = shop.shortener().shorten(2)
        assert not found.switched
        assert found.space is found.bytes_after is None
        assert found.recall.before - found.recall.after > 0.01
        assert shop.info() == before
        assert numbers_of(shop) == [(1280, True)]


def test_what_learning_does_by_itself_keeps_the_cut(tmp_path, photos):
    with opened(tmp_path, "grows") as shop:
        shop.index(feed(photos, tmp_path / "feed.csv", products=10))
        assert shop.info().dimension == 9
        forced = shop.shortener().shorten(6, force=True)
        assert forced.switched
        space = shop.info().space
        shop.index(feed(photos, tmp_path / "feed.csv", products=PRODUCTS))
        assert shop.info().space == space
        # A third of the photos gone is enough to learn anew.
        shop.index(feed(photos, tmp_path / "feed.csv", products=PRODUCTS // 2 + 1))
        shop.index(feed(photos, tmp_path / "feed.csv", products=PRODUCTS))
        assert shop.info().space != space
        assert shop.info().dimension == 6
        assert shop.learner().learn().dimension == 6
        assert shop.learner().learn(project=False).dimension == 6
        whole = shop.learner().learn(project=False, keep_length=False)
        assert whole.dimension == shop.info().dimension == 1280


def test_judging_learns_as_short_a_space_anew(home):
    with opened(home, "plain", learn=False) as shop:
        whole = shop.judge().leave_one_out()
        shop.shortener().shorten(128)
        cut = shop.judge().leave_one_out()
        assert cut.queries == whole.queries > 100
        # A projection of the products would find far more among drawings.
        assert cut.recall[1] == pytest.approx(whole.recall[1], abs=0.1)
        shop.switcher().go_back()
        shop.switcher().prune()


def test_a_cut_of_a_learnt_space_is_its_first_numbers(home):
    with opened(home, "learnt") as shop:
        keeper = shop.wiring.store().spaces("learnt")
        whole = keeper.active_space().projection
        shop.shortener().shorten(10, force=True)
        cut = keeper.active_space().projection
        assert (cut.matrix == whole.matrix[:, :10]).all()
        assert cut.origin == "catalogue"
        assert shop.switcher().go_back() == whole.space(shop.info().encoder_space)


def test_lengths_that_are_no_cut_are_refused(home, tmp_path):
    with opened(home, "learnt") as shop:
        for dimension in (0, -3, PRODUCTS - 1, 5000):
            with pytest.raises(UsageError, match="choose from 1 to"):
                shop.shortener().shorten(dimension)
    with opened(tmp_path, "nothing") as shop, pytest.raises(CollectionNotFound):
        shop.shortener().shorten(4)


class ShortenerInAHurry(Shortener):
    """Its collection's model is replaced between the proof and the switch."""

    def _calibrations(self, *given):
        found = super()._calibrations(*given)
        change = self._reader.re_embedder().begin("grid-8")
        change.embed()
        change.switch(None, {})
        return found


def test_a_model_that_is_replaced_meanwhile_keeps_its_own_space(tmp_path, photos):
    with opened(tmp_path / "home", "hurry", learn=False) as shop:
        for cells in (4, 8):
            shop.add_model(grid_folder(tmp_path, cells))
        shop.index(feed(photos, tmp_path / "feed.csv", products=4), model="grid-4")
        with pytest.raises(SpaceMismatch, match="grid-8"):
            ShortenerInAHurry(shop.wiring, shop).shorten(24, force=True)
        assert (shop.info().model, shop.info().dimension) == ("grid-8", 192)
        assert shop.search(photos / "3-3.png").hits[0].product.id == "p3"


def test_a_model_that_sees_texts_is_refused(tmp_path, photos):
    with opened(tmp_path, "colours") as shop:
        shop.add_model(joint_folder(tmp_path))
        shop.index(feed(photos, tmp_path / "feed.csv"), model="colours")
        with pytest.raises(UsageError, match="sees texts too"):
            shop.shortener().shorten(2)


def test_without_anything_to_ask_with_only_force_cuts(tmp_path, photos):
    (tmp_path / "feed.csv").write_text(
        "id,title,image\n" + "".join(f"p{n},P,{photos}/{n}-0.png\n" for n in range(4))
    )
    with opened(tmp_path, "single") as shop:
        shop.index(tmp_path / "feed.csv")
        assert not shop.shortener().shorten(64).switched
        forced = shop.shortener().shorten(64, force=True)
        assert forced.switched
        assert forced.forced

"""What a collection learns after indexing: real photos, model and PostgreSQL."""

import csv
from pathlib import Path

import numpy as np
import pytest

import goodsight
from goodsight.config import Settings
from goodsight.core.errors import InputError, Interrupted
from goodsight.core.types import Metric
from goodsight.viewing import embedded_views
from small_shop import draw_seen

pytestmark = pytest.mark.long

PRODUCTS, SHOTS = 12, 12


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Twelve pictures of each of twelve products, and one more to ask with."""
    folder = tmp_path_factory.mktemp("photos")
    for number in range(PRODUCTS):
        for seed in range(SHOTS + 1):
            draw_seen(number, seed).save(folder / f"{number}-{seed}.png")
    return folder


def feed(folder, target, shots, products=PRODUCTS):
    with target.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "title", "image"])
        for number in range(products):
            images = "|".join(str(folder / f"{number}-{seed}.png") for seed in range(shots))
            writer.writerow([f"p{number}", f"Product {number}", images])
    return target


def queries(folder, target, count=PRODUCTS, repeats=5):
    with target.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["product_id", "image"])
        for _ in range(repeats):
            for number in range(count):
                writer.writerow([f"p{number}", folder / f"{number}-{SHOTS}.png"])
    return target


def opened(home, **settings):
    return goodsight.open(settings=Settings(home=home, **settings))


@pytest.fixture(scope="module")
def home(tmp_path_factory, photos):
    """A home whose collection has learnt."""
    home = tmp_path_factory.mktemp("home")
    begun = []
    with opened(home) as shop:
        report = shop.index(
            feed(photos, home / "feed.csv", SHOTS), learning=lambda: begun.append(1)
        )
        assert begun == [1]
        assert report.space == shop.info().space != shop.info().encoder_space
    return home


def test_photos_find_their_products_with_confidence(home, photos):
    with opened(home) as shop:
        info = shop.info()
        assert info.dimension == PRODUCTS - 1
        first = []
        for number in range(PRODUCTS):
            found = shop.search(photos / f"{number}-{SHOTS}.png")
            assert found.hits[0].product.id == f"p{number}"
            assert found.space == info.space
            sure = [hit.confidence for hit in found.hits]
            assert sure == sorted(sure, reverse=True)
            first.append(sure[0])
            assert sum(sure) <= 1 + 1e-6
            assert not found.no_match
        assert np.mean(first) > 0.5


@pytest.mark.parametrize("metric", Metric)
def test_every_metric_has_its_confidence(home, photos, metric):
    with opened(home) as shop:
        found = shop.search(photos / f"3-{SHOTS}.png", metric=metric)
        assert found.hits[0].confidence > 0.5


def test_what_is_not_here_is_no_match(home, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    from PIL import Image

    Image.fromarray(noise).save(tmp_path / "noise.png")
    with opened(home) as shop:
        found = shop.search(tmp_path / "noise.png", min_confidence=0.9)
        assert found.no_match
        assert found.hits
        assert not shop.search(tmp_path / "noise.png", min_confidence=0).no_match


def test_where_words_are_unwanted_nobody_says_how_sure_it_is(home, photos):
    photo = photos / f"3-{SHOTS}.png"
    with opened(home) as shop:
        assert shop.search(photo, "zorblat", min_confidence=1).no_match
        found = shop.search(photo, goodsight.term("zorblat", weight=-1), min_confidence=1)
    assert {hit.confidence for hit in found.hits} == {None}
    assert not found.no_match


def test_nothing_is_learnt_twice(home, photos):
    with opened(home) as shop:
        before = shop.info()
        again = shop.index(home / "feed.csv", learning=lambda: pytest.fail("it is not due"))
        assert again.space == before.space
        assert shop.info().index_version == before.index_version + 1


def test_a_catalogue_that_grows_is_learnt_anew(tmp_path, photos):
    with opened(tmp_path / "home") as shop:
        first = shop.index(feed(photos, tmp_path / "feed.csv", SHOTS, products=10)).space
        second = shop.index(feed(photos, tmp_path / "feed.csv", SHOTS, products=12)).space
        third = shop.index(feed(photos, tmp_path / "feed.csv", SHOTS, products=10)).space
        assert first != shop.info().encoder_space
        # Two products more are a fifth of the photos and no more; three more would be due.
        assert second == first
        assert third == first
        shop.delete()


def test_learning_can_be_switched_off(tmp_path, photos):
    with opened(tmp_path / "home", learn=False) as shop:
        shop.index(feed(photos, tmp_path / "feed.csv", SHOTS))
        info = shop.info()
        assert info.space == info.encoder_space
        report = shop.learner().learn()
        assert report.projected
        assert shop.search(photos / f"5-{SHOTS}.png").hits[0].product.id == "p5"
        shop.learner().learn(project=False)
        assert shop.info().space == shop.info().encoder_space
        assert shop.search(photos / f"5-{SHOTS}.png").hits[0].product.id == "p5"


def test_one_photo_each_is_calibrated_by_views(tmp_path, photos):
    with opened(tmp_path / "home") as shop:
        shop.index(feed(photos, tmp_path / "feed.csv", 1))
        info = shop.info()
        # `fast` gains nothing by a projection learnt from views.
        assert info.space == info.encoder_space
        found = shop.search(photos / "4-0.png")
        assert found.hits[0].product.id == "p4"
        assert found.hits[0].confidence > 0.5


def test_views_teach_a_projection_where_that_pays(tmp_path, photos):
    with opened(tmp_path / "home", learn=False) as shop:
        shop.index(feed(photos, tmp_path / "feed.csv", 1))
        seen = embedded_views(
            shop._wiring,
            shop,
            shop.base_encoder(),
            teach_projection=True,
            should_stop=lambda: False,
        )
        assert len(seen.own.products) == PRODUCTS
        assert len(seen.views.products) == PRODUCTS * 16
        together = seen.together
        assert (np.diff(together.products) >= 0).all()
        assert len(together.products) == PRODUCTS * 17
        with pytest.raises(Interrupted):
            embedded_views(
                shop._wiring,
                shop,
                shop.base_encoder(),
                teach_projection=True,
                should_stop=lambda: True,
            )


def test_interrupted_learning_changes_nothing(tmp_path, photos):
    with opened(tmp_path / "home", learn=False) as shop:
        shop.index(feed(photos, tmp_path / "feed.csv", 1))
        before = shop.info()
        shop.learner().learn(project=False)
        assert shop.learner().learn_if_due() is None
        with pytest.raises(Interrupted):
            shop.learner().learn(should_stop=lambda: True)
        assert shop.info().space == before.space


def test_labelled_photos_calibrate(home, photos, tmp_path):
    with opened(home) as shop:
        before = shop.search(photos / f"2-{SHOTS}.png").hits[0].confidence
        asked = queries(photos, tmp_path / "queries.csv")
        asked.write_text(asked.read_text() + "p1,lost.jpg\n")
        done = []
        fitted, failed = shop.learner().calibrate(asked, shop.find, progress=done.append)
        assert (fitted.origin, fitted.queries, done[-1]) == ("queries", 60, 61)
        [lost] = failed
        assert (Path(lost.reference).name, lost.reason) == ("lost.jpg", "no such file")
        after = shop.search(photos / f"2-{SHOTS}.png").hits[0].confidence
        # All sixty are right: there is no reason left to doubt.
        assert after > max(before, 0.9)
        assert shop.search(photos / f"2-{SHOTS}.png", metric="kl").hits[0].confidence > 0.5


def test_too_few_labelled_photos_are_refused(home, photos, tmp_path):
    asked = tmp_path / "few.csv"
    lines = queries(photos, asked).read_text().splitlines()
    asked.write_text("\n".join([*lines[:50], "p1,lost.jpg", "p1,"]) + "\n")
    with opened(home) as shop, pytest.raises(InputError, match="49 queries could be asked"):
        shop.learner().calibrate(asked, shop.find)

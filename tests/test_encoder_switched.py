"""Searches, explanations, uploads and index runs while a collection's encoder is replaced."""

import threading
from io import BytesIO

import pytest

import goodsight
from goodsight.core.types import Product
from grid_models import grid_folder
from small_shop import draw_feed, draw_seen
from stores.servers import eventually

LITE0 = "efficientnet-lite0"
PRODUCTS, SHOTS = 12, 3
ROUNDS = 4


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    draw_feed(root, draw_seen, range(PRODUCTS), SHOTS)
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One database for all tests, each with a collection of its own."""
    root = tmp_path_factory.mktemp("home")
    with goodsight.open(root / "home") as opened:
        for cells in (4, 8):
            opened.add_model(grid_folder(root, cells))
        opened.doctor()  # starts the server, which stays
        yield root / "home"


@pytest.fixture
def shops(home, photos):
    """A shop that keeps two encoders and is searched with the second one, opened twice."""
    with (
        goodsight.open(home, collection="shop") as shop,
        goodsight.open(home, collection="shop") as another,
    ):
        shop.index(photos / "feed.csv")
        change = shop.re_embedder().begin("grid-8")
        change.embed()
        change.switch(None, {})
        yield shop, another
        shop.delete()


class Crowd:
    """Threads that ask again and again, and note what went wrong."""

    def __init__(self, *asks):
        self.stop, self.wrong, self.answered = threading.Event(), [], []
        self.threads = [threading.Thread(target=self._go, args=(ask,)) for ask in asks]

    def _go(self, ask):
        number = 0
        while not self.stop.is_set():
            number += 1
            try:
                self.answered.append(ask(number % PRODUCTS))
            except Exception as error:  # noqa: BLE001 - told by the test
                self.wrong.append(error)
                return

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def to_the_other(shop):
    """Search in the space that is kept."""
    [other] = [space for space in shop.switcher().kept_spaces() if not space.is_active]
    shop.switcher().go_to(other.id)


def switched_back_and_forth(switching, crowd, rounds=ROUNDS):
    """Through both encoders, until every thread has seen all of it or something went wrong."""
    for _ in range(rounds):
        until = len(crowd.answered) + 2 * len(crowd.threads)
        to_the_other(switching)
        eventually(lambda until=until: len(crowd.answered) >= until or crowd.wrong)


def test_no_search_fails_and_none_mixes_spaces(shops, photos):
    shop, switching = shops

    def own_photo(number):
        results = shop.search(photos / f"{number}-1.png", limit=3)
        best = results.hits[0]
        assert (best.product.id, best.photo[-5:]) == (f"p{number}", "1.png")
        # Dark photos to search with are mended, and differ a little from themselves.
        assert best.explanation["best"] > 0.8
        return results.space

    def product(number):
        results = shop.search(goodsight.term(product=f"p{number}"), limit=3)
        assert results.hits[0].product.id == f"p{number}"
        return results.space

    def photo_and_product(number):
        picture = photos / f"{number}-0.png"
        results = shop.search(picture, goodsight.term(product=f"p{number}"), limit=3)
        assert results.hits[0].product.id == f"p{number}"
        return results.space

    def words(number):
        assert shop.search(f"product {number}", limit=1).hits[0].product.id == f"p{number}"

    with Crowd(own_photo, own_photo, product, photo_and_product, words) as crowd:
        switched_back_and_forth(switching, crowd)
    assert crowd.wrong == []
    spaces = {space.space for space in switching.switcher().kept_spaces()}
    assert set(crowd.answered) - {None} == spaces


def test_explanations_are_of_one_encoder(shops, photos):
    shop, switching = shops

    def why(number):
        picture = photos / f"{number}-0.png"
        found = shop.explain(picture, product_id=f"p{number}")
        # The product's two photos are alike to the parts: cells sum to the likeness.
        if found.method == "exact":
            cells = sum(one.total for one in found.query_maps)
            assert cells == pytest.approx(found.likeness, abs=2e-2)
        return found.method

    with Crowd(why, why) as crowd:
        switched_back_and_forth(switching, crowd, rounds=3)
    assert crowd.wrong == []


def png(number, shot):
    file = BytesIO()
    draw_seen(number, shot).save(file, "PNG")
    return file.getvalue()


def test_uploads_go_on_and_are_found_with_either_encoder(shops, photos, tmp_path):
    added, lock = [], threading.Lock()
    shop, switching = shops
    editor = shop.editor()

    def upload(_):
        with lock:
            number = len(added)
            added.append(number)
        editor.put([Product(f"n{number}", f"New {number}")])
        editor.add_photo(f"n{number}", png(number % 24, 40 + number))
        return number

    def begin_again(_):
        """A run that is under way when the encoder is replaced."""
        report = shop.index(photos / "feed.csv", keep_missing=True)
        assert not report.skipped
        return report.space

    with Crowd(upload, upload, begin_again) as crowd:
        switched_back_and_forth(switching, crowd, rounds=3)
    assert crowd.wrong == []
    assert len(added) > 6
    for _ in range(2):
        for number in added:
            (tmp_path / "asked.png").write_bytes(png(number % 24, 40 + number))
            [best] = shop.search(tmp_path / "asked.png", limit=1).hits
            assert best.product.id == f"n{number}"
        assert all(check.ok for check in shop.doctor())
        to_the_other(switching)


def test_what_comes_during_a_change_is_in_the_new_space(shops, photos, tmp_path):
    """The whole way, beginning with an encoder that nothing is known of."""
    added = []
    shop, switching = shops
    editor = shop.editor()

    def upload(_):
        number = len(added)
        editor.put([Product(f"n{number}", f"New {number}")])
        editor.add_photo(f"n{number}", png(number % 24, 40 + number))
        added.append(number)
        return number

    with Crowd(upload) as crowd:
        for model in ("grid-4", LITE0, "grid-4"):
            change = switching.re_embedder().begin(model)
            change.embed()
            change.switch(None, {}, keep_former=False)
            assert shop.info().model == model
    assert crowd.wrong == []
    assert shop.info().products == PRODUCTS + len(added)
    for number in added:
        (tmp_path / "asked.png").write_bytes(png(number % 24, 40 + number))
        [best] = shop.search(tmp_path / "asked.png", limit=1).hits
        assert best.product.id == f"n{number}"
    assert all(check.ok for check in shop.doctor())

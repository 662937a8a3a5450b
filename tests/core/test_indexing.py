import hashlib
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from fakes.line import BytesLoader, ListCatalog, PixelEncoder
from fakes.memory_store import MemoryStore
from goodsight.core.embedding_photos import PhotoEmbedder
from goodsight.core.errors import CatalogError, SpaceMismatch
from goodsight.core.indexing import IndexOptions, index
from goodsight.core.types import Product, Skip


class Shop:
    """A shop whose feed and photos the test edits between runs."""

    def __init__(self, products=20, photos_each=2):
        self.files = {f"{p}-{n}.jpg": b"%d-%d" % (p, n) for p in range(products) for n in range(2)}
        self.products = [
            Product(id=str(p), title=f"Product {p}", photos=tuple(f"{p}-{n}.jpg" for n in range(2)))
            for p in range(products)
        ]
        self.store = MemoryStore()
        self.loader = BytesLoader(self.files)

    def index(self, items=None, *, source="feed.csv", options=None, **arguments):
        self.loader.loaded.clear()
        encoder = PixelEncoder()
        run = self.store.begin_run("default", profile="fast", card=encoder.card, source=source)
        return index(
            ListCatalog(self.products if items is None else items, source),
            PhotoEmbedder(self.loader, encoder),
            run,
            options=options or IndexOptions(products_per_commit=7, photos_per_commit=5),
            **arguments,
        )

    @property
    def collection(self):
        return self.store.open("default")


def test_a_first_run_adds_everything():
    shop = Shop()
    report = shop.index()
    assert (report.products.seen, report.products.added) == (20, 20)
    assert (report.photos.seen, report.photos.indexed) == (40, 40)
    assert not report.skipped
    assert not report.interrupted
    assert shop.collection.info().photos == 40


def test_a_second_run_touches_nothing():
    shop = Shop()
    shop.index()
    report = shop.index()
    assert (report.products.unchanged, report.products.changed) == (20, 0)
    assert (report.photos.unchanged, report.photos.indexed) == (40, 0)
    assert shop.loader.loaded == []


def test_a_changed_price_embeds_nothing():
    shop = Shop()
    shop.index()
    shop.products[3] = Product(
        id="3", title="Product 3", price=Decimal(5), photos=shop.products[3].photos
    )
    report = shop.index()
    assert report.products.changed == 1
    assert shop.loader.loaded == []
    assert shop.collection.get(["3"])[0].price == Decimal(5)


def test_only_the_photo_whose_bytes_changed_is_embedded():
    shop = Shop()
    shop.index()
    shop.files["4-1.jpg"] = b"new bytes"
    report = shop.index()
    assert shop.loader.loaded == ["4-1.jpg"]
    assert report.photos.indexed == 1
    assert shop.collection.info().photos == 40


def test_the_same_bytes_elsewhere_are_placed_without_embedding():
    shop = Shop()
    shop.index()
    shop.files["renamed.jpg"] = shop.files["2-0.jpg"]
    shop.products[2] = Product(id="2", title="Product 2", photos=("renamed.jpg", "2-1.jpg"))
    report = shop.index()
    assert shop.loader.loaded == []
    assert report.photos.indexed == 1


def test_the_same_photo_of_many_products_is_embedded_once():
    shop = Shop()
    products = [Product(id=str(p), title="x", photos=("0-0.jpg",)) for p in range(30)]
    report = shop.index(products, options=IndexOptions(workers=4, look_ahead=64))
    assert shop.loader.loaded == ["0-0.jpg"]
    assert report.photos.indexed == 30
    assert shop.collection.info().products == 30


def test_bad_rows_and_photos_are_skipped_with_their_reason_and_stop_nothing():
    shop = Shop()
    shop.files["1-0.jpg"] = b"broken"
    del shop.files["2-1.jpg"]
    items = [Skip("bad", "price 'abc' is not a number", 7), *shop.products]
    report = shop.index(items)
    assert report.photos.indexed == 38
    assert {(skip.reference, skip.reason, skip.row) for skip in report.skipped} == {
        ("bad", "price 'abc' is not a number", 7),
        ("1-0.jpg", "truncated", None),
        ("2-1.jpg", "no such file", None),
    }
    assert report.photos.seen == report.photos.indexed + report.photos.unchanged + 2


def test_products_gone_from_the_source_are_removed_from_it_alone():
    shop = Shop()
    shop.index()
    other = [Product(id="other", title="Other", photos=("0-0.jpg",))]
    shop.index(other, source="other.csv")
    report = shop.index(shop.products[:15])
    assert report.products.removed == 5
    assert shop.collection.info().products == 16
    assert shop.collection.get(["other", "19"]) == shop.collection.get(["other"])


def test_keep_missing_keeps():
    shop = Shop()
    shop.index()
    options = IndexOptions(remove_missing=False)
    assert shop.index(shop.products[:15], options=options).products.removed == 0
    assert shop.collection.info().products == 20


def test_a_product_whose_row_is_bad_now_is_not_gone():
    shop = Shop()
    shop.index()
    items = [*shop.products[:19], Skip("19", "price 'abc' is not a number", 21)]
    assert shop.index(items).products.removed == 0
    assert shop.collection.get(["19"])


def test_an_empty_or_failing_feed_removes_nothing():
    shop = Shop()
    shop.index()
    assert shop.index([Skip("x", "no id", 2)]).products.removed == 0
    with pytest.raises(CatalogError):
        shop.index([*shop.products[:5], CatalogError("feed.csv: line 9 is not text")])
    assert shop.collection.info().products == 20


def test_a_stopped_run_keeps_what_it_acknowledged_and_the_next_one_resumes():
    shop = Shop()
    seen = []

    class Watch:
        def update(self, *, products, photos, indexed, skipped):
            seen.append(indexed)

    report = shop.index(
        progress=Watch(),
        should_stop=lambda: bool(seen) and seen[-1] >= 10,
        options=IndexOptions(products_per_commit=7, photos_per_commit=5, look_ahead=6),
    )
    assert report.interrupted
    assert 10 <= report.photos.indexed < 40
    assert report.products.removed == 0
    assert shop.collection.info().photos == report.photos.indexed
    resumed = shop.index()
    assert resumed.photos.unchanged == report.photos.indexed
    assert resumed.photos.indexed == 40 - report.photos.indexed
    assert shop.collection.info().photos == 40


def test_a_stopped_run_looks_for_no_more_photos():
    shop = Shop()
    asked = []
    hash_of = shop.loader.content_hash

    def counted(reference):
        asked.append(reference)
        return hash_of(reference)

    shop.loader.content_hash = counted
    one_reader = IndexOptions(products_per_commit=20, readers=1)
    report = shop.index(should_stop=lambda: len(asked) >= 3, options=one_reader)
    assert (report.interrupted, report.skipped, len(asked)) == (True, (), 3)
    assert shop.index().photos.indexed == 40 - report.photos.indexed


def test_progress_counts_committed_photos_only():
    shop = Shop()
    committed = []

    class Watch:
        def update(self, *, products, photos, indexed, skipped):
            kept = sum(len(shop.collection.vectors(str(p))) for p in range(20))
            committed.append((indexed, kept))

    shop.index(progress=Watch())
    assert committed[-1] == (40, 40)
    assert all(indexed <= kept for indexed, kept in committed)


def test_a_failing_encoder_is_raised_and_earlier_photos_stay():
    shop = Shop()

    class Failing(PixelEncoder):
        def encode_photos(self, photos):
            if photos[0].reference.startswith("15"):
                raise RuntimeError("out of memory")
            return super().encode_photos(photos)

    encoder = Failing()
    run = shop.store.begin_run("default", profile="fast", card=encoder.card, source="feed.csv")
    options = IndexOptions(workers=1, products_per_commit=2, photos_per_commit=2, look_ahead=2)
    with pytest.raises(RuntimeError, match="out of memory"):
        index(ListCatalog(shop.products), PhotoEmbedder(shop.loader, encoder), run, options=options)
    assert 20 <= shop.collection.info().photos <= 30
    assert shop.index().photos.indexed > 0
    assert shop.collection.info().photos == 40


class TestAnotherEncoderMeanwhile:
    """The collection's encoder is replaced by somebody else in the middle of a run."""

    def run(self, shop, **files):
        """A run of the first encoder, in which the collection changes to another one."""
        first, second = PixelEncoder(), PixelEncoder(space="pixels-2", name="other")
        run = shop.store.begin_run("default", profile="fast", card=first.card, source="feed.csv")
        reopened = []

        def replace_encoder(*, photos, **_):
            found = shop.store.find("default")
            if photos and not reopened:
                found.card = second.card
                # As the switch does: what was there is in the new space.
                found.photos = {
                    key: replace(photo, space=second.space) for key, photo in found.photos.items()
                }
                shop.files.update(files)

        def reopen():
            reopened.append(second)
            return PhotoEmbedder(shop.loader, second)

        report = index(
            ListCatalog(shop.products),
            PhotoEmbedder(shop.loader, first),
            run,
            reopened=reopen,
            options=IndexOptions(products_per_commit=7, photos_per_commit=5, look_ahead=10),
            progress=SimpleNamespace(update=replace_encoder),
        )
        return report, reopened

    def test_every_photo_is_seen_with_the_new_one(self):
        shop = Shop()
        report, reopened = self.run(shop)
        assert (report.photos.indexed, report.skipped, report.space) == (40, (), "pixels-2")
        assert reopened
        kept = shop.store.find("default")
        assert len(kept.photos) == 40
        assert {photo.space for photo in kept.photos.values()} == {"pixels-2"}
        assert sum(len(places) for places in kept.places.values()) == 40

    def test_a_photo_that_is_broken_by_then_is_told(self):
        shop = Shop()
        report, _ = self.run(shop, **{"5-0.jpg": b"broken", "5-1.jpg": b"another"})
        assert [skip.reference for skip in report.skipped] == ["5-0.jpg"]
        assert report.photos.indexed == 39
        places = shop.store.find("default").places["5"]
        assert places == {"5-1.jpg": hashlib.sha256(b"another").hexdigest()}

    def test_without_a_way_to_reopen_it_is_raised(self):
        shop = Shop()
        other = PixelEncoder(space="pixels-2")
        card = PixelEncoder().card
        run = shop.store.begin_run("default", profile="fast", card=card, source="feed.csv")
        with pytest.raises(SpaceMismatch):
            index(ListCatalog(shop.products), PhotoEmbedder(shop.loader, other), run)

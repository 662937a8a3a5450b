"""Index runs, the catalogue's health and uploaded photos' bytes, from real tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodsight.core.errors import CollectionNotFound
from goodsight.core.looks import PhotoLooks
from goodsight.core.types import Product, Skip
from stores.samples import begin, filled, hash_of, index, photo, place, put, unit

MISSING = Skip("lost.jpg", "no such file")
BAD_ROW = Skip("p9", "price 'abc' is no number", row=7)


def product(product_id, *photos):
    return Product(id=product_id, title=f"Product {product_id}", photos=photos, source="feed.csv")


class TestRuns:
    def test_are_told_newest_first_with_their_skips(self, postgres_store):
        index(postgres_store, [product("a"), product("b")], skipped=[MISSING, BAD_ROW])
        index(postgres_store, [product("a")], source="other.csv", complete=False)
        newest, oldest = postgres_store.runs("shop")
        assert (newest.source, newest.status) == ("other.csv", "interrupted")
        assert (oldest.source, oldest.status) == ("feed.csv", "complete")
        assert (oldest.products_seen, oldest.products_changed, oldest.skipped_count) == (2, 2, 2)
        assert oldest.skipped == (MISSING, BAD_ROW)
        assert oldest.started_at <= oldest.finished_at <= newest.started_at
        assert [run.id for run in postgres_store.runs("shop", limit=1)] == [newest.id]

    def test_one_going_on_has_no_end(self, postgres_store):
        run = begin(postgres_store)
        [record] = postgres_store.runs("shop")
        assert (record.status, record.finished_at) == ("running", None)
        run.finish([], remove_missing=False, complete=True)

    def test_of_another_collection_are_not_told(self, postgres_store):
        index(postgres_store, [product("a")], name="one")
        index(postgres_store, [product("a")], name="two")
        assert len(postgres_store.runs("one")) == 1

    def test_of_no_collection_are_an_error(self, postgres_store):
        with pytest.raises(CollectionNotFound, match="nowhere"):
            postgres_store.runs("nowhere")


class TestNearDuplicates:
    @pytest.mark.parametrize(
        ("bits", "vector", "found"),
        [(0b101, unit(1, 0.1), 1), (0xFFFF, unit(1, 0.1), 0), (0b101, unit(0, 1), 0)],
    )
    def test_are_alike_by_hash_and_by_vector(self, postgres_store, bits, vector, found):
        run = begin(postgres_store)
        run.put_products([product("a", "a1", "a2"), product("b", "b1")])
        value = 0xF0F0_1234_5678_9ABC
        seen = {"a1": (unit(1), value), "a2": (unit(1), value), "b1": (vector, value ^ bits)}
        run.put_photos(
            [
                replace(
                    photo(name, shown),
                    looks=PhotoLooks(unit(1) ** 2, ("red",), hashed, unit(1) ** 2),
                )
                for name, (shown, hashed) in seen.items()
            ],
            [place(name[0], name) for name in seen],
        )
        run.finish([], remove_missing=True, complete=True)

        health = postgres_store.health("shop")

        assert health.near_duplicates_count == len(health.near_duplicates) == found
        assert health.duplicates == ()
        for duplicate in health.near_duplicates:
            assert [name.id for name in duplicate.products] == ["a", "b"]
            assert duplicate.products[1].content_hash == hash_of("b1")


class TestHealth:
    def test_a_sound_catalogue_has_nothing_to_mend(self, postgres_store):
        filled(
            postgres_store,
            [product("a", "a1", "a2"), product("b", "b1", "b2"), product("c", "c1")],
            {"a1": unit(1), "a2": unit(1, 0.1), "b1": unit(0, 1), "b2": unit(0, 1, 0.1),
             "c1": unit(0, 0, 1)},
        )  # fmt: skip
        health = postgres_store.health("shop")
        assert (health.products, health.photos, health.checked) == (3, 5, 3)
        assert health.without_photo == health.unreadable == health.duplicates == ()
        assert health.not_found_by_own_photo == ()
        assert health.without_photo_count == health.duplicates_count == 0

    def test_an_empty_collection_is_no_trouble(self, postgres_store):
        index(postgres_store, [])
        health = postgres_store.health("shop")
        assert (health.products, health.photos, health.checked) == (0, 0, 0)

    def test_products_without_photo_are_named(self, postgres_store):
        filled(postgres_store, [product("a", "a1"), product("z"), product("b")], {"a1": unit(1)})
        health = postgres_store.health("shop")
        assert [(p.id, p.title) for p in health.without_photo] == [
            ("b", "Product b"),
            ("z", "Product z"),
        ]
        assert health.without_photo_count == 2
        assert health.checked == 1

    def test_unreadable_photos_are_those_of_each_sources_last_complete_run(self, postgres_store):
        old = Skip("mended.jpg", "truncated")
        other = Skip("http://x/1.jpg", "404")
        index(postgres_store, [], skipped=[old])
        index(postgres_store, [], skipped=[MISSING, BAD_ROW])
        index(postgres_store, [], skipped=[other], source="other.csv")
        index(postgres_store, [], skipped=[old], complete=False)
        health = postgres_store.health("shop")
        assert set(health.unreadable) == {MISSING, other}
        assert health.unreadable_count == 2

    def test_the_same_photo_of_several_products_is_a_duplicate(self, postgres_store):
        run = begin(postgres_store)
        run.put_products([product("a", "1", "2"), product("b", "1"), product("c", "3")])
        run.put_photos(
            [photo("same", unit(1)), photo("own", unit(0, 1))],
            [place("b", "1", "same"), place("a", "1", "same"), place("a", "2", "same"),
             place("c", "3", "own")],
        )  # fmt: skip
        run.finish([], remove_missing=True, complete=True)
        health = postgres_store.health("shop")
        [duplicate] = health.duplicates
        assert duplicate.content_hash == hash_of("same")
        assert [p.id for p in duplicate.products] == ["a", "b"]
        assert health.duplicates_count == 1
        [displaced] = health.not_found_by_own_photo
        assert (displaced.product.id, displaced.found.id) == ("b", "a")

    def test_a_product_whose_photos_look_like_anothers_is_displaced(self, postgres_store):
        filled(
            postgres_store,
            [product("odd", "o1", "o2"), product("like", "l1", "l2")],
            {"o1": unit(1), "o2": unit(0, 0, 1), "l1": unit(1, 0.1), "l2": unit(1, 0.2)},
        )
        health = postgres_store.health("shop")
        [displaced] = health.not_found_by_own_photo
        assert displaced.product.id == "odd"
        assert displaced.product.content_hash == hash_of("o1")
        assert (displaced.found.id, displaced.found.content_hash) == ("like", hash_of("l1"))
        assert displaced.score == pytest.approx(0, abs=1e-2)
        assert displaced.found_score > 0.9
        assert health.checked == 2

    def test_only_a_sample_is_searched_for(self, postgres_store):
        filled(
            postgres_store,
            [product(str(n), f"p{n}") for n in range(9)],
            {f"p{n}": unit(*([0] * n), 1) for n in range(9)},
        )
        assert postgres_store.health("shop", sample=4).checked == 4
        assert postgres_store.health("shop", sample=0).checked == 0

    def test_of_no_collection_is_an_error(self, postgres_store):
        with pytest.raises(CollectionNotFound, match="nowhere"):
            postgres_store.health("nowhere")


class TestOriginals:
    def test_are_kept_by_collection_and_hash(self, postgres_store):
        index(postgres_store, [], name="one")
        index(postgres_store, [], name="two")
        kept = postgres_store.originals("one")
        kept.put("abc", b"\0\xffjpeg")
        kept.put("abc", b"the first one stays")
        assert kept.get("abc") == b"\0\xffjpeg"
        assert kept.get("other") is None
        assert postgres_store.originals("two").get("abc") is None

    def test_need_a_collection(self, postgres_store):
        with pytest.raises(CollectionNotFound, match="nowhere"):
            postgres_store.originals("nowhere").put("abc", b"x")
        assert postgres_store.originals("nowhere").get("abc") is None

    def test_go_with_their_collection(self, postgres_store):
        index(postgres_store, [])
        postgres_store.originals("shop").put("abc", b"x")
        postgres_store.delete("shop")
        with postgres_store.database.connect() as session:
            assert session.execute("SELECT content_hash FROM originals").fetchall() == []

    def test_unneeded_ones_are_dropped_but_fresh_ones_are_not(self, postgres_store):
        run = begin(postgres_store)
        put(run, [product("a", "a1")], {"a1": unit(1)})
        run.finish([], remove_missing=True, complete=True)
        kept = postgres_store.originals("shop")
        for content_hash in (hash_of("a1"), "gone", "fresh"):
            kept.put(content_hash, b"x")
        with postgres_store.database.connect() as session:
            session.execute(
                "UPDATE originals SET created_at = '2020-01-01' WHERE content_hash <> 'fresh'"
            )
        assert kept.drop_unneeded() == 1
        assert kept.get("gone") is None
        assert kept.get(hash_of("a1")) == kept.get("fresh") == b"x"

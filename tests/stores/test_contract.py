"""What every store must do, whatever it is made of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from goodsight.core.errors import CollectionNotFound, SpaceMismatch, StoreError
from goodsight.core.filter_parser import parse_filter
from goodsight.core.scoring import blend, mean_vector, similarity
from goodsight.core.store_ports import ProductChange, Removal
from goodsight.core.types import Metric, Product, Skip, Variant
from stores.samples import (
    BARE,
    CARD,
    DIMENSION,
    OTHER_CARD,
    SHIRT,
    begin,
    filled,
    hash_of,
    index,
    photo,
    place,
    put,
    query,
    random_units,
    unit,
)

# Stores may round vectors to half precision.
TOLERANCE = 2e-3
ADDED, CHANGED, UNCHANGED = ProductChange.ADDED, ProductChange.CHANGED, ProductChange.UNCHANGED


def product(product_id: str, *photos: str, **values) -> Product:
    return Product(id=product_id, title=product_id, photos=photos, source="feed.csv", **values)


class TestCollections:
    def test_there_are_none_at_first(self, store):
        assert list(store.names()) == []

    def test_are_made_by_the_first_run_and_listed_in_order(self, store):
        for name in ("b", "a", "Ä"):
            begin(store, name).finish([], remove_missing=True, complete=True)
        assert list(store.names()) == ["a", "b", "Ä"]

    def test_an_unknown_one_is_an_error(self, store):
        with pytest.raises(CollectionNotFound, match="nowhere"):
            store.open("nowhere")
        with pytest.raises(CollectionNotFound, match="nowhere"):
            store.delete("nowhere")

    def test_delete_removes_one_and_leaves_the_others(self, store):
        for name in ("kept", "gone"):
            filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)}, name)
        opened = store.open("gone")
        store.delete("gone")
        assert list(store.names()) == ["kept"]
        assert list(store.open("kept").get(["MH01"])) == [SHIRT]
        for use in (opened.info, lambda: opened.search(query(unit(1))), lambda: opened.get([""])):
            with pytest.raises(CollectionNotFound):
                use()

    def test_a_deleted_one_can_be_made_anew_in_another_space(self, store):
        opened = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        store.delete("shop")
        begin(store, card=OTHER_CARD).finish([], remove_missing=True, complete=True)
        assert opened.info().space == OTHER_CARD.space
        with pytest.raises(SpaceMismatch):
            opened.search(query(unit(1)))

    def test_keep_products_of_equal_ids_apart(self, store):
        red, blue = replace(SHIRT, brand="red"), replace(SHIRT, brand="blue")
        first = filled(store, [red], {"a.jpg": unit(1), "b.jpg": unit(1)}, "first")
        second = filled(store, [blue], {"a.jpg": unit(0, 1), "b.jpg": unit(0, 1)}, "second")
        assert first.get(["MH01"])[0].brand == "red"
        assert second.search(query(unit(0, 1))).products[0].product.brand == "blue"
        assert second.search(query(unit(1))).products[0].score == pytest.approx(0, abs=TOLERANCE)

    def test_refuse_a_run_in_another_space(self, store):
        begin(store).finish([], remove_missing=True, complete=True)
        with pytest.raises(SpaceMismatch):
            begin(store, card=OTHER_CARD)

    def test_say_how_they_stand(self, store):
        shop = filled(store, [SHIRT, BARE], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        info = shop.info()
        assert (info.name, info.profile, info.model, info.space) == (
            "shop",
            "fast",
            "tiny",
            CARD.space,
        )
        assert (info.dimension, info.products, info.photos) == (DIMENSION, 2, 2)
        assert info.sources == ("feed.csv",)
        assert not info.has_vector_index


class TestProducts:
    def test_come_back_as_they_were_put(self, store):
        shop = filled(store, [SHIRT, BARE], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        assert list(shop.get(["bare", "nothing", "MH01"])) == [BARE, SHIRT]

    def test_are_added_changed_or_unchanged_by_value(self, store):
        cheaper = replace(SHIRT, price=Decimal("9.90"))
        assert list(index(store, [SHIRT, BARE])[0]) == [ADDED, ADDED]
        assert list(index(store, [SHIRT, BARE])[0]) == [UNCHANGED, UNCHANGED]
        assert list(index(store, [cheaper, BARE])[0]) == [CHANGED, UNCHANGED]
        assert store.open("shop").get(["MH01"])[0] == cheaper

    @pytest.mark.parametrize(
        "change",
        [
            {"title": "Other"},
            {"description": ""},
            {"price": None},
            {"currency": "USD"},
            {"own_stock": None},
            {"categories": (("Sale",), ("Men", "Tops"))},
            {"brand": None},
            {"url": ""},
            {"attributes": {}},
            {"variants": SHIRT.variants[:2]},
            {"variants": (replace(SHIRT.variants[0], stock=1), *SHIRT.variants[1:])},
            {"photos": ("b.jpg", "a.jpg")},
            {"source": "other.csv"},
        ],
    )
    def test_a_change_of_any_value_counts(self, store, change):
        index(store, [SHIRT])
        changed = replace(SHIRT, **change)
        assert list(index(store, [changed])[0]) == [CHANGED]
        assert list(store.open("shop").get(["MH01"])) == [changed]

    def test_equal_values_written_differently_are_no_change(self, store):
        reordered = dict(reversed(SHIRT.attributes.items()))
        same = replace(SHIRT, price=Decimal("19.9"), attributes=reordered)
        assert same == SHIRT
        index(store, [SHIRT])
        assert list(index(store, [same])[0]) == [UNCHANGED]

    def test_of_one_that_comes_twice_the_last_stays(self, store):
        other = replace(SHIRT, title="Other")
        changes, _ = index(store, [SHIRT, other, other])
        assert list(changes) == [ADDED, CHANGED, UNCHANGED]
        assert list(store.open("shop").get(["MH01"])) == [other]

    def test_may_have_long_ids_and_references(self, store):
        long = Product(id="i" * 5000, title="t", photos=("r" * 9000,), source="s" * 500)
        shop = filled(store, [long], {"r" * 9000: unit(1)})
        assert list(shop.get(["i" * 5000])) == [long]
        assert shop.search(query(unit(1))).products[0].photo == "r" * 9000


class TestRemoval:
    def test_takes_what_the_source_no_longer_lists(self, store):
        shop = filled(store, [SHIRT, BARE], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        _, removal = index(store, [BARE])
        assert removal == Removal(products=1, photos=2)
        assert list(shop.get(["MH01", "bare"])) == [BARE]
        assert shop.search(query(unit(1))).products == ()

    def test_leaves_products_of_other_sources(self, store):
        index(store, [SHIRT])
        _, removal = index(store, [BARE], source="other.csv")
        assert removal == Removal(0, 0)
        assert len(store.open("shop").get(["MH01", "bare"])) == 2
        assert store.open("shop").info().sources == ("feed.csv", "other.csv")

    def test_leaves_everything_where_asked_to(self, store):
        index(store, [SHIRT, BARE])
        assert index(store, [BARE], remove_missing=False)[1] == Removal(0, 0)
        assert len(store.open("shop").get(["MH01", "bare"])) == 2

    def test_leaves_everything_after_an_interruption(self, store):
        index(store, [SHIRT, BARE])
        assert index(store, [BARE], complete=False)[1] == Removal(0, 0)
        assert len(store.open("shop").get(["MH01", "bare"])) == 2

    def test_leaves_a_product_whose_row_was_bad(self, store):
        index(store, [SHIRT, BARE])
        skipped = [Skip("MH01", "price is no number", 3), Skip("elsewhere", "no title")]
        assert index(store, [BARE], skipped=skipped)[1] == Removal(0, 0)
        assert len(store.open("shop").get(["MH01", "bare"])) == 2

    def test_the_last_source_to_list_a_product_owns_it(self, store):
        index(store, [SHIRT])
        index(store, [SHIRT], source="other.csv")
        assert index(store, [])[1] == Removal(0, 0)
        assert index(store, [], source="other.csv")[1] == Removal(1, 0)

    def test_leaves_what_a_run_that_began_later_has_seen(self, store):
        index(store, [SHIRT, BARE])
        older, newer = begin(store), begin(store)
        newer.put_products([SHIRT])
        assert older.finish([], remove_missing=True, complete=True).products == 1
        assert newer.finish([], remove_missing=True, complete=True).products == 0
        assert list(store.open("shop").get(["MH01", "bare"])) == [SHIRT]

    def test_counts_photos_a_product_no_longer_lists(self, store):
        filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        fewer = replace(SHIRT, photos=("b.jpg",))
        run = begin(store)
        run.put_products([fewer])
        assert run.known_places(["MH01"]) == {("MH01", "b.jpg"): hash_of("b.jpg")}
        assert run.finish([], remove_missing=True, complete=True) == Removal(0, 1)
        assert np.allclose(store.open("shop").vectors("MH01"), [unit(0, 1)], atol=TOLERANCE)


class TestPhotos:
    def test_are_known_once_they_are_put(self, store):
        run = begin(store)
        run.put_products([SHIRT])
        assert run.known_places(["MH01"]) == {}
        assert run.known_photos([hash_of("a.jpg")]) == frozenset()
        run.put_photos([photo("a.jpg", unit(1))], [place("MH01", "a.jpg")])
        assert run.known_places(["MH01", "bare"]) == {("MH01", "a.jpg"): hash_of("a.jpg")}
        known = run.known_photos([hash_of("a.jpg"), hash_of("b.jpg")])
        assert known == frozenset({hash_of("a.jpg")})
        run.finish([], remove_missing=True, complete=True)

    def test_stay_known_after_an_interrupted_run(self, store):
        run = begin(store)
        run.put_products([SHIRT])
        run.put_photos([photo("a.jpg", unit(1))], [place("MH01", "a.jpg")])
        run.finish([], remove_missing=True, complete=False)
        assert begin(store).known_places(["MH01"]) == {("MH01", "a.jpg"): hash_of("a.jpg")}

    def test_the_first_of_equal_bytes_stays(self, store):
        run = begin(store)
        run.put_products([SHIRT])
        twice = [photo("a", unit(1), b"first"), photo("a", unit(0, 1), b"second")]
        run.put_photos(twice, [place("MH01", "a.jpg", "a")])
        run.put_photos([photo("a", unit(0, 1), b"third")], [place("MH01", "b.jpg", "a")])
        run.finish([], remove_missing=True, complete=True)
        shop = store.open("shop")
        assert shop.thumbnails([hash_of("a"), hash_of("b")]) == {hash_of("a"): b"first"}
        assert np.allclose(shop.vectors("MH01"), [unit(1)], atol=TOLERANCE)

    def test_a_known_photo_takes_further_places(self, store):
        run = begin(store)
        run.put_products([SHIRT, product("other", "o.jpg")])
        run.put_photos([photo("a", unit(1))], [place("MH01", "a.jpg", "a")])
        run.put_photos([], [place("other", "o.jpg", "a")])
        run.finish([], remove_missing=True, complete=True)
        found = store.open("shop").search(query(unit(1))).products
        assert [(hit.product.id, hit.photo) for hit in found] == [
            ("MH01", "a.jpg"),
            ("other", "o.jpg"),
        ]

    def test_a_place_takes_other_bytes(self, store):
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        run = begin(store)
        run.put_products([SHIRT])
        run.put_photos([photo("new", unit(0, 0, 1))], [place("MH01", "a.jpg", "new")])
        assert run.finish([], remove_missing=True, complete=True) == Removal(0, 0)
        expected = [unit(0, 0, 1), unit(0, 1)]
        assert np.allclose(shop.vectors("MH01"), expected, atol=TOLERANCE)
        assert shop.thumbnails([hash_of("a.jpg")]) == {}

    def test_a_place_of_an_unknown_photo_is_refused_whole(self, store):
        run = begin(store)
        run.put_products([SHIRT])
        with pytest.raises(StoreError, match="neither"):
            run.put_photos(
                [photo("a.jpg", unit(1))], [place("MH01", "a.jpg"), place("MH01", "b.jpg")]
            )
        assert run.known_photos([hash_of("a.jpg")]) == frozenset()
        run.finish([], remove_missing=True, complete=False)

    def test_a_place_that_has_vanished_meanwhile_is_passed_over(self, store):
        run = begin(store)
        run.put_products([SHIRT])
        places = [place("gone", "a.jpg"), place("MH01", "gone.jpg", "a.jpg")]
        run.put_photos([photo("a.jpg", unit(1))], [*places, place("MH01", "a.jpg")])
        assert set(run.known_places(["MH01", "gone"])) == {("MH01", "a.jpg")}
        run.finish([], remove_missing=True, complete=True)

    def test_no_place_needs_are_dropped_at_the_end(self, store):
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        run = begin(store)
        run.put_products([replace(SHIRT, photos=("b.jpg",))])
        assert hash_of("a.jpg") in run.known_photos([hash_of("a.jpg")])
        run.finish([], remove_missing=True, complete=True)
        assert list(shop.thumbnails([hash_of("a.jpg"), hash_of("b.jpg")])) == [hash_of("b.jpg")]

    def test_are_not_dropped_after_an_interruption(self, store):
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        index(store, [replace(SHIRT, photos=())], complete=False)
        assert len(shop.thumbnails([hash_of("a.jpg"), hash_of("b.jpg")])) == 2

    def test_vectors_come_in_the_order_of_the_product(self, store):
        vectors = dict(zip("cab", random_units(3), strict=True))
        shop = filled(store, [product("p", "c", "a", "b")], vectors)
        assert np.allclose(shop.vectors("p"), list(vectors.values()), atol=TOLERANCE)
        assert np.allclose(np.linalg.norm(shop.vectors("p"), axis=1), 1, atol=1e-6)

    def test_vectors_of_another_space_are_refused(self, store):
        shop = filled(store, [product("p", "a")], {"a": unit(1)})
        assert len(shop.vectors("p", CARD.space)) == 1
        with pytest.raises(SpaceMismatch):
            shop.vectors("p", OTHER_CARD.space)

    def test_there_are_no_vectors_without_photos(self, store):
        shop = filled(store, [BARE], {})
        assert shop.vectors("bare").shape == shop.vectors("nothing").shape == (0, DIMENSION)


class TestSearch:
    @pytest.mark.parametrize("metric", list(Metric))
    @pytest.mark.parametrize("exact", [False, True])
    def test_scores_best_photo_and_mean(self, store, metric, exact):
        vectors = dict(zip("abcdef", random_units(6), strict=True))
        products = [product("one", "a"), product("two", "b", "c"), product("three", "d", "e", "f")]
        shop = filled(store, products, vectors)
        sought = random_units(1, seed=9)[0]
        found = shop.search(query(sought, metric=metric, exact=exact)).products
        assert len(found) == 3
        for hit in found:
            rows = np.array([vectors[reference] for reference in hit.product.photos])
            scores = similarity(sought, rows, metric)
            mean = similarity(sought, mean_vector(rows)[np.newaxis], metric)[0]
            assert hit.photo == hit.product.photos[int(np.argmax(scores))]
            assert hit.content_hash == hash_of(hit.photo)
            assert hit.parts["best"] == pytest.approx(scores.max(), abs=TOLERANCE)
            assert hit.parts["mean"] == pytest.approx(mean, abs=TOLERANCE)
            assert hit.score == pytest.approx(blend(scores.max(), mean), abs=TOLERANCE)
        assert [hit.score for hit in found] == sorted((h.score for h in found), reverse=True)

    @pytest.mark.parametrize("metric", list(Metric))
    def test_a_photo_of_the_catalogue_scores_one(self, store, metric):
        shop = filled(store, [product("p", "a")], {"a": unit(3, 2, 1)})
        hit = shop.search(query(unit(3, 2, 1), metric=metric)).products[0]
        assert hit.score == pytest.approx(1, abs=TOLERANCE)
        assert max(hit.score, *hit.parts.values()) <= 1

    @pytest.mark.parametrize("metric", list(Metric))
    def test_equals_come_in_the_order_of_their_ids(self, store, metric):
        products = [product(name, "a") for name in ("p10", "p9", "P", "é", "p1")]
        shop = filled(store, products, {"a": unit(1, 1)})
        found = shop.search(query(unit(1), metric=metric)).products
        assert [hit.product.id for hit in found] == ["P", "p1", "p10", "p9", "é"]
        found = shop.search(query(unit(1), metric=metric, limit=2)).products
        assert [hit.product.id for hit in found] == ["P", "p1"]
        found = shop.search(query(unit(1), metric=metric, limit=2, besides=2)).products
        assert [hit.product.id for hit in found] == ["P", "p1", "p10", "p9"]

    @pytest.mark.parametrize("metric", list(Metric))
    def test_of_equal_photos_the_first_listed_is_shown(self, store, metric):
        shop = filled(
            store, [product("p", "c", "a", "b")], {"c": unit(0, 1), "a": unit(1)} | {"b": unit(1)}
        )
        hit = shop.search(query(unit(1), metric=metric)).products[0]
        assert hit.photo == "a"

    def test_equal_bytes_count_once_in_the_mean(self, store):
        run = begin(store)
        run.put_products([product("p", "a", "b", "c")])
        photos = [photo("x", unit(1)), photo("y", unit(0, 1))]
        places = [place("p", "a", "x"), place("p", "b", "x"), place("p", "c", "y")]
        run.put_photos(photos, places)
        run.finish([], remove_missing=True, complete=True)
        hit = store.open("shop").search(query(unit(1))).products[0]
        assert hit.parts["mean"] == pytest.approx(unit(1) @ unit(1, 1), abs=TOLERANCE)

    @pytest.mark.parametrize("metric", list(Metric))
    def test_photos_that_cancel_out_fall_back_to_the_first(self, store, metric):
        shop = filled(store, [product("p", "b", "a")], {"b": unit(-1), "a": unit(1)})
        hit = shop.search(query(unit(1, 1), metric=metric)).products[0]
        mean = similarity(unit(1, 1), unit(-1)[np.newaxis], metric)[0]
        assert hit.parts["mean"] == pytest.approx(mean, abs=TOLERANCE)

    def test_names_the_variants_the_photo_shows_those_in_stock_first(self, store):
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        hit = shop.search(query(unit(1))).products[0]
        assert (hit.photo, hit.variants) == ("a.jpg", ("MH01-M", "MH01-S", "MH01-L"))
        assert shop.search(query(unit(0, 1))).products[0].variants == ("MH01-M",)

    def test_leaves_out_products_without_photos(self, store):
        shop = filled(store, [SHIRT, BARE], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        assert [hit.product.id for hit in shop.search(query(unit(1))).products] == ["MH01"]

    def test_sees_a_changed_price_at_once(self, store):
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        dear = query(unit(1), where=parse_filter("price > 100"))
        before = shop.search(dear)
        assert before.products == ()
        run = begin(store)
        run.put_products([replace(SHIRT, price=Decimal(101))])
        assert run.known_places(["MH01"]).keys() == {("MH01", "a.jpg"), ("MH01", "b.jpg")}
        after = shop.search(dear)
        assert [hit.product.price for hit in after.products] == [101]
        assert after.index_version > before.index_version
        run.finish([], remove_missing=True, complete=True)

    def test_the_version_is_the_one_info_tells(self, store):
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        assert shop.search(query(unit(1))).index_version == shop.info().index_version > 0

    @pytest.mark.parametrize("metric", list(Metric))
    def test_means_follow_their_photos(self, store, metric):
        shop = filled(store, [product("p", "a", "b")], {"a": unit(1), "b": unit(0, 1)})
        run = begin(store)
        put(run, [product("p", "a", "b", "c")], {"a": unit(1), "b": unit(0, 1), "c": unit(0, 0, 1)})
        found = shop.search(query(unit(1), metric=metric)).products[0]
        mean = similarity(unit(1), unit(1, 1, 1)[np.newaxis], metric)[0]
        assert found.parts["mean"] == pytest.approx(mean, abs=TOLERANCE)
        run.put_products([product("p", "b")])
        found = shop.search(query(unit(0, 1), metric=metric)).products[0]
        assert found.parts["mean"] == pytest.approx(1, abs=TOLERANCE)
        run.finish([], remove_missing=True, complete=True)

    @pytest.mark.parametrize("metric", list(Metric))
    @pytest.mark.parametrize("exact", [False, True])
    def test_filters_and_limits(self, store, metric, exact):
        vectors = {f"{i}.jpg": vector for i, vector in enumerate(random_units(30))}
        products = [
            product(f"p{i:02}", f"{i}.jpg", price=Decimal(i), own_stock=i % 2) for i in range(30)
        ]
        shop = filled(store, products, vectors)
        where = parse_filter("price < 20 and in_stock")
        sought = random_units(1, seed=4)[0]
        found = shop.search(
            query(sought, where=where, limit=5, metric=metric, exact=exact)
        ).products
        scores = similarity(sought, np.array(list(vectors.values())), metric)
        expected = sorted(range(1, 20, 2), key=lambda i: -scores[i])[:5]
        assert [hit.product.id for hit in found] == [f"p{i:02}" for i in expected]

    def test_refuses_another_space(self, store):
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        with pytest.raises(SpaceMismatch):
            shop.search(replace(query(unit(1)), space="other-1"))

    def test_an_empty_collection_answers(self, store):
        begin(store).finish([], remove_missing=True, complete=True)
        for metric in Metric:
            assert store.open("shop").search(query(unit(1), metric=metric)).products == ()

    def test_many_photos_of_few_products_leave_room_for_others(self, store):
        vectors = {f"{i}": unit(1, i / 1000) for i in range(200)} | {"far": unit(0, 0, 1)}
        products = [product("many", *(f"{i}" for i in range(200))), product("one", "far")]
        found = filled(store, products, vectors).search(query(unit(1))).products
        assert [hit.product.id for hit in found] == ["many", "one"]


def test_variants_without_photos_name_none(store):
    bare_variant = replace(SHIRT, variants=(Variant("v"),))
    shop = filled(store, [bare_variant], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
    assert shop.search(query(unit(1))).products[0].variants == ()

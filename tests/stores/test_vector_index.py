"""Searches by index, and when indexes come and go. Small vectors, but enough of them."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from goodsight.core.errors import StoreError
from goodsight.core.filter_parser import parse_filter
from goodsight.core.types import Metric, Product
from goodsight.stores import hearing_builds
from goodsight.stores.postgres.routes import FEW_PHOTOS, Route, Where, choose_route
from goodsight.stores.postgres.settings import build_memory_kilobytes
from goodsight.stores.postgres.vector_index import (
    BYTES_PER_LINK,
    MINIMUM_PHOTOS,
    REBUILD_SHARE,
    SPARE_MEMORY,
    IndexShape,
)
from goodsight.stores.postgres.vector_sets import MAX_INDEXED_DIMENSION
from stores.samples import CARD, begin, filled, photo, place, query, random_units, unit
from stores.servers import eventually

PRODUCTS = 3000
# Some products have many photos, most have one.
PHOTO_COUNTS = [40 if i % 100 == 0 else 1 + i % 3 for i in range(PRODUCTS)]
PHOTOS = sum(PHOTO_COUNTS)
BATCH = 500


def products_and_vectors(name="p", counts=PHOTO_COUNTS, seed=0):
    centres = np.abs(random_units(len(counts), seed))
    noise = np.random.default_rng(seed + 1)
    products, vectors = [], {}
    for i, count in enumerate(counts):
        references = tuple(f"{name}{i}-{k}.jpg" for k in range(count))
        near = np.maximum(centres[i] + 0.1 * noise.standard_normal((count, CARD.dimension)), 0)
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        vectors |= dict(zip(references, near.astype(np.float32), strict=True))
        products.append(
            Product(
                id=f"{name}{i:05}",
                title=f"{name} {i}",
                price=Decimal(i),
                attributes={"half": (str(i % 2),), "few": (str(i % 50),)},
                photos=references,
            )
        )
    return products, vectors


def put_in_batches(run, products, vectors):
    for start in range(0, len(products), BATCH):
        some = products[start : start + BATCH]
        run.put_products(some)
        references = [reference for product in some for reference in product.photos]
        run.put_photos(
            [photo(reference, vectors[reference]) for reference in references],
            [place(product.id, reference) for product in some for reference in product.photos],
        )


@pytest.fixture(scope="module")
def indexed(postgres_home):
    """A collection large enough for an index, kept for the whole module."""
    from goodsight.stores import open_store

    store = open_store(postgres_home)
    run = begin(store, "indexed")
    products, vectors = products_and_vectors()
    put_in_batches(run, products, vectors)
    run.finish([], remove_missing=True, complete=True)
    yield store.open("indexed")
    store.delete("indexed")
    store.close()


def ids(found):
    return [hit.product.id for hit in found.products]


def asked_for(count, seed):
    """Queries like the features of photos: no component below zero."""
    return np.abs(random_units(count, seed))


def recall(shop, asked, **changes):
    """The share of the exact answer that the index finds."""
    hits = 0
    for vector in asked:
        exact = ids(shop.search(query(vector, exact=True, **changes)))
        hits += len(set(exact) & set(ids(shop.search(query(vector, **changes))))) / len(exact)
    return hits / len(asked)


def test_the_sample_is_large_enough(indexed):
    assert PHOTOS >= MINIMUM_PHOTOS
    info = indexed.info()
    assert info.has_vector_index
    assert (info.products, info.photos) == (PRODUCTS, PHOTOS)


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("limit", [1, 10, 60])
def test_finds_what_comparing_with_everything_finds(indexed, metric, limit):
    asked = asked_for(12, seed=5)
    assert recall(indexed, asked, metric=metric, limit=limit) >= 0.97


@pytest.mark.parametrize("text", ["half = 1", "few = 7", "price < 20", "not price < 20"])
def test_filters_keep_recall(indexed, text):
    where = parse_filter(text)
    assert recall(indexed, asked_for(12, seed=6), where=where) >= 0.97


@pytest.mark.parametrize("metric", list(Metric))
def test_scores_are_exact_for_what_is_found(indexed, metric):
    asked = query(asked_for(1, seed=7)[0], metric=metric)
    exact = {hit.product.id: hit for hit in indexed.search(replace(asked, exact=True)).products}
    found = indexed.search(asked).products
    assert len(found) == 10
    for hit in found:
        assert hit.score == pytest.approx(exact[hit.product.id].score, abs=1e-6)
        assert hit.parts == pytest.approx(exact[hit.product.id].parts, abs=1e-6)
        assert hit.photo == exact[hit.product.id].photo


def test_many_photos_of_few_products_leave_room_for_others(embedded_store):
    products, vectors = products_and_vectors("crowd", [MINIMUM_PHOTOS, *[1] * 30])
    run = begin(embedded_store)
    put_in_batches(run, products, vectors)
    run.finish([], remove_missing=True, complete=True)
    shop = embedded_store.open("shop")
    assert shop.info().has_vector_index
    for metric in Metric:
        found = ids(shop.search(query(vectors["crowd0-0.jpg"], metric=metric, limit=20)))
        assert len(found) == 20
        assert found[0] == "crowd00000"


def test_a_filter_that_passes_nothing_near_is_searched_to_the_end(indexed):
    """The index gives up after so many tuples; then all that pass are compared."""
    where = parse_filter("id = 'p00003'")
    assert ids(indexed.search(query(unit(-1), where=where))) == ["p00003"]
    nothing = parse_filter("id = 'nobody'")
    for metric in Metric:
        assert indexed.search(query(unit(-1), where=nothing, metric=metric)).products == ()


def test_the_route_follows_the_filter(indexed):
    def route(text=None, **changes):
        asked = query(unit(1), where=parse_filter(text) if text else None, **changes)
        database, collection = indexed._database, indexed._known
        return database.read(
            "",
            lambda session: choose_route(session, collection, asked, Where.of(asked.where, None)),
        )

    indexed.info()
    assert FEW_PHOTOS < PHOTOS * 0.98
    assert route() is Route.INDEX
    assert route(exact=True) is Route.COMPARE
    assert route("price < 100") is Route.COMPARE
    assert route("price >= 0") is Route.INDEX


class TestComingAndGoing:
    @pytest.fixture
    def run_of(self, embedded_store):
        def go(count, name, source, complete=True):
            run = begin(embedded_store, source=source)
            put_in_batches(run, *products_and_vectors(name, [1] * count, seed=len(name)))
            during = embedded_store.open("shop").info().has_vector_index
            run.finish([], remove_missing=False, complete=complete)
            return during, embedded_store.open("shop").info().has_vector_index

        return go

    def test_it_is_built_where_it_pays(self, run_of):
        assert run_of(MINIMUM_PHOTOS - 1, "few", "a") == (False, False)
        assert run_of(1, "enough", "b") == (False, True)

    def test_not_after_an_interruption(self, run_of):
        assert run_of(MINIMUM_PHOTOS, "many", "a", complete=False) == (False, False)
        assert run_of(0, "none", "a") == (False, True)

    def test_it_stays_while_little_is_added(self, run_of):
        run_of(MINIMUM_PHOTOS, "many", "a")
        assert run_of(50, "little", "b") == (True, True)

    def test_it_makes_way_for_a_lot(self, run_of):
        run_of(MINIMUM_PHOTOS, "many", "a")
        much = int(MINIMUM_PHOTOS * REBUILD_SHARE) + BATCH
        assert run_of(much, "much", "b") == (False, True)

    def test_an_unfinished_one_is_built_anew(self, run_of, embedded_store):
        run_of(MINIMUM_PHOTOS, "many", "a")
        shop = embedded_store.open("shop")
        index = shop._known.vectors.photo_index
        with embedded_store.database.connect() as session:
            # What a build that was killed leaves behind.
            session.execute(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass",
                [index.as_string()],
            )
        assert not shop.info().has_vector_index
        assert ids(shop.search(query(unit(1)))) == ids(shop.search(query(unit(1), exact=True)))
        assert run_of(0, "none", "b") == (False, True)

    def test_a_build_tells_how_far_it_is_and_can_be_broken_off(self, run_of, embedded_store):
        """The next run, or the doctor, builds it again; searches do not mind."""
        run_of(MINIMUM_PHOTOS - 1, "some", "a")
        run = begin(embedded_store, source="b")
        put_in_batches(run, *products_and_vectors("one", [1], seed=1))
        shop, heard, broken = embedded_store.open("shop"), [], []

        def build():
            with hearing_builds(lambda *news: heard.append(news)):
                try:
                    embedded_store.build_indexes("shop")
                except StoreError as error:
                    broken.append(error)

        with embedded_store.database.connect() as writer, writer.transaction():
            # A build waits for whoever is writing: for us, and so it cannot be done by then.
            writer.execute(f"DELETE FROM photo_vectors_{shop._known.vectors.id} WHERE image_id = 0")
            builder = threading.Thread(target=build)
            builder.start()
            eventually(lambda: bool(heard))
            [(pid,)] = writer.execute("SELECT pid FROM pg_stat_progress_create_index")
            writer.execute("SELECT pg_terminate_backend(%s)", [pid])
            builder.join()
        assert "over photos (waiting for writers" in heard[0][0]
        assert len(broken) == 1
        assert not shop.info().has_vector_index
        assert len(shop.search(query(unit(1))).products) == 10
        run.finish([], remove_missing=False, complete=True)
        assert shop.info().has_vector_index

    def test_searches_notice(self, embedded_store):
        """A store opened before the index was there uses it soon after."""
        run = begin(embedded_store)
        products, vectors = products_and_vectors("many", [1] * MINIMUM_PHOTOS)
        put_in_batches(run, products, vectors)
        shop = embedded_store.open("shop")
        assert not shop._known.is_indexed
        run.finish([], remove_missing=True, complete=True)
        for _ in range(2):
            assert len(shop.search(query(unit(1))).products) == 10
        assert shop._known.is_indexed


@pytest.mark.parametrize("dimension", [1, MAX_INDEXED_DIMENSION, MAX_INDEXED_DIMENSION + 96])
def test_any_dimension_can_be_kept(embedded_store, dimension):
    card = replace(CARD, dimension=dimension)
    vectors = random_units(3, dimension=dimension)
    run = begin(embedded_store, card=card)
    run.put_products([Product(id="p", title="p", photos=("a", "b", "c"))])
    run.put_photos(
        [photo(name, vector) for name, vector in zip("abc", vectors, strict=True)],
        [place("p", name) for name in "abc"],
    )
    run.finish([], remove_missing=True, complete=True)
    shop = embedded_store.open("shop")
    hit = shop.search(query(vectors[1])).products[0]
    assert hit.parts["best"] == pytest.approx(1, abs=2e-3)
    assert np.allclose(shop.vectors("p"), vectors, atol=2e-3)


def test_too_many_dimensions_for_an_index_are_searched_without(embedded_store, monkeypatch):
    from goodsight.stores.postgres import vector_index

    monkeypatch.setattr(vector_index, "MINIMUM_PHOTOS", 1)
    card = replace(CARD, dimension=MAX_INDEXED_DIMENSION + 1)
    run = begin(embedded_store, card=card)
    run.put_products([Product(id="p", title="p", photos=("a",))])
    vector = random_units(1, dimension=card.dimension)[0]
    run.put_photos([photo("a", vector)], [place("p", "a")])
    run.finish([], remove_missing=True, complete=True)
    shop = embedded_store.open("shop")
    assert not shop.info().has_vector_index
    assert ids(shop.search(query(vector))) == ["p"]


def test_means_are_searched_though_photos_are_alike(embedded_store):
    shop = filled(
        embedded_store,
        [Product(id="p", title="p", photos=("a", "b"))],
        {"a": unit(1), "b": unit(1, 0.1)},
    )
    assert shop.search(query(unit(1))).products[0].parts["mean"] > 0.99


def test_a_build_takes_what_it_needs_and_never_more_than_a_quarter_of_the_memory():
    quarter = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024 // 4
    assert build_memory_kilobytes(0) == 64 * 1024
    assert build_memory_kilobytes(200 << 20) == 200 * 1024
    assert 0.99 * quarter < build_memory_kilobytes(1 << 50) <= quarter


def test_a_graph_fits_the_memory_it_is_given(embedded_store):
    """The server says where it does not; the least memory there is would hide a wrong sum."""
    vectors = random_units(MINIMUM_PHOTOS, seed=9, dimension=1024)
    run = begin(embedded_store, card=replace(CARD, dimension=1024))
    names = [f"{number}.jpg" for number in range(MINIMUM_PHOTOS)]
    run.put_products([Product(id="p", title="p", photos=tuple(names))])
    for start in range(0, MINIMUM_PHOTOS, BATCH):
        some = names[start : start + BATCH]
        run.put_photos(
            [photo(name, vectors[start + i]) for i, name in enumerate(some)],
            [place("p", name) for name in some],
        )
    run.finish([], remove_missing=True, complete=False)
    table = embedded_store.open("shop")._known.vectors
    shape, told = IndexShape(), []
    with embedded_store.database.connect() as session:
        session.add_notice_handler(lambda notice: told.append(notice.message_primary))
        session.execute("SET client_min_messages = notice")
        needed = MINIMUM_PHOTOS * (2 * 1024 + BYTES_PER_LINK * shape.links)
        for share, fits in ((0.7, False), (SPARE_MEMORY, True)):
            told.clear()
            session.execute(f"SET maintenance_work_mem = '{int(needed * share) // 1024}kB'")
            session.execute(
                f"CREATE INDEX ON {table.photo_vectors.as_string()} USING hnsw"
                f" (vector halfvec_ip_ops) WITH (m = {shape.links})"
            )
            assert any("no longer fits" in line for line in told) is not fits

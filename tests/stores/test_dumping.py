"""A database written out while it is written to, and put back: one moment, all or nothing."""

from __future__ import annotations

import io
import threading
import time
from contextlib import contextmanager

import pytest

from goodsight.core.errors import ArchiveError, StoreError
from goodsight.stores import open_store
from goodsight.stores.postgres.schema import HEAD
from goodsight.stores.postgres.set_locks import alone_with_sets
from goodsight.stores.postgres.vector_index import MINIMUM_PHOTOS, drop_indexes
from stores import worker
from stores.samples import SHIRT, begin, filled, photo, place, query, random_units, unit
from stores.servers import eventually

# Means that are not those of their products' photos, of photos as of the same moment.
WRONG_MEANS = """
    SELECT count(*) FROM (
        SELECT product_id, count(*) AS photos, l2_normalize(avg(vector)) AS mean
        FROM (SELECT DISTINCT product_id, image_id FROM photos) AS shown
        JOIN photo_vectors_{0} USING (image_id) GROUP BY product_id HAVING count(*) > 1) AS now
    FULL JOIN product_vectors_{0} m USING (product_id)
    WHERE now.photos IS DISTINCT FROM m.photos OR (now.mean <#> m.vector) > -0.99
"""


def dumped(store, while_reading=lambda: None):
    """The shape, and each table's bytes."""
    contents = {}

    @contextmanager
    def sink(table):
        buffer = io.BytesIO()
        yield buffer
        contents[table] = buffer.getvalue()
        while_reading()

    return store.dump(sink, lambda done, total: None), contents


def loaded(store, shape, contents, **options):
    choices = {"replace": False, "progress": lambda done: None, **options}
    store.load(shape, lambda table: [contents[table]], **choices)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A store of one's own, into which a thread indexes until told to stop."""
    store = open_store(tmp_path_factory.mktemp("busy") / "postgres")
    yield store
    store.close()


@pytest.fixture
def empty(loopback_server):
    store = open_store(loopback_server.new_database("loaded"))
    yield store
    store.close()


def test_each_dump_is_of_one_moment(busy, loopback_server, capfd):
    done = threading.Event()

    def index():
        number = 0
        while not done.is_set():
            worker.index(busy, f"source{number}", 60)
            number += 1

    indexer = threading.Thread(target=index)
    indexer.start()
    try:
        while "shop" not in busy.names():
            time.sleep(0.01)
        dumps = []
        for _ in range(4):
            before = busy.open("shop").info().photos
            dumps.append(dumped(busy, lambda: time.sleep(0.02)))
            eventually(lambda before=before: busy.open("shop").info().photos > before)
    finally:
        done.set()
        indexer.join()
    photos = set()
    for shape, contents in dumps:
        store = open_store(loopback_server.new_database("loaded"))
        loaded(store, shape, contents)
        info = store.open("shop").info()
        photos.add(info.photos)
        with store.database.connect() as session:
            set_id = store.open("shop")._known.vectors.id
            assert session.execute(WRONG_MEANS.format(set_id)).fetchone() == (0,)
            runs = session.execute("SELECT DISTINCT status FROM index_runs").fetchall()
            assert ("running",) not in runs
        [vectors] = [c for c in store.checks() if "has its vector" in c.name]
        assert vectors.ok
        store.close()
    assert len(photos) > 1, "nothing was written while the dumps were made"


def test_a_loaded_store_answers_alike_and_goes_on(embedded_store, empty):
    shop = filled(embedded_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
    asked = query(unit(1, 0.5))
    expected = shop.search(asked)
    shape, contents = dumped(embedded_store)
    loaded(empty, shape, contents)
    found = empty.open("shop").search(asked)
    assert found.products == expected.products
    assert found.index_version > expected.index_version
    assert empty.open("shop").get([SHIRT.id]) == shop.get([SHIRT.id])
    run = begin(empty)
    run.put_photos([photo("c.jpg", unit(0, 0, 1))], [place(SHIRT.id, "a.jpg", "c.jpg")])
    run.finish([], remove_missing=False, complete=True)
    assert empty.open("shop").info().index_version > found.index_version


def test_a_dump_waits_for_a_switch_and_keeps_it_away(embedded_store):
    """Whoever replaces vector sets drops tables, which nobody can who is being read."""
    shop = filled(embedded_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
    collection, ended = shop._known.id, threading.Event()

    def dump():
        dumped(embedded_store)
        ended.set()

    with embedded_store.database.connect() as session:
        with alone_with_sets(session, collection):
            dumper = threading.Thread(target=dump)
            dumper.start()
            assert not ended.wait(0.5)
        assert ended.wait(10)
    dumper.join()


def test_searches_do_not_wait_for_a_drop_that_waits_for_a_dump(embedded_store):
    vectors = random_units(MINIMUM_PHOTOS, seed=3)
    run = begin(embedded_store)
    names = [f"{number}.jpg" for number in range(MINIMUM_PHOTOS)]
    run.put_products([worker.Product(id="p", title="p", photos=tuple(names))])
    run.put_photos(
        [photo(name, vector) for name, vector in zip(names, vectors, strict=True)],
        [place("p", name) for name in names],
    )
    run.finish([], remove_missing=True, complete=True)
    shop = embedded_store.open("shop")
    assert shop.info().has_vector_index
    with embedded_store.database.connect() as reader, embedded_store.database.connect() as run:
        with reader.transaction():
            reader.execute(f"SELECT FROM photo_vectors_{shop._known.vectors.id} LIMIT 1")
            started = time.monotonic()
            drop_indexes(run, shop._known.vectors)
            assert time.monotonic() - started < 10
        assert shop.info().has_vector_index
        drop_indexes(run, shop._known.vectors)
        assert not shop.info().has_vector_index


def test_what_does_not_fit_is_refused_and_nothing_changes(embedded_store, empty):
    filled(embedded_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
    shape, contents = dumped(embedded_store)
    newer = type(shape)("9999", shape.tables)
    with pytest.raises(StoreError, match="made by a newer Goodsight"):
        loaded(empty, newer, contents)
    fewer = type(shape)(HEAD, tuple(t for t in shape.tables if t.name != "variants"))
    with pytest.raises(ArchiveError, match="not those of version"):
        loaded(empty, fewer, contents)
    cut = contents | {"products": contents["products"][:-30]}
    with pytest.raises(StoreError, match="restoring the database"):
        loaded(empty, shape, cut)
    orphans = contents | {"images": contents["features"][:19] + b"\xff\xff"}
    with pytest.raises((ArchiveError, StoreError)):
        loaded(empty, shape, orphans)
    assert list(empty.names()) == []
    filled(empty, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)}, name="still works")


def test_a_failure_in_the_last_moment_undoes_it(embedded_store, empty):
    filled(embedded_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
    filled(empty, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)}, name="before")

    def fail():
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        loaded(empty, *dumped(embedded_store), replace=True, before_commit=fail)
    assert list(empty.names()) == ["before"]

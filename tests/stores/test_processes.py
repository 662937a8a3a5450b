"""Several processes index and search one collection at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from goodsight.core.errors import StoreError
from goodsight.core.scoring import mean_vector
from goodsight.core.store_ports import Removal
from goodsight.core.types import Product
from stores import worker
from stores.samples import SHIRT, begin, filled, hash_of, photo, place, query, unit
from stores.servers import eventually

TESTS = Path(__file__).resolve().parents[1]
TIMEOUT_SECONDS = 120


def started(store, task, source="", count=20):
    server = store.database.server
    location = store.database._url if server is None else str(server.cluster.directory)
    command = [sys.executable, worker.__file__, task, location, source, str(count)]
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended_well(processes):
    for process in processes:
        _, errors = process.communicate(timeout=TIMEOUT_SECONDS)
        assert process.returncode == 0, errors


def test_indexing_and_searching_at_once(postgres_store):
    """Four sources at once, two of them the same, into a collection none has made yet."""
    sources = ["north", "south", "east", "east"]
    indexing = [started(postgres_store, "index", source) for source in sources]
    ended_well(indexing[:1])
    searching = [started(postgres_store, "search", count=60) for _ in range(2)]
    ended_well([*indexing[1:], *searching])
    shop = postgres_store.open("shop")
    common = [f"common-{number}" for number in range(0, 20, 2)]
    own = [f"{source}-{number}" for source in set(sources) for number in range(1, 20, 2)]
    found = shop.get([*common, *own])
    assert {product.id for product in found} == {*common, *own}
    assert shop.info().products == len(found)
    for product in found:
        expected = {reference: worker.vector_of(reference) for reference in product.photos}
        assert np.allclose(shop.vectors(product.id), list(expected.values()), atol=2e-3)
        mean = mean_vector(np.array(list(expected.values())))
        hits = shop.search(query(mean, limit=100, exact=True)).products
        hit = next(hit for hit in hits if hit.product.id == product.id)
        assert hit.parts["mean"] == pytest.approx(1, abs=2e-3), "no mean is left behind"


def sessions(store):
    """Process ids of the server's sessions. A server notices a little late that one ended."""
    rows = store.database.read("", lambda c: c.execute("SELECT pid FROM pg_stat_activity"))
    return {pid for (pid,) in rows}


class TestRunsBesideEachOther:
    """Two runs of one process stand for two processes: each has its own session."""

    def test_a_photo_told_known_cannot_vanish(self, postgres_store):
        filled(postgres_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        running = begin(postgres_store, source="other.csv")
        other = Product(id="other", title="", photos=("o.jpg",))
        running.put_products([other])
        assert hash_of("a.jpg") in running.known_photos([hash_of("a.jpg")])
        # The only product that shows the photo goes, in a run that ends meanwhile.
        cleaning = begin(postgres_store)
        assert cleaning.finish([], remove_missing=True, complete=True) == Removal(1, 2)
        running.put_photos([], [place("other", "o.jpg", "a.jpg")])
        running.finish([], remove_missing=True, complete=True)
        shop = postgres_store.open("shop")
        assert shop.search(query(unit(1))).products[0].photo == "o.jpg"
        # And what nobody needs goes with the last run to end.
        assert set(shop.thumbnails([hash_of("a.jpg"), hash_of("b.jpg")])) == {hash_of("a.jpg")}

    def test_a_run_that_died_does_not_keep_photos_for_ever(self, postgres_store):
        shop = filled(postgres_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        died = begin(postgres_store, source="other.csv")
        backend = died._connection.info.backend_pid
        died._connection.close()
        eventually(lambda: backend not in sessions(postgres_store))
        cleaning = begin(postgres_store)
        cleaning.finish([], remove_missing=True, complete=True)
        assert shop.thumbnails([hash_of("a.jpg"), hash_of("b.jpg")]) == {}
        statuses = postgres_store.database.read(
            "", lambda c: c.execute("SELECT status FROM index_runs ORDER BY id").fetchall()
        )
        assert statuses == [("complete",), ("lost",), ("complete",)]

    def test_a_collection_being_indexed_cannot_be_deleted(self, postgres_store):
        run = begin(postgres_store)
        run.put_products([SHIRT])
        with pytest.raises(StoreError, match="being indexed"):
            postgres_store.delete("shop")
        run.put_photos([photo("a.jpg", unit(1))], [place("MH01", "a.jpg")])
        run.finish([], remove_missing=True, complete=True)
        postgres_store.delete("shop")
        assert list(postgres_store.names()) == []


def test_reading_from_many_threads(postgres_store):
    from concurrent.futures import ThreadPoolExecutor

    shop = filled(postgres_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: shop.search(query(unit(1))), range(200)))
    assert {hit.product.id for answer in found for hit in answer.products} == {"MH01"}
    assert len(postgres_store.database._sessions._idle) <= 8

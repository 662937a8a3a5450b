"""One size measured: filled, indexed and searched through the store's own code."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import psutil

from benchmarks.growth.catalogue import NAME
from benchmarks.growth.rows import BuildRow, SearchRow
from goodsight.core.store_ports import VectorQuery
from goodsight.core.types import FloatArray
from goodsight.stores.postgres import PostgresStore
from goodsight.stores.postgres.cleaning import measure as measure_spread
from goodsight.stores.postgres.cleaning import tidy
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.routes import Where
from goodsight.stores.postgres.search import search
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.vector_index import (
    IndexShape,
    build_indexes,
    build_memory,
    drop_indexes,
)
from goodsight.stores.postgres.vector_sets import IndexKind

__all__ = ["Filled", "built", "searched"]

LIMIT = 10
EXACT_QUERIES = 100
SECONDS_BETWEEN_LOOKS = 0.25
MEGABYTE = 1 << 20
# Candidates of a search for ten products, before an index of signs is asked for more.
NEAR = 30

_AS_KIND = "UPDATE vector_sets SET index_kind = %s WHERE id = %s"

_SIZES = """
    SELECT pg_relation_size(%(photos)s) + pg_relation_size(%(products)s),
           coalesce(pg_relation_size(to_regclass(%(photos)s || '_hnsw')), 0)
           + coalesce(pg_relation_size(to_regclass(%(products)s || '_hnsw')), 0),
           pg_database_size(current_database())
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """A size that is filled: how many photos, of which how many came in how many seconds.

    `space` is one of `catalogue.SPACES`.
    """

    photos: int
    new: int
    seconds: float
    space: str


def built(
    store: PostgresStore, filled: Filled, shape: IndexShape, kind: IndexKind, workers: int
) -> BuildRow:
    """Build both indexes of this kind and in this shape, whatever there was before."""
    with store.database.connect() as connection:
        vectors = find_collection(connection, NAME).vectors
        drop_indexes(connection, vectors)
        connection.execute(_AS_KIND, [kind.value, vectors.id])
        vectors = replace(vectors, kind=kind)
        measure_spread(connection, find_collection(connection, NAME).id, vectors)
        connection.execute(f"SET max_parallel_maintenance_workers = {int(workers)}")
        memory = build_memory(connection, vectors, shape) // 1024
        started = time.perf_counter()
        with _peak_memory(store) as peak:
            build_indexes(connection, vectors, shape)
        seconds = time.perf_counter() - started
        tidy(connection, vectors, changed=filled.photos, dropped=0)
        connection.execute("VACUUM")
        names = {
            "photos": f"photo_vectors_{vectors.id}",
            "products": f"product_vectors_{vectors.id}",
        }
        [sizes] = connection.execute(_SIZES, names).fetchall()
    table, index, database = (size / MEGABYTE for size in sizes)
    return BuildRow(
        photos=filled.photos,
        dimension=vectors.dimension,
        links=shape.links,
        candidates=shape.candidates,
        memory_mb=memory,
        workers=workers,
        fill_seconds=filled.seconds,
        filled_photos=filled.new,
        build_seconds=seconds,
        build_peak_mb=max(peak) / MEGABYTE,
        vectors_mb=table,
        index_mb=index,
        database_mb=database,
        index=kind.value,
        space=filled.space,
    )


def searched(
    store: PostgresStore,
    queries: FloatArray,
    filled: Filled,
    shape: IndexShape,
    tries: Sequence[tuple[int, int]],
) -> Iterator[SearchRow]:
    """A row for each `ef_search` and widening of signs; the exact answers are found once."""
    with store.database.connect() as connection:
        kind = find_collection(connection, NAME).vectors.kind
        exact_ms, truths = _asked(connection, queries[:EXACT_QUERIES], exact=True)
        for breadth, widening in tries:
            connection.execute(f"SET hnsw.ef_search = {int(breadth)}")
            # Once for the caches: a million photos are not read in by a few queries.
            _asked(connection, queries, widening=widening)
            before = _seconds_worked(connection, store)
            milliseconds, answers = _asked(connection, queries, widening=widening)
            worked = _seconds_worked(connection, store) - before
            shares = [len(a & t) / len(t) for a, t in zip(answers, truths, strict=False)]
            p50, p99 = np.percentile(milliseconds, (50, 99))
            yield SearchRow(
                photos=filled.photos,
                dimension=queries.shape[1],
                links=shape.links,
                candidates=shape.candidates,
                ef_search=breadth,
                p50_ms=float(p50),
                p99_ms=float(p99),
                recall=float(np.mean(shares)),
                cpu_ms=1000 * worked / len(queries),
                exact_ms=float(np.median(exact_ms)),
                index=kind.value,
                space=filled.space,
                compared=NEAR * (widening if kind is IndexKind.BINARY else 1),
            )


def _seconds_worked(connection: Connection, store: PostgresStore) -> float:
    """Processor time of the server's process behind a session; 0 for a server elsewhere."""
    if store.database.server is None:
        return 0.0
    times = psutil.Process(connection.info.backend_pid).cpu_times()
    return float(times.user + times.system)


def _asked(
    connection: Connection, queries: FloatArray, *, exact: bool = False, widening: int = 1
) -> tuple[list[float], list[set[str]]]:
    """Milliseconds and the products found, query by query."""
    collection = find_collection(connection, NAME)
    milliseconds, answers = [], []
    for vector in queries:
        query = VectorQuery(vector, collection.space, limit=LIMIT, exact=exact)
        started = time.perf_counter()
        everything = Where.of(None, None)
        found = search(connection, collection, query, everything, binary_widening=widening)
        milliseconds.append((time.perf_counter() - started) * 1000)
        answers.append({scored.product.id for scored in found.products})
    return milliseconds, answers


@contextmanager
def _peak_memory(store: PostgresStore) -> Iterator[list[int]]:
    """Bytes that the server's processes hold for themselves, looked at now and then."""
    server = store.database.server
    pid = None if server is None else server.cluster.server_pid()
    seen, done = [0], threading.Event()

    def look() -> None:
        while pid is not None and not done.wait(SECONDS_BETWEEN_LOOKS):
            seen.append(_private_bytes(psutil.Process(pid)))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def _private_bytes(server: psutil.Process) -> int:
    total = 0
    for process in server.children():
        try:
            memory = process.memory_info()
        except psutil.NoSuchProcess:
            continue
        total += memory.rss - memory.shared
    return total

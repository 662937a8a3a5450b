"""HNSW indexes over a vector set: built in bulk where they pay, then kept by live inserts.

Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
Hierarchical Navigable Small World graphs", IEEE TPAMI 42 (2020).

Building takes a fraction of a millisecond for a row, inserting into a finished index several
milliseconds: a run that adds much drops the index and builds it anew at its end.
docs/decisions/0007 has the figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
from psycopg import sql

from goodsight.stores.postgres.build_progress import telling_progress
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.settings import build_memory_kilobytes
from goodsight.stores.postgres.vector_sets import MAX_INDEXED_DIMENSION, VectorSet

__all__ = ["IndexShape", "build_indexes", "build_memory", "drop_indexes", "outgrows_index"]

# Below so many photos comparing with all of them is as quick as the index.
MINIMUM_PHOTOS = 4000
# New photos, as a share of the old, from which on building anew beats inserting.
REBUILD_SHARE = 0.25
BUILD_LOCK = 0x600D1DE
LONGEST_WAIT_SECONDS = 1
# Measured: docs/decisions/0030. A vector has `links` neighbours on each layer, twice that on the
# lowest.
BYTES_PER_LINK = 50
SPARE_MEMORY = 1.25
_COUNT = sql.SQL("SELECT count(*) FROM {}")
_VALID = sql.SQL("""
    SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass({}) AND indisvalid)
""")


@dataclass(frozen=True, slots=True)
class IndexShape:
    """HNSW's parameters: `m`, links per vector and layer, and `ef_construction`."""

    links: int = 12
    candidates: int = 128


# Chosen from docs/figures.md, "Growth".
CHOSEN = IndexShape()


def outgrows_index(new_photos: int, old_photos: int) -> bool:
    """Whether a run that added so many photos should build the index anew."""
    return new_photos >= MINIMUM_PHOTOS * REBUILD_SHARE and new_photos > old_photos * REBUILD_SHARE


def drop_indexes(connection: Connection, vectors: VectorSet) -> None:
    """Drop both indexes, unless someone is building them just now, or reads for long.

    Searches compare with every photo until the next build. A drop that waits makes every
    search wait behind it: while a backup reads, the indexes stay and are inserted into.
    """
    with _alone(connection, vectors) as alone, suppress(psycopg.errors.LockNotAvailable):
        for index in (vectors.photo_index, vectors.product_index) if alone else ():
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT_SECONDS}s'")
                connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(index))


def build_indexes(connection: Connection, vectors: VectorSet, shape: IndexShape = CHOSEN) -> bool:
    """Build what is absent, or was left unfinished, where the set is large enough.

    Readers and writers go on meanwhile. `connection` is in autocommit mode. False if nothing
    was built.
    """
    if vectors.dimension > MAX_INDEXED_DIMENSION:
        return False
    if not _is_large(connection, vectors):
        return False
    with _alone(connection, vectors) as alone:
        if not alone:
            return False
        with _build_settings(connection, build_memory(connection, vectors, shape)):
            photos = _build(connection, vectors, "photos", shape)
            products = _build(connection, vectors, "products", shape)
    return photos or products


def build_memory(connection: Connection, vectors: VectorSet, shape: IndexShape) -> int:
    """Kilobytes that a build of the larger index may use.

    Where the graph does not fit, the rest is built on disk, many times slower.
    """
    [(rows,)] = connection.execute(_COUNT.format(vectors.photo_vectors))
    each = vectors.indexed_bytes + BYTES_PER_LINK * shape.links
    return build_memory_kilobytes(int(rows * each * SPARE_MEMORY))


def _build(connection: Connection, vectors: VectorSet, what: str, shape: IndexShape) -> bool:
    table, index = (
        (vectors.photo_vectors, vectors.photo_index)
        if what == "photos"
        else (vectors.product_vectors, vectors.product_index)
    )
    if _is_valid(connection, index):
        return False
    # Concurrently: waits for whoever reads the table, and lets others read meanwhile.
    connection.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(index))
    statement = sql.SQL("""
        CREATE INDEX CONCURRENTLY {} ON {} USING hnsw ({})
        WITH (m = {}, ef_construction = {})
    """).format(
        index, table, vectors.indexed, sql.Literal(shape.links), sql.Literal(shape.candidates)
    )
    with telling_progress(connection, f"building the vector index over {what}"):
        try:
            connection.execute(statement)
        except psycopg.errors.DiskFull:
            # In a container the memory shared by parallel workers is often a few megabytes.
            connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(index))
            connection.execute("SET max_parallel_maintenance_workers = 0")
            connection.execute(statement)
    return True


def _is_large(connection: Connection, vectors: VectorSet) -> bool:
    statement = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS found").format(
        vectors.photo_vectors, sql.Literal(MINIMUM_PHOTOS)
    )
    [(count,)] = connection.execute(statement)
    return bool(count >= MINIMUM_PHOTOS)


def _is_valid(connection: Connection, index: sql.Identifier) -> bool:
    [(valid,)] = connection.execute(_VALID.format(sql.Literal(index.as_string())))
    return bool(valid)


@contextmanager
def _alone(connection: Connection, vectors: VectorSet) -> Iterator[bool]:
    """Whether we are the only builder. The others leave it to that one.

    They must not wait for it: a concurrent build waits for every statement that began
    before, so also for one that waits for this lock.
    """
    key = [BUILD_LOCK, vectors.id]
    [(alone,)] = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
    try:
        yield alone
    finally:
        if alone and not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@contextmanager
def _build_settings(connection: Connection, kilobytes: int) -> Iterator[None]:
    memory = sql.Literal(f"{kilobytes}kB")
    connection.execute(sql.SQL("SET maintenance_work_mem = {}").format(memory))
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("RESET maintenance_work_mem")
            connection.execute("RESET max_parallel_maintenance_workers")

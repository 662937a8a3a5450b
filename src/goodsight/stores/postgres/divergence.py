"""Search by KL divergence, which the database does not know.

Candidates come from the index by cosine, which ranks much alike, or are all products that
pass the filter. Their vectors are streamed, product by product, and scored here, so that
memory does not grow with the collection.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from goodsight.core.scoring import blend, similarity, unit_rows
from goodsight.core.store_ports import Found, ScoredProduct, VectorQuery
from goodsight.core.types import FloatArray
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.halfvectors import HalfVector, unit_vectors
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.routes import Route, StaleCollection, Where, choose_route, how_near
from goodsight.stores.postgres.search_sql import photos_statement
from goodsight.stores.postgres.sessions import Connection

__all__ = ["search_by_divergence"]

ROWS_PER_FETCH = 1000

_STATE = "SELECT active_vector_set, index_version FROM collections WHERE id = %s"
_SHOWN = sql.SQL("""
    SELECT p.id, {}, f.reference, i.content_hash, v.vector
    FROM products p JOIN photos f ON f.product_id = p.id JOIN images i ON i.id = f.image_id
    JOIN {} v USING (image_id)
    WHERE p.id = ANY (%s)
    ORDER BY p.id, array_position(p.photo_references, f.reference)
""")


class _Ranked(NamedTuple):
    """Smaller is better, so that sorting puts the best first, and equals by their id."""

    negative_score: float
    product_key: str
    row_id: int
    best: float
    mean: float


def search_by_divergence(
    connection: Connection,
    collection: ActiveCollection,
    query: VectorQuery,
    where: Where,
) -> Found:
    """The best products that pass, best first. Raises StaleCollection."""
    with _one_moment(connection):
        row = connection.execute(_STATE, [collection.id]).fetchone()
        if row is None or row[0] != collection.vectors.id:
            raise StaleCollection
        route = choose_route(connection, collection, query, where)
        ranked = _ranked(connection, collection, query, where, route)
        if route is Route.INDEX and len(ranked) < query.limit:
            ranked = _ranked(connection, collection, query, where, Route.COMPARE)
        return Found(_answer(connection, collection, query, ranked), index_version=row[1])


@contextmanager
def _one_moment(connection: Connection) -> Iterator[None]:
    """Several statements that see the same state."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction():
            yield
    finally:
        if not connection.closed:
            connection.isolation_level = None


def _ranked(
    connection: Connection,
    collection: ActiveCollection,
    query: VectorQuery,
    where: Where,
    route: Route,
) -> list[_Ranked]:
    parameters = {
        **where.values,
        "query": HalfVector.of(query.vector),
        "collection": collection.id,
    }
    near = how_near(collection, query) if route is Route.INDEX else None
    statement = photos_statement(collection.vectors, near=near, condition=where.condition)
    with connection.cursor("photos", binary=True) as cursor:
        cursor.itersize = ROWS_PER_FETCH
        cursor.execute(statement, parameters)
        scored = _scored(cursor, collection.vectors.dimension, query)
        return heapq.nsmallest(query.limit + query.besides, scored)


def _scored(
    rows: Iterable[tuple[Any, ...]], dimension: int, query: VectorQuery
) -> Iterator[_Ranked]:
    for block in _blocks(rows):
        vectors = unit_vectors([vector for *_, vector in block], dimension)
        starts = np.flatnonzero(
            [i == 0 or block[i - 1][0] != row[0] for i, row in enumerate(block)]
        )
        best = np.maximum.reduceat(_scores(query, vectors), starts)
        mean = _scores(query, _means(vectors, starts))
        for i, start in enumerate(starts):
            row_id, product_key, _ = block[start]
            score = blend(float(best[i]), float(mean[i]))
            yield _Ranked(-score, product_key, row_id, float(best[i]), float(mean[i]))


def _blocks(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Several products' rows at a time, each product's together."""
    block: list[tuple[Any, ...]] = []
    for _, photos in groupby(rows, key=itemgetter(0)):
        block += photos
        if len(block) >= ROWS_PER_FETCH:
            yield block
            block = []
    if block:
        yield block


def _means(vectors: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """`goodsight.core.scoring.mean_vector` of each run of rows; float32 (products, d)."""
    sums = np.add.reduceat(vectors, starts, axis=0)
    counts = np.diff(starts, append=len(vectors))[:, np.newaxis]
    cancelled = np.linalg.norm(sums / counts, axis=1, keepdims=True) <= 1e-6
    return unit_rows(np.where(cancelled, vectors[starts], sums))


def _scores(query: VectorQuery, vectors: FloatArray) -> FloatArray:
    return similarity(query.vector, vectors, query.metric)


def _answer(
    connection: Connection,
    collection: ActiveCollection,
    query: VectorQuery,
    ranked: list[_Ranked],
) -> tuple[ScoredProduct, ...]:
    statement = _SHOWN.format(PRODUCT_COLUMNS, collection.vectors.photo_vectors)
    cursor = connection.cursor(binary=True)
    cursor.execute(statement, [[item.row_id for item in ranked]])
    shown = {row_id: list(rows) for row_id, rows in groupby(cursor, key=itemgetter(0))}
    hits = []
    for item in ranked:
        rows = shown[item.row_id]
        vectors = unit_vectors([row[-1] for row in rows], collection.vectors.dimension)
        _, *product, photo, content_hash, _ = rows[int(np.argmax(_scores(query, vectors)))]
        found = ProductRow(*product).product()
        hits.append(
            ScoredProduct(
                product=found,
                photo=photo,
                content_hash=content_hash,
                variants=found.variants_showing(photo),
                score=-item.negative_score,
                parts={"best": item.best, "mean": item.mean},
            )
        )
    return tuple(hits)

"""From a vector to the best products by cosine or euclidean likeness, in the database alone."""

from __future__ import annotations

from typing import Any

from goodsight.core.store_ports import Found, ScoredProduct, VectorQuery
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.halfvectors import HalfVector
from goodsight.stores.postgres.products import ProductRow
from goodsight.stores.postgres.routes import (
    BINARY_WIDENING,
    Near,
    Route,
    StaleCollection,
    Where,
    choose_route,
    how_near,
)
from goodsight.stores.postgres.search_sql import search_statement
from goodsight.stores.postgres.sessions import Connection

__all__ = ["search"]


def search(
    connection: Connection,
    collection: ActiveCollection,
    query: VectorQuery,
    where: Where,
    *,
    binary_widening: int = BINARY_WIDENING,
) -> Found:
    """The best products that pass, best first. Raises StaleCollection.

    Indexes of signs are asked for `binary_widening` times as many candidates as those of
    numbers.
    """
    route = choose_route(connection, collection, query, where)
    near = how_near(collection, query, binary_widening) if route is Route.INDEX else None
    found = _search(connection, collection, query, where, near)
    if near is not None and len(found.products) < query.limit:
        # The index gave up looking, or many photos of few products filled its answer.
        found = _search(connection, collection, query, where, None)
    return found


def _search(
    connection: Connection,
    collection: ActiveCollection,
    query: VectorQuery,
    where: Where,
    near: Near | None,
) -> Found:
    statement = search_statement(
        collection.vectors,
        query.metric,
        limit=query.limit + query.besides,
        near=near,
        condition=where.condition,
    )
    parameters = {
        **where.values,
        "query": HalfVector.of(query.vector),
        "collection": collection.id,
    }
    # Without a filter one plan fits all vectors; with one it depends on the values.
    prepare = near is not None and where.condition is None
    cursor = connection.cursor(binary=True).execute(statement, parameters, prepare=prepare)
    rows = cursor.fetchall()
    if not rows or rows[0][0] != collection.vectors.id:
        raise StaleCollection
    hits = tuple(_scored(*row[2:]) for row in rows if row[2] is not None)
    return Found(hits, index_version=rows[0][1])


def _scored(
    score: float, best: float, mean: float, photo: str, content_hash: str, *product: Any
) -> ScoredProduct:
    found = ProductRow(*product).product()
    return ScoredProduct(
        product=found,
        photo=photo,
        content_hash=content_hash,
        variants=found.variants_showing(photo),
        # Rounded components may lead a hair beyond the metric's range.
        score=min(score, 1.0),
        parts={"best": min(best, 1.0), "mean": min(mean, 1.0)},
    )

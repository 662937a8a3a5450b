"""Whether a collection's vector indexes are there, whole, and find what comparing finds."""

from __future__ import annotations

from dataclasses import replace

from psycopg import sql

from goodsight.core.store_ports import VectorQuery
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.halfvectors import unit_vectors
from goodsight.stores.postgres.routes import Where
from goodsight.stores.postgres.search import search
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.vector_index import MINIMUM_PHOTOS
from goodsight.stores.postgres.vector_sets import MAX_INDEXED_DIMENSION

__all__ = ["LEAST_RECALL", "lacks_index", "sampled_recall"]

LEAST_RECALL = 0.9
SAMPLED_PHOTOS = 20
LIMIT = 10

_COUNT = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS sampled")
# By a hash of the row's id: spread over the catalogue, and the same ones every time.
_SAMPLE = sql.SQL("""
    SELECT vector FROM {} WHERE image_id IN (
        SELECT image_id FROM {} ORDER BY md5(image_id::text) LIMIT {})
""")


def lacks_index(connection: Connection, collection: ActiveCollection) -> bool:
    """Whether the collection is large enough for an index and has none that is whole."""
    if collection.is_indexed or collection.vectors.dimension > MAX_INDEXED_DIMENSION:
        return False
    table = collection.vectors.photo_vectors
    [(count,)] = connection.execute(_COUNT.format(table, sql.Literal(MINIMUM_PHOTOS)))
    return bool(count >= MINIMUM_PHOTOS)


def sampled_recall(connection: Connection, collection: ActiveCollection) -> float:
    """The share of the exact first ten that the index finds, for photos of its own."""
    table = collection.vectors.photo_vectors
    statement = _SAMPLE.format(table, table, sql.Literal(SAMPLED_PHOTOS))
    rows = connection.cursor(binary=True).execute(statement).fetchall()
    found = there = 0
    for vector in unit_vectors([row for (row,) in rows], collection.vectors.dimension):
        query = VectorQuery(vector, collection.space, limit=LIMIT)
        exact = _ids(connection, collection, replace(query, exact=True))
        there += len(exact)
        found += len(exact & _ids(connection, collection, query))
    return found / there if there else 1.0


def _ids(connection: Connection, collection: ActiveCollection, query: VectorQuery) -> set[str]:
    products = search(connection, collection, query, Where.of(None, None)).products
    return {scored.product.id for scored in products}

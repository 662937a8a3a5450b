"""Vectors of products' texts: kept by the text's hash, compared one and all.

A text vector is a fifth of a photo's and there is one for each product: comparing with all
of 100,000 takes as long as encoding what was asked (docs/decisions/0020), and an index would
slow down every write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from goodsight.core.bridging import Bridge
from goodsight.core.embedding_texts import UnembeddedText, text_of
from goodsight.core.types import FloatArray
from goodsight.stores.postgres.collection_rows import ActiveCollection, find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.halfvectors import HalfVector
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest

__all__ = ["PostgresTextVectors", "nearest_by_looks", "nearest_texts"]

_AMONG = sql.SQL("AND p.key_digest = ANY(%(digests)s)")
_UNEMBEDDED = sql.SQL("""
    SELECT p.id, p.updated_at, CASE WHEN t.space = %(space)s THEN t.text_hash END, {columns}
    FROM products p LEFT JOIN text_vectors t ON t.product_id = p.id
    WHERE p.collection_id = %(collection)s
      AND (t.product_id IS NULL OR t.space <> %(space)s OR t.product_as_of <> p.updated_at)
      {among}
    ORDER BY p.id LIMIT %(limit)s
""")
_SETTLE = """
    UPDATE text_vectors SET product_as_of = %s WHERE product_id = %s AND space = %s
"""
# A product that was removed meanwhile needs none.
_PUT = """
    INSERT INTO text_vectors (product_id, collection_id, space, text_hash, product_as_of, vector)
    SELECT id, collection_id, %s, %s, %s, %s::halfvec FROM products WHERE id = %s
    ON CONFLICT (product_id) DO UPDATE SET
        space = excluded.space, text_hash = excluded.text_hash,
        product_as_of = excluded.product_as_of, vector = excluded.vector
"""
_NEW_VERSION = "UPDATE collections SET index_version = index_version + 1 WHERE id = %s"
_NEAREST = """
    SELECT product_id, -(vector <#> %(asked)s::halfvec) FROM text_vectors
    WHERE collection_id = %(collection)s AND space = %(space)s
    ORDER BY vector <#> %(asked)s::halfvec LIMIT %(limit)s
"""


# Looks count by how much more a product's are like the text than those of most.
_NEAREST_BY_LOOKS = sql.SQL("""
    WITH near_texts AS MATERIALIZED (
        SELECT product_id FROM text_vectors
        WHERE collection_id = %(collection)s AND space = %(space)s
        ORDER BY vector <#> %(asked)s::halfvec LIMIT {pool}),
    near_means AS MATERIALIZED (
        SELECT product_id FROM {means} ORDER BY vector <#> %(looks)s::halfvec LIMIT {pool}),
    near_photos AS MATERIALIZED (
        SELECT image_id FROM {photos} ORDER BY vector <#> %(looks)s::halfvec LIMIT {pool}),
    candidates AS (
        SELECT product_id FROM near_texts UNION SELECT product_id FROM near_means
        UNION SELECT f.product_id FROM near_photos JOIN photos f USING (image_id)),
    most AS (
        SELECT avg(-(vector <#> %(looks)s::halfvec)) AS look
        FROM (SELECT vector FROM {photos} LIMIT {sample}) AS sampled)
    SELECT t.product_id,
           -(t.vector <#> %(asked)s::halfvec)
               + %(weight)s * (-(coalesce(m.vector, v.vector) <#> %(looks)s::halfvec) - most.look)
               AS nearness
    FROM candidates c JOIN text_vectors t USING (product_id) CROSS JOIN most
    LEFT JOIN {means} m USING (product_id)
    LEFT JOIN LATERAL (SELECT image_id FROM photos f WHERE f.product_id = t.product_id LIMIT 1)
        AS shown ON m.product_id IS NULL
    LEFT JOIN {photos} v USING (image_id)
    WHERE t.space = %(space)s AND (m.vector IS NOT NULL OR v.vector IS NOT NULL)
    ORDER BY nearness DESC LIMIT {limit}
""")
POOL = 200
SAMPLE = 500


@dataclass(frozen=True, slots=True)
class _Key:
    row_id: int
    as_of: datetime
    text_hash: bytes


class PostgresTextVectors:
    """One collection's text vectors; see the port `TextVectorStore`."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def unembedded(
        self, space: str, limit: int, product_ids: Sequence[str] | None = None
    ) -> Sequence[UnembeddedText] | None:
        """The next texts that lack a vector; see the port. Raises CollectionNotFound."""
        among = sql.SQL("") if product_ids is None else _AMONG
        query = _UNEMBEDDED.format(columns=PRODUCT_COLUMNS, among=among)
        with translated(f"reading the texts of '{self._name}'"), self._session() as connection:
            parameters = {
                "space": space,
                "limit": limit,
                "collection": self._id(connection),
                "digests": [digest(product_id) for product_id in product_ids or ()],
            }
            rows = connection.execute(query, parameters).fetchall()
            texts = []
            for row_id, as_of, before, *values in rows:
                text = text_of(ProductRow(*values).product())
                key = _Key(row_id, as_of, hashlib.sha256(text.encode(errors="replace")).digest())
                if key.text_hash == before:
                    connection.execute(_SETTLE, [as_of, row_id, space])
                else:
                    texts.append(UnembeddedText(key, text))
            return texts if rows else None

    def put_vectors(self, space: str, texts: Sequence[UnembeddedText], vectors: FloatArray) -> None:
        """Keep a vector for each text, all or none."""
        with translated(f"keeping texts of '{self._name}'"), self._session() as connection:
            rows = [
                (space, key.text_hash, key.as_of, HalfVector.of(vector), key.row_id)
                for text, vector in zip(texts, vectors, strict=True)
                if isinstance(key := text.key, _Key)
            ]
            with connection.transaction():
                connection.cursor().executemany(_PUT, rows)

    def finish(self) -> None:
        """Let searches notice what was put."""
        with translated(f"keeping texts of '{self._name}'"), self._session() as connection:
            connection.execute(_NEW_VERSION, [self._id(connection)])

    def _session(self) -> Connection:
        return self._database.connect()

    def _id(self, connection: Connection) -> int:
        return find_collection(connection, self._name).id


def nearest_texts(
    connection: Connection,
    collection: ActiveCollection,
    space: str,
    asked: FloatArray,
    limit: int,
) -> list[tuple[int, float]]:
    """Row ids of the products whose texts are nearest, and the cosine, nearest first."""
    parameters = {
        "asked": HalfVector.of(asked),
        "collection": collection.id,
        "space": space,
        "limit": limit,
    }
    return connection.execute(_NEAREST, parameters).fetchall()


def nearest_by_looks(
    connection: Connection,
    collection: ActiveCollection,
    bridge: Bridge,
    asked: FloatArray,
    limit: int,
) -> list[tuple[int, float]]:
    """The same by texts and looks together: the cosine, and what the looks add to it or take."""
    statement = _NEAREST_BY_LOOKS.format(
        means=collection.vectors.product_vectors,
        photos=collection.vectors.photo_vectors,
        pool=sql.Literal(POOL),
        sample=sql.Literal(SAMPLE),
        limit=sql.Literal(limit),
    )
    parameters = {
        "asked": HalfVector.of(asked),
        "looks": HalfVector.of(bridge.vector(asked)),
        "weight": bridge.weight,
        "collection": collection.id,
        "space": bridge.text_space,
    }
    return connection.execute(statement, parameters).fetchall()

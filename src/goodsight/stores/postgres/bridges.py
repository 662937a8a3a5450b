"""A collection's bridge from texts to photos: what it is learnt from, and what it came to."""

from __future__ import annotations

import numpy as np
from psycopg import sql

from goodsight.core.bridge_learning import BridgeGain, BridgeSample
from goodsight.core.bridging import Bridge, LinearMap
from goodsight.core.types import FloatArray
from goodsight.stores.postgres.collection_rows import ActiveCollection, find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.halfvectors import unit_vectors
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.sessions import Connection

__all__ = ["PostgresBridges", "bridge_of"]

_COUNT = """
    SELECT count(*) FROM text_vectors t
    WHERE t.collection_id = %s AND t.space = %s
      AND EXISTS (SELECT FROM photos f WHERE f.product_id = t.product_id)
"""
_LEARNT = """
    SELECT products, questions, texts_alone, together, gain_low, gain_high FROM bridges
    WHERE vector_set_id = %s AND text_space = %s
"""
_BRIDGE = """
    SELECT mean, matrix, weight FROM bridges
    WHERE vector_set_id = %s AND text_space = %s AND matrix IS NOT NULL
"""
# By the digest, so that a sample is of everything the shop has. A product with a single photo
# has no mean of its own.
_SAMPLE = sql.SQL("""
    SELECT t.vector, coalesce(m.vector, v.vector), {columns}
    FROM text_vectors t JOIN products p ON p.id = t.product_id
    LEFT JOIN {means} m ON m.product_id = p.id
    LEFT JOIN LATERAL (SELECT image_id FROM photos f WHERE f.product_id = p.id LIMIT 1) AS shown
        ON true
    LEFT JOIN {photos} v USING (image_id)
    WHERE t.collection_id = %s AND t.space = %s AND (m.vector IS NOT NULL OR v.vector IS NOT NULL)
    ORDER BY p.key_digest LIMIT %s
""")
_LOCK = "SELECT active_vector_set FROM collections WHERE id = %s FOR NO KEY UPDATE"
_DROP = "DELETE FROM bridges WHERE vector_set_id = %s"
_KEEP = """
    INSERT INTO bridges (vector_set_id, text_space, mean, matrix, weight, products, questions,
                         texts_alone, together, gain_low, gain_high)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_NEW_VERSION = "UPDATE collections SET index_version = index_version + 1 WHERE id = %s"


class PostgresBridges:
    """Implements `BridgeKeeper` for a collection. Safe to use from several threads."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def bridge(self, text_space: str) -> Bridge | None:
        """What leads from texts to the photos as they are searched; None where nothing does.

        Read once for an index version. Raises CollectionNotFound.
        """

        def read(connection: Connection) -> Bridge | None:
            found = find_collection(connection, self._name)
            return bridge_of(self._database, connection, found, text_space)

        return self._database.read(f"reading the bridge of '{self._name}'", read)

    def product_count(self, text_space: str) -> int:
        """How many products have a photo and a vector; see the port."""

        def count(connection: Connection) -> int:
            found = find_collection(connection, self._name)
            [(number,)] = connection.execute(_COUNT, [found.id, text_space])
            return int(number)

        return self._database.read(f"counting the products of '{self._name}'", count)

    def learnt(self, text_space: str) -> BridgeGain | None:
        """What learning came to; see the port."""

        def read(connection: Connection) -> BridgeGain | None:
            found = find_collection(connection, self._name)
            row = connection.execute(_LEARNT, [found.vectors.id, text_space]).fetchone()
            return None if row is None else BridgeGain(*row)

        return self._database.read(f"reading the bridge of '{self._name}'", read)

    def sample(self, text_space: str, limit: int) -> BridgeSample:
        """Products to learn from; see the port."""
        count = self.product_count(text_space)
        return self._database.read(
            f"reading the texts and photos of '{self._name}'",
            lambda c: _sample(c, find_collection(c, self._name), text_space, limit, count),
        )

    def keep(
        self, text_space: str, photo_space: str, gain: BridgeGain, bridge: Bridge | None
    ) -> None:
        """Keep it in the former one's place; see the port."""
        with (
            translated(f"keeping the bridge of '{self._name}'"),
            self._database.connect() as connection,
            connection.transaction(),
        ):
            connection.execute(_LOCK, [find_collection(connection, self._name).id])
            found = find_collection(connection, self._name)
            if found.space != photo_space:
                return
            _write(connection, found, text_space, gain, bridge)
            connection.execute(_NEW_VERSION, [found.id])


def _write(
    connection: Connection,
    found: ActiveCollection,
    text_space: str,
    gain: BridgeGain,
    bridge: Bridge | None,
) -> None:
    parts = (
        (None, None, None)
        if bridge is None
        else (_bytes(bridge.map.mean), _bytes(bridge.map.matrix), bridge.weight)
    )
    judged = (gain.products, gain.questions, gain.texts_alone, gain.together, gain.low, gain.high)
    connection.execute(_DROP, [found.vectors.id])
    connection.execute(_KEEP, [found.vectors.id, text_space, *parts, *judged])


def bridge_of(
    database: Database, connection: Connection, found: ActiveCollection, text_space: str
) -> Bridge | None:
    """The collection's bridge, read once for an index version."""
    return database.remembered(
        (found.id, found.index_version, "bridge", text_space),
        lambda: _bridge(connection, found, text_space),
    )


def _bridge(connection: Connection, found: ActiveCollection, text_space: str) -> Bridge | None:
    cursor = connection.cursor(binary=True)
    row = cursor.execute(_BRIDGE, [found.vectors.id, text_space]).fetchone()
    if row is None:
        return None
    mean, matrix, weight = row
    numbers = _numbers(matrix).reshape(-1, found.vectors.dimension)
    return Bridge(LinearMap(_numbers(mean), numbers), text_space, found.space, weight)


def _sample(
    connection: Connection, found: ActiveCollection, text_space: str, limit: int, count: int
) -> BridgeSample:
    statement = _SAMPLE.format(
        columns=PRODUCT_COLUMNS,
        means=found.vectors.product_vectors,
        photos=found.vectors.photo_vectors,
    )
    cursor = connection.cursor(binary=True)
    rows = cursor.execute(statement, [found.id, text_space, limit]).fetchall()
    dimension = found.vectors.dimension
    if not rows:
        empty = np.empty((0, dimension), np.float32)
        return BridgeSample((), empty, empty, found.space, count)
    # Of the wire's form only the header is not numbers, two bytes each.
    text_dimension = len(rows[0][0]) // 2 - 2
    return BridgeSample(
        products=tuple(ProductRow(*row[2:]).product() for row in rows),
        texts=unit_vectors([row[0] for row in rows], text_dimension),
        photos=unit_vectors([row[1] for row in rows], dimension),
        photo_space=found.space,
        all_products=count,
    )


def _bytes(values: FloatArray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def _numbers(data: bytes) -> FloatArray:
    return np.frombuffer(data, dtype="<f4").astype(np.float32)

"""Vector sets that nobody needs any more, dropped: with their vectors, and with features.

searched     the collection's own, and those that were in use and are kept
features     a set that owns raw features stays while a set of vectors is made of them
begun        a set whose features are being made, for an encoder to come
unfinished   everything else: what a killed process left
"""

from __future__ import annotations

from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.vector_sets import VectorSet

__all__ = [
    "drop_set",
    "drop_unfinished",
    "drop_unneeded_features",
    "reclaim_features",
    "sets_left_unfinished",
]

_UNFINISHED_SETS = """
    SELECT s.id, s.dimension FROM vector_sets s JOIN collections c ON c.id = s.collection_id
    WHERE s.collection_id = %s AND s.id <> c.active_vector_set
      AND s.base_id IS NOT NULL AND s.retired_at IS NULL
    ORDER BY s.id
"""
_TABLES_LEFT = """
    SELECT s.id FROM vector_sets s JOIN collections c ON c.id = s.collection_id
    WHERE s.collection_id = %s AND s.id <> c.active_vector_set
      AND s.base_id IS NULL AND s.retired_at IS NULL
"""
_DROP_UNNEEDED_FEATURES = """
    DELETE FROM vector_sets b USING collections c
    WHERE c.id = b.collection_id AND b.collection_id = %s
      AND b.base_id IS NULL AND b.begun_at IS NULL AND b.retired_at IS NULL
      AND b.id <> c.active_vector_set
      AND NOT EXISTS (SELECT FROM vector_sets s WHERE s.base_id = b.id)
"""


def drop_set(connection: Connection, vectors: VectorSet) -> None:
    """Remove a set, row and all: its features too, where it owns any."""
    vectors.drop(connection)
    connection.execute("DELETE FROM vector_sets WHERE id = %s", [vectors.id])


def sets_left_unfinished(connection: Connection, collection_id: int) -> list[VectorSet]:
    """What an interrupted switch left; the caller is alone with the sets."""
    return [VectorSet(*row) for row in connection.execute(_UNFINISHED_SETS, [collection_id])]


def drop_unfinished(connection: Connection, collection: ActiveCollection) -> None:
    """What an interrupted switch left behind: sets, and tables of those that own features."""
    for vectors in sets_left_unfinished(connection, collection.id):
        drop_set(connection, vectors)
    for (set_id,) in connection.execute(_TABLES_LEFT, [collection.id]).fetchall():
        VectorSet(set_id, 0).drop(connection)
    drop_unneeded_features(connection, collection.id)


def drop_unneeded_features(connection: Connection, collection_id: int) -> int:
    """Drop sets that own features of which nothing is made any more; how many."""
    return connection.execute(_DROP_UNNEEDED_FEATURES, [collection_id]).rowcount


def reclaim_features(connection: Connection) -> None:
    """Make the room of dropped features usable; outside of a transaction."""
    connection.execute("VACUUM features")

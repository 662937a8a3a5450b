"""A collection's vector indexes changed from numbers to signs and back.

An index of signs takes a bit where one of numbers takes two bytes; what it brings is compared
by the vectors themselves, which stay. Signs tell vectors apart only where they lie around 0,
as after a projection; features after a rectifier have all signs alike.
"""

from __future__ import annotations

from dataclasses import replace

from psycopg import sql

from goodsight.core.errors import UsageError
from goodsight.core.space_ports import IndexChange
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.index_health import sampled_recall
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.set_locks import alone_with_sets
from goodsight.stores.postgres.vector_index import build_indexes
from goodsight.stores.postgres.vector_sets import MIN_SIGNS, IndexKind, VectorSet

__all__ = ["change_index"]

_CHANGE = """
    WITH changed AS (UPDATE vector_sets SET index_kind = %s WHERE id = %s)
    UPDATE collections SET index_version = index_version + 1 WHERE id = %s
"""
_SIZE = """
    SELECT coalesce(pg_relation_size(to_regclass(%s)), 0)
           + coalesce(pg_relation_size(to_regclass(%s)), 0)
"""


def change_index(connection: Connection, name: str, kind: IndexKind) -> IndexChange:
    """Build the indexes anew as that kind; see the port.

    Searches compare with every photo until they are built. `connection` is in autocommit mode.
    Raises CollectionNotFound, UsageError.
    """
    found = find_collection(connection, name)
    with alone_with_sets(connection, found.id):
        found = find_collection(connection, name)
        if kind is IndexKind.BINARY and (
            not found.is_projected or found.vectors.dimension < MIN_SIGNS
        ):
            raise UsageError(
                f"'{name}' is searched by vectors whose signs say too little: learn from a larger"
                " catalogue first (goodsight collection learn), or tune"
            )
        before, recall = _size(connection, found.vectors), sampled_recall(connection, found)
        if kind is not found.vectors.kind:
            with connection.transaction():
                for index in (found.vectors.photo_index, found.vectors.product_index):
                    connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(index))
                connection.execute(_CHANGE, [kind.value, found.vectors.id, found.id])
        vectors = replace(found.vectors, kind=kind)
        build_indexes(connection, vectors)
        now = find_collection(connection, name)
        return IndexChange(
            kind=kind.value,
            is_indexed=now.is_indexed,
            bytes_before=before,
            bytes_after=_size(connection, vectors),
            recall_before=recall,
            recall_after=sampled_recall(connection, now),
        )


def _size(connection: Connection, vectors: VectorSet) -> int:
    names = [vectors.photo_index.as_string(), vectors.product_index.as_string()]
    [(size,)] = connection.execute(_SIZE, names)
    return int(size)

"""What `doctor --fix` does in a database: only what loses nothing and disturbs nobody."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import sql

from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.index_health import LEAST_RECALL, lacks_index, sampled_recall
from goodsight.stores.postgres.index_upkeep import build_active_indexes
from goodsight.stores.postgres.leftovers import remove_leftovers
from goodsight.stores.postgres.originals import PostgresOriginals
from goodsight.stores.postgres.schema import SCHEMA
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.vector_index import drop_indexes

__all__ = ["mend", "newer_extension"]

_NAMES = 'SELECT name FROM collections ORDER BY name COLLATE "C"'
_NEWER = """
    SELECT x.extversion, a.default_version FROM pg_extension x
    JOIN pg_available_extensions a ON a.name = x.extname
    WHERE x.extname = 'vector'
      AND string_to_array(a.default_version, '.')::int[]
          > string_to_array(x.extversion, '.')::int[]
"""
# Vector indexes are built by their collections; these are the tables' own.
_INVALID = """
    SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE n.nspname = %s AND NOT x.indisvalid AND i.relname !~ '_hnsw$' ORDER BY i.relname
"""


def mend(database: Database) -> Iterator[str]:
    """Mend what can be; says what was done, thing by thing. Raises StoreError."""
    with translated("mending the database"), database.connect() as connection:
        yield from _update_extension(connection)
        yield from remove_leftovers(connection)
        for (name,) in connection.execute(_INVALID, [SCHEMA]).fetchall():
            index = sql.Identifier(SCHEMA, name)
            connection.execute(sql.SQL("REINDEX INDEX CONCURRENTLY {}").format(index))
            yield f"built the index {name} again"
        names = [name for (name,) in connection.execute(_NAMES)]
    for name in names:
        dropped = PostgresOriginals(database, name).drop_unneeded()
        if dropped:
            yield f"dropped {dropped} uploaded photos that '{name}' no longer shows"
        yield from _mend_vector_index(database, name)


def newer_extension(connection: Connection) -> tuple[str, str] | None:
    """The version of pgvector in use, and the newer one that the server has."""
    row = connection.execute(_NEWER).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def _update_extension(connection: Connection) -> Iterator[str]:
    versions = newer_extension(connection)
    if versions is not None:
        connection.execute("ALTER EXTENSION vector UPDATE")
        yield f"brought pgvector from {versions[0]} to {versions[1]}"


def _mend_vector_index(database: Database, name: str) -> Iterator[str]:
    with (
        translated(f"looking at the vector index of '{name}'"),
        database.connect() as connection,
    ):
        collection = find_collection(connection, name)
        poor = collection.is_indexed and sampled_recall(connection, collection) < LEAST_RECALL
        if poor:
            drop_indexes(connection, collection.vectors)
        lacking = poor or lacks_index(connection, collection)
    if lacking and build_active_indexes(database, name):
        yield f"built the vector index of '{name}'"

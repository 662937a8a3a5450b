"""What processes that died left in a database: found by `doctor`, removed by `doctor --fix`.

    tables      vector tables that no vector set names
    sets        vector sets that a switch of the space never finished
    images      photos that no product shows
    runs        index runs whose process is gone
    sessions    transactions left open, which keep the server from reclaiming room

Each is left alone while somebody may be at work on it: index runs and switches hold locks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from psycopg import sql

from goodsight.stores.postgres.collection_rows import RUN_LOCK
from goodsight.stores.postgres.schema import SCHEMA
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.set_locks import SETS_LOCK
from goodsight.stores.postgres.set_rows import drop_set, sets_left_unfinished
from goodsight.stores.postgres.vector_sets import VectorSet

__all__ = [
    "LEFT_OPEN_AFTER",
    "orphaned_tables",
    "remove_leftovers",
    "sessions_left_open",
    "unfinished_sets",
    "unneeded_rows",
]

LEFT_OPEN_AFTER = timedelta(hours=1)

_ORPHANED_TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = %s AND tablename ~ '^(photo|product)_vectors_[0-9]+$'
      AND substring(tablename FROM '[0-9]+$')::bigint NOT IN (SELECT id FROM vector_sets)
    ORDER BY tablename
"""
# What, which rows, and what is done about them.
_UNNEEDED = (
    (
        "photos that no product shows",
        sql.SQL("""
            images i WHERE i.collection_id = %s
            AND NOT EXISTS (SELECT FROM photos f WHERE f.image_id = i.id)
        """),
        sql.SQL("DELETE FROM images WHERE id IN (SELECT i.id FROM {})"),
    ),
    (
        "index runs whose process is gone",
        sql.SQL("index_runs i WHERE i.collection_id = %s AND i.status = 'running'"),
        sql.SQL("UPDATE index_runs SET status = 'lost' WHERE id IN (SELECT i.id FROM {})"),
    ),
)
_COUNT = sql.SQL("SELECT count(*) FROM {}")
_LEFT_OPEN = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'goodsight'
      AND state IN ('idle in transaction', 'idle in transaction (aborted)')
      AND now() - state_change > %s
"""
_COLLECTIONS = "SELECT id, name FROM collections ORDER BY name"


def orphaned_tables(connection: Connection) -> list[str]:
    """Vector tables without a vector set."""
    return [name for (name,) in connection.execute(_ORPHANED_TABLES, [SCHEMA])]


def unfinished_sets(connection: Connection) -> list[VectorSet]:
    """Vector sets that nobody uses, and that nobody is filling just now."""
    found: list[VectorSet] = []
    for collection_id, _ in connection.execute(_COLLECTIONS).fetchall():
        with _alone(connection, SETS_LOCK, collection_id) as alone:
            if alone:
                found += sets_left_unfinished(connection, collection_id)
    return found


def unneeded_rows(connection: Connection) -> Iterator[tuple[str, str, int]]:
    """What of each collection nobody needs, the collection's name, and how much of it."""
    for collection_id, name in connection.execute(_COLLECTIONS).fetchall():
        with _alone(connection, RUN_LOCK, collection_id) as alone:
            for what, rows, _ in _UNNEEDED if alone else ():
                [(count,)] = connection.execute(_COUNT.format(rows), [collection_id])
                yield what, name, count


def sessions_left_open(connection: Connection, after: timedelta = LEFT_OPEN_AFTER) -> list[int]:
    """Process ids of our own sessions that have been in a transaction, idle, for so long."""
    return [pid for (pid,) in connection.execute(_LEFT_OPEN, [after])]


def remove_leftovers(
    connection: Connection, left_open_after: timedelta = LEFT_OPEN_AFTER
) -> Iterator[str]:
    """Remove all of it; says what was done, thing by thing."""
    for pid in sessions_left_open(connection, left_open_after):
        connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        yield f"ended session {pid}, which had left a transaction open"
    for table in orphaned_tables(connection):
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(SCHEMA, table)))
        yield f"dropped the table {table}, which no vector set names"
    for vectors in unfinished_sets(connection):
        with connection.transaction():
            drop_set(connection, vectors)
        yield f"dropped vector set {vectors.id}, which a switch had left unfinished"
    for collection_id, name in connection.execute(_COLLECTIONS).fetchall():
        with _alone(connection, RUN_LOCK, collection_id) as alone:
            for what, rows, remedy in _UNNEEDED if alone else ():
                count = connection.execute(remedy.format(rows), [collection_id]).rowcount
                if count:
                    yield f"cleared away {count} {what} of '{name}'"


@contextmanager
def _alone(connection: Connection, lock: int, collection_id: int) -> Iterator[bool]:
    """Whether nobody else holds the lock; nobody can take it inside then."""
    key = [lock, collection_id]
    [(alone,)] = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
    try:
        yield bool(alone)
    finally:
        if alone and not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)

"""Every table of a database as of one moment, written out while others go on writing.

One REPEATABLE READ transaction sees one moment, and COPY writes what it sees. Two locks keep
that from standing in anyone's way: index runs' (collections and photos are not removed) and
the vector sets' (nobody replaces them; who wants to waits without waiting inside a statement).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Protocol

from psycopg import sql

from goodsight.core.backups import DatabaseShape, TableShape
from goodsight.stores.postgres.collection_rows import hold_for_run, release_from_run
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.schema import SCHEMA, read_revision
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.set_locks import sets_stay

__all__ = ["MemberSink", "columns_of", "dump_database", "tables_of"]

# Who is signed in signs in again: their sessions are worth stealing, and short-lived.
LEFT_OUT = ("alembic_version", "sessions")
ASK_AGAIN_SECONDS = 0.2
BYTES_BETWEEN_NEWS = 1 << 20

_TABLES = """
    SELECT tablename, pg_table_size(format('%%I.%%I', schemaname, tablename)::regclass)
    FROM pg_tables
    WHERE schemaname = %s AND tablename <> ALL (%s) ORDER BY tablename
"""
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = format('%%I.%%I', %s::text, %s::text)::regclass
      AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_COLLECTIONS = "SELECT id FROM collections ORDER BY id"
_COPY = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT binary)")


class Sink(Protocol):
    """Takes a table's bytes."""

    def write(self, block: bytes | bytearray | memoryview, /) -> None:
        """Take some bytes."""
        ...


# Opens the place of a table, named as it is, for writing.
MemberSink = Callable[[str], AbstractContextManager[Sink]]


def dump_database(
    database: Database, sink: MemberSink, progress: Callable[[int, int], None]
) -> DatabaseShape:
    """Write every table to its place; `progress` hears bytes written and expected.

    Waits while somebody replaces a vector set. Raises StoreError.
    """
    with (
        translated("backing up the database"),
        database.connect() as connection,
        _moment(connection),
    ):
        sizes = connection.execute(_TABLES, [SCHEMA, list(LEFT_OUT)]).fetchall()
        counter = _Counter(progress, sum(size for _, size in sizes))
        shapes = [_dump_table(connection, table, sink, counter) for table, _ in sizes]
        return DatabaseShape(str(read_revision(connection)), tuple(shapes))


def tables_of(connection: Connection) -> list[str]:
    """Names of the tables that a backup holds."""
    rows = connection.execute(_TABLES, [SCHEMA, list(LEFT_OUT)])
    return [name for name, _ in rows]


def columns_of(connection: Connection, table: str) -> tuple[str, ...]:
    """A table's columns in their order."""
    return tuple(name for (name,) in connection.execute(_COLUMNS, [SCHEMA, table]))


def _dump_table(
    connection: Connection, table: str, sink: MemberSink, counter: _Counter
) -> TableShape:
    columns = columns_of(connection, table)
    statement = _COPY.format(
        sql.Identifier(SCHEMA, table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    cursor = connection.cursor()
    with sink(table) as place, cursor.copy(statement) as copy:
        for block in copy:
            place.write(block)
            counter.add(len(block))
    return TableShape(table, columns, max(cursor.rowcount, 0))


class _Counter:
    """Tells `progress` now and then: a block is a row, and rows are many."""

    def __init__(self, progress: Callable[[int, int], None], expected: int) -> None:
        self._progress = progress
        self._expected = expected
        self._done = 0
        self._told = 0

    def add(self, count: int) -> None:
        self._done += count
        if self._done - self._told >= BYTES_BETWEEN_NEWS:
            self._told = self._done
            self._progress(self._done, max(self._done, self._expected))


@contextmanager
def _moment(connection: Connection) -> Iterator[None]:
    """A transaction that sees one moment, in which every collection stays what it is."""
    while True:
        with ExitStack() as locks:
            collections = _collections(connection)
            for collection_id in collections:
                locks.enter_context(_held(connection, collection_id))
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # One that was made, or replaced its sets, in between is not held yet.
                if _collections(connection) == collections:
                    yield
                    return


def _collections(connection: Connection) -> list[int]:
    return [row_id for (row_id,) in connection.execute(_COLLECTIONS)]


@contextmanager
def _held(connection: Connection, collection_id: int) -> Iterator[None]:
    hold_for_run(connection, collection_id)
    try:
        while True:
            with sets_stay(connection, collection_id) as staying:
                if staying:
                    yield
                    return
            time.sleep(ASK_AGAIN_SECONDS)
    finally:
        release_from_run(connection, collection_id)

"""A database's tables put in the place of those there are, in one transaction: all or nothing.

    empty       what is there goes
    tables      as of the backup's schema version, by the migrations themselves
    rows        table by table; references between tables are checked when all are there
    up to date  the remaining migrations

Vector indexes are not part of a backup: they are built afterwards, and searches compare with
every photo until then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from goodsight.core.backups import DatabaseShape, TableShape
from goodsight.core.errors import ArchiveError, StoreError
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.dumping import columns_of, tables_of
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.schema import (
    HEAD,
    SCHEMA,
    alone_with_tables,
    check_revision,
    within_transaction,
)
from goodsight.stores.postgres.vector_sets import VectorSet

if TYPE_CHECKING:
    from sqlalchemy import Connection as SqlConnection

__all__ = ["TableSource", "load_database"]

# The bytes of a table, named as it is.
TableSource = Callable[[str], Iterable[bytes]]

Session = psycopg.Connection[Any]

LOCK_TIMEOUT = "10s"
_VECTORS = re.compile(r"(photo|product)_vectors_([0-9]+)")
_IS_USED = """
    SELECT EXISTS (SELECT FROM collections) OR EXISTS (SELECT FROM api_keys)
"""
# The locks of index runs, of switches to another space, and of index builds.
_BUSY = """
    SELECT EXISTS (SELECT FROM pg_locks
                   WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                     AND objsubid = 2)
"""
_FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = %s
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
"""
_ALL_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
_REFERENCES = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = to_regnamespace(%s)
"""
_COUNTED = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = %s AND is_identity = 'YES'
"""
_GO_ON = sql.SQL("""
    SELECT setval(pg_get_serial_sequence({}, {}), (SELECT coalesce(max({}), 0) + 1 FROM {}), false)
""")
_NEWEST = "SELECT coalesce(max(index_version), 0) FROM collections"
# Whoever remembers answers of what was here must not take them for answers of what is.
_OUTDATE = "UPDATE collections SET index_version = index_version + 1 + %s"
_LOST = "UPDATE index_runs SET status = 'lost' WHERE status = 'running'"


def load_database(
    database: Database,
    shape: DatabaseShape,
    source: TableSource,
    *,
    replace: bool,
    progress: Callable[[int], None],
    before_commit: Callable[[], None],
) -> None:
    """Put the tables in the place of those there are; `progress` hears the bytes so far.

    `before_commit` is the last thing done before the change holds; what it raises undoes it.
    Raises StoreError where the database is in use, or holds anything and `replace` is false;
    ArchiveError where the backup's tables are not those of its version.
    """
    check_revision(shape.revision)
    with (
        translated("restoring the database"),
        database.connect() as guard,
        alone_with_tables(guard),
        database.changing_tables() as outer,
    ):
        session = _inner(outer)
        before = _emptied(session, replace=replace)
        within_transaction(outer, shape.revision)
        _load(session, shape, _counted(source, progress))
        session.execute(_OUTDATE, [before])
        session.execute(_LOST)
        within_transaction(outer, HEAD)
        before_commit()


def _inner(outer: SqlConnection) -> Session:
    """The driver's own connection below the migration library's: the same transaction."""
    driver: Session = outer.connection.driver_connection  # type: ignore[assignment]
    return driver


def _emptied(session: Session, *, replace: bool) -> int:
    """Drop every table; the newest index version there was."""
    session.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(LOCK_TIMEOUT))
    [(used,)] = session.execute(_IS_USED)
    if used and not replace:
        raise StoreError(
            "the database holds a catalogue or keys already: restore into an empty one, or"
            " say --replace, and all that is in it goes"
        )
    [(busy,)] = session.execute(_BUSY)
    if busy:
        raise StoreError("the database is being indexed or backed up: wait for its end, or stop it")
    [(newest,)] = session.execute(_NEWEST)
    names = [name for (name,) in session.execute(_ALL_TABLES, [SCHEMA])]
    tables = sql.SQL(", ").join(sql.Identifier(SCHEMA, name) for name in names)
    try:
        session.execute(sql.SQL("DROP TABLE {} CASCADE").format(tables))
    except psycopg.errors.LockNotAvailable as error:
        raise StoreError("the database is in use: stop what uses it, and try again") from error
    for (function,) in session.execute(_FUNCTIONS, [SCHEMA]).fetchall():
        session.execute(sql.SQL("DROP FUNCTION {}").format(sql.SQL(function)))
    return int(newest)


def _load(session: Session, shape: DatabaseShape, source: TableSource) -> None:
    vectors = [table for table in shape.tables if _VECTORS.fullmatch(table.name)]
    others = [table for table in shape.tables if table not in vectors]
    _check_tables(session, shape, others)
    with _references_later(session):
        for table in others:
            _copy(session, table, source)
    for name, column in session.execute(_COUNTED, [SCHEMA]).fetchall():
        session.execute(
            _GO_ON.format(
                sql.Literal(f"{SCHEMA}.{name}"),
                sql.Literal(column),
                sql.Identifier(column),
                sql.Identifier(SCHEMA, name),
            )
        )
    _make_vector_sets(session, vectors)
    for table in vectors:
        _copy(session, table, source)


def _check_tables(session: Session, shape: DatabaseShape, tables: list[TableShape]) -> None:
    """Raise ArchiveError unless the backup's tables are just those of its version."""
    there = set(tables_of(session))
    if {table.name for table in tables} != there or len(shape.tables) != len(
        {table.name for table in shape.tables}
    ):
        raise ArchiveError(f"the backup's tables are not those of version {shape.revision}")


def _make_vector_sets(session: Session, tables: list[TableShape]) -> None:
    dimensions = dict(session.execute("SELECT id, dimension FROM vector_sets").fetchall())
    wanted = {_set_of(table.name) for table in tables}
    names = {table.name for table in tables}
    for set_id in sorted(wanted):
        if set_id not in dimensions or len({n for n in names if _set_of(n) == set_id}) != 2:
            raise ArchiveError(f"the backup's vector set {set_id} is not whole")
        VectorSet(set_id, dimensions[set_id]).create(session)


def _set_of(table: str) -> int:
    return int(table.rpartition("_")[2])


def _copy(session: Session, table: TableShape, source: TableSource) -> None:
    if set(table.columns) != set(columns_of(session, table.name)):
        raise ArchiveError(f"the backup's table {table.name} has other columns than its version")
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(SCHEMA, table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    cursor = session.cursor()
    with cursor.copy(statement) as copy:
        for block in source(table.name):
            copy.write(block)
    if cursor.rowcount != table.rows:
        raise ArchiveError(f"the backup's table {table.name} has lost rows")


@contextmanager
def _references_later(session: Session) -> Iterator[None]:
    """Tables refer to each other in a circle: rows come first, and are checked together."""
    found = session.execute(_REFERENCES, [SCHEMA]).fetchall()
    for table, name, _ in found:
        session.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.SQL(table), sql.Identifier(name)
            )
        )
    yield
    for table, name, definition in found:
        session.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.SQL(table), sql.Identifier(name), sql.SQL(definition)
            )
        )


def _counted(source: TableSource, progress: Callable[[int], None]) -> TableSource:
    done = 0

    def read(table: str) -> Iterator[bytes]:
        nonlocal done
        for block in source(table):
            yield block
            done += len(block)
            progress(done)

    return read

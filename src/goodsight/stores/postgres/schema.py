"""Brings a database's tables to the version this package works with, forward only.

A database that is up to date costs one row to recognise; the migration library is imported
only where there is something to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg import sql

from goodsight.core.errors import StoreError
from goodsight.stores.postgres.settings import session_options

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection as SqlConnection

__all__ = [
    "HEAD",
    "MIGRATIONS",
    "SCHEMA",
    "ServerFacts",
    "alone_with_tables",
    "bring_up_to_date",
    "check_revision",
    "migration_session",
    "within_transaction",
]

SCHEMA = "goodsight"
HEAD = "0010"
MIGRATIONS = Path(__file__).parent / "migrations"
# Any constant of our own: who holds this lock is the one changing tables.
MIGRATION_LOCK = 0x600D5160
MINIMUM_SERVER_VERSION = 160000
MINIMUM_VECTOR_VERSION = (0, 8)

_FACTS = sql.SQL("""
    SELECT current_setting('server_version_num')::integer,
           (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
           (SELECT quote_ident(nspname) FROM pg_extension
              JOIN pg_namespace ON pg_namespace.oid = extnamespace
             WHERE extname = 'vector')
""")
_REVISION = sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(SCHEMA, "alembic_version"))


class ServerFacts(NamedTuple):
    """What a server is. `vector_version` and `vector_schema` are None without pgvector."""

    server_version: int
    vector_version: str | None
    vector_schema: str | None

    @property
    def schemas(self) -> str:
        """The search path that finds our tables and the vector type."""
        return f"{SCHEMA},{self.vector_schema or 'public'}"


def read_facts(connection: psycopg.Connection) -> ServerFacts:
    """Ask the server what it is."""
    [row] = connection.execute(_FACTS).fetchall()
    return ServerFacts(*row)


def read_revision(connection: psycopg.Connection) -> str | None:
    """The version of our tables; None where there are none."""
    try:
        row = connection.execute(_REVISION).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return None
    return None if row is None else str(row[0])


def bring_up_to_date(connection: psycopg.Connection, conninfo: str) -> ServerFacts:
    """Make or migrate the tables where they are not at `HEAD`.

    `connection` is in autocommit mode; `conninfo` leads to the same database. Raises
    StoreError where the server is too old, has no pgvector, or holds tables of a newer
    Goodsight.
    """
    facts = read_facts(connection)
    _check_server(facts)
    if facts.vector_version is not None and read_revision(connection) == HEAD:
        _check_vector(facts)
        return facts
    with alone_with_tables(connection):
        _create_extension(connection)
        facts = read_facts(connection)
        _check_vector(facts)
        if read_revision(connection) != HEAD:
            _migrate(connection, conninfo, facts)
    return facts


def _check_server(facts: ServerFacts) -> None:
    if facts.server_version < MINIMUM_SERVER_VERSION:
        raise StoreError(
            f"the database server is PostgreSQL {facts.server_version // 10000};"
            f" Goodsight needs {MINIMUM_SERVER_VERSION // 10000} or newer"
        )


def _check_vector(facts: ServerFacts) -> None:
    version = facts.vector_version or "0"
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if numbers < MINIMUM_VECTOR_VERSION:
        needed = ".".join(map(str, MINIMUM_VECTOR_VERSION))
        raise StoreError(
            f"the database has pgvector {version}; Goodsight needs {needed} or newer: install"
            " it on the server and run ALTER EXTENSION vector UPDATE"
        )


@contextmanager
def alone_with_tables(connection: psycopg.Connection) -> Iterator[None]:
    """Let one process at a time change tables; the rest wait and find the work done."""
    connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _create_extension(connection: psycopg.Connection) -> None:
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        # IF NOT EXISTS would ask for the right to create even where there is nothing to do.
        [(schema,)] = connection.execute("SELECT to_regnamespace(%s)", [SCHEMA])
        if schema is None:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
    except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported) as error:
        raise StoreError(
            "the database server has no pgvector: install the extension 'vector' on it"
            " (github.com/pgvector/pgvector)"
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise StoreError(
            "this database user may not prepare the database: let an administrator run"
            f" CREATE EXTENSION vector; CREATE SCHEMA {SCHEMA} AUTHORIZATION your_user"
        ) from error


def _migrate(connection: psycopg.Connection, conninfo: str, facts: ServerFacts) -> None:
    check_revision(read_revision(connection))
    with migration_session(conninfo, facts) as session:
        within_transaction(session, HEAD)


def check_revision(revision: str | None) -> None:
    """Raise StoreError for a version of the tables that this package does not know."""
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        ScriptDirectory.from_config(_configuration()).get_revision(revision or HEAD)
    except CommandError as error:
        raise StoreError(
            f"the database's tables are of version {revision}, made by a newer Goodsight than"
            f" this one ({HEAD}): upgrade Goodsight"
        ) from error


@contextmanager
def migration_session(conninfo: str, facts: ServerFacts) -> Iterator[SqlConnection]:
    """One transaction over a session of its own; what is raised inside undoes it.

    The migration library's errors become StoreError.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    options = session_options({"search_path": facts.schemas})
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(conninfo, options=options),
        poolclass=NullPool,
    )
    try:
        with engine.begin() as session:
            yield session
    except SQLAlchemyError as error:
        raise StoreError(
            f"the database's tables could not be brought up to date: {error}"
        ) from error


def within_transaction(session: SqlConnection, revision: str) -> None:
    """Apply the migrations up to `revision` as a part of the session's transaction."""
    from alembic import command

    config = _configuration()
    config.attributes["connection"] = session
    command.upgrade(config, revision)


def _configuration() -> Config:
    from alembic.config import Config

    config = Config()
    # The configuration file format gives % a meaning; a path may contain one.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config

"""What `doctor` looks at in a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psycopg import sql

from goodsight.core.errors import StoreError
from goodsight.core.reports import Check
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.schema import HEAD, SCHEMA, ServerFacts, read_revision
from goodsight.stores.postgres.sessions import Connection

__all__ = ["inspect"]

INDEX_AGAIN = "run goodsight index again"

_ORPHANED_TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = %s AND tablename ~ '^(photo|product)_vectors_[0-9]+$'
      AND substring(tablename FROM '[0-9]+$')::bigint NOT IN (SELECT id FROM vector_sets)
    ORDER BY tablename
"""
_INVALID_INDEXES = """
    SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE n.nspname = %s AND NOT x.indisvalid ORDER BY i.relname
"""
_COUNTS = """
    SELECT (SELECT count(*) FROM collections), (SELECT count(*) FROM products),
           (SELECT count(*) FROM photos), pg_size_pretty(pg_database_size(current_database()))
"""
_ACTIVE_SETS = "SELECT name, id, active_vector_set FROM collections ORDER BY name"
_WITHOUT_VECTOR = sql.SQL("""
    SELECT count(*) FROM photos f JOIN images i ON i.id = f.image_id
    WHERE i.collection_id = %s
      AND NOT EXISTS (SELECT FROM {} v WHERE v.image_id = f.image_id)
""")
_LOST_RUNS = "SELECT count(*) FROM index_runs WHERE status = 'running' OR status = 'lost'"


def inspect(database: Database) -> tuple[Check, ...]:
    """All checks that the state of things allows; the failure that stops them is the last."""
    checks: list[Check] = []
    try:
        facts = database.open()
        checks.append(Check("database", True, f"{_version(facts)} at {database.place}"))
        checks.append(Check("pgvector", True, str(facts.vector_version)))
        for look in (_revision, _checksums, _orphans, _indexes, _vectors, _counts):
            checks += database.read("inspecting the database", _gathered(look))
    except StoreError as error:
        remedy = "see the message; the server's log is named there where it is ours"
        checks.append(Check("database", False, str(error), remedy))
    return tuple(checks)


def _gathered(
    look: Callable[[Connection], Iterator[Check]],
) -> Callable[[Connection], list[Check]]:
    return lambda connection: list(look(connection))


def _version(facts: ServerFacts) -> str:
    return f"PostgreSQL {facts.server_version // 10000}.{facts.server_version % 10000}"


def _revision(connection: Connection) -> Iterator[Check]:
    revision = read_revision(connection)
    yield Check("tables", revision == HEAD, f"version {revision}", "upgrade Goodsight")


def _checksums(connection: Connection) -> Iterator[Check]:
    [(checksums, synchronised)] = connection.execute(
        "SELECT current_setting('data_checksums'), current_setting('fsync')"
    )
    remedy = "stop the server and run pg_checksums --enable on its data directory"
    yield Check("page checksums", checksums == "on", checksums, remedy)
    remedy = "set fsync = on: without it a power failure can lose everything"
    yield Check("writes reach the disk", synchronised == "on", f"fsync {synchronised}", remedy)


def _orphans(connection: Connection) -> Iterator[Check]:
    names = [name for (name,) in connection.execute(_ORPHANED_TABLES, [SCHEMA])]
    remedy = "remove them with DROP TABLE"
    yield Check("no orphaned vector tables", not names, ", ".join(names) or "none", remedy)


def _indexes(connection: Connection) -> Iterator[Check]:
    names = [name for (name,) in connection.execute(_INVALID_INDEXES, [SCHEMA])]
    yield Check("no unfinished indexes", not names, ", ".join(names) or "none", INDEX_AGAIN)


def _vectors(connection: Connection) -> Iterator[Check]:
    for name, collection_id, set_id in connection.execute(_ACTIVE_SETS).fetchall():
        table = sql.Identifier(f"photo_vectors_{set_id}")
        [(count,)] = connection.execute(_WITHOUT_VECTOR.format(table), [collection_id])
        title = f"every photo of '{name}' has its vector"
        yield Check(title, count == 0, f"{count} without" if count else "yes", INDEX_AGAIN)


def _counts(connection: Connection) -> Iterator[Check]:
    [(collections, products, photos, size)] = connection.execute(_COUNTS)
    detail = f"{collections} collections, {products} products, {photos} photos, {size}"
    yield Check("contents", True, detail)
    [(runs,)] = connection.execute(_LOST_RUNS)
    yield Check("index runs", True, f"{runs} unfinished" if runs else "all finished")

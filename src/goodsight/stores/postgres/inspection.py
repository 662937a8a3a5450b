"""What `doctor` looks at in a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psycopg import sql

from goodsight.core.errors import StoreError
from goodsight.core.reports import Check
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.index_health import LEAST_RECALL, lacks_index, sampled_recall
from goodsight.stores.postgres.leftovers import (
    orphaned_tables,
    sessions_left_open,
    unfinished_sets,
    unneeded_rows,
)
from goodsight.stores.postgres.mending import newer_extension
from goodsight.stores.postgres.schema import HEAD, SCHEMA, ServerFacts, read_revision
from goodsight.stores.postgres.sessions import Connection

__all__ = ["inspect"]

INDEX_AGAIN = "run goodsight index again"
FIX = "goodsight doctor --fix mends it"

_INVALID_INDEXES = """
    SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE n.nspname = %s AND NOT x.indisvalid ORDER BY i.relname
"""
_CHECKSUM_FAILURES = """
    SELECT coalesce(sum(checksum_failures), 0), max(checksum_last_failure) FROM pg_stat_database
"""
# Sampled by a hash of the name: spread over all, and the same ones every time.
_DAMAGED_ORIGINALS = """
    SELECT count(*) FILTER (WHERE encode(sha256(bytes), 'hex') <> content_hash), count(*)
    FROM (SELECT bytes, content_hash FROM originals ORDER BY md5(content_hash) LIMIT 200) AS sampled
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
        for look in LOOKS:
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


def _damage(connection: Connection) -> Iterator[Check]:
    [(failures, last)] = connection.execute(_CHECKSUM_FAILURES)
    detail = f"{failures} pages, the last at {last}" if failures else "none"
    remedy = "a disk or memory is failing: replace it, and restore a backup"
    yield Check("no damaged pages seen", not failures, detail, remedy)
    [(damaged, looked_at)] = connection.execute(_DAMAGED_ORIGINALS)
    detail = f"{damaged} of {looked_at} are not what came" if damaged else f"{looked_at} looked at"
    yield Check("uploaded photos as they came", not damaged, detail, "restore a backup")


def _extension(connection: Connection) -> Iterator[Check]:
    versions = newer_extension(connection)
    detail = f"{versions[0]}, and the server has {versions[1]}" if versions else "as the server's"
    yield Check("pgvector up to date", versions is None, detail, FIX)


def _orphans(connection: Connection) -> Iterator[Check]:
    names = orphaned_tables(connection)
    yield Check("no orphaned vector tables", not names, ", ".join(names) or "none", FIX)
    sets = ", ".join(str(vectors.id) for vectors in unfinished_sets(connection))
    yield Check("no unfinished vector sets", not sets, sets or "none", FIX)
    counts: dict[str, list[str]] = {}
    for what, collection, count in unneeded_rows(connection):
        counts.setdefault(what, [])
        if count:
            counts[what].append(f"{count} of '{collection}'")
    for what, found in counts.items():
        yield Check(f"no {what}", not found, ", ".join(found) or "none", FIX)
    left = sessions_left_open(connection)
    yield Check(
        "no transaction left open", not left, f"{len(left)} sessions" if left else "none", FIX
    )


def _vector_indexes(connection: Connection) -> Iterator[Check]:
    for name, *_ in connection.execute(_ACTIVE_SETS).fetchall():
        collection = find_collection(connection, name)
        title = f"vector index of '{name}'"
        if lacks_index(connection, collection):
            yield Check(title, False, "absent: searches compare with every photo", FIX)
        elif collection.is_indexed:
            recall = sampled_recall(connection, collection)
            detail = f"finds {recall:.1%} of what comparing with all finds"
            yield Check(title, recall >= LEAST_RECALL, detail, FIX)


def _indexes(connection: Connection) -> Iterator[Check]:
    names = [name for (name,) in connection.execute(_INVALID_INDEXES, [SCHEMA])]
    yield Check("no unfinished indexes", not names, ", ".join(names) or "none", FIX)


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


LOOKS = (
    _revision,
    _extension,
    _checksums,
    _damage,
    _orphans,
    _indexes,
    _vectors,
    _vector_indexes,
    _counts,
)

"""Index runs of a collection, as they were recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from goodsight.core.types import Skip
from goodsight.core.upkeep import RunRecord
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.sessions import Connection

__all__ = ["last_skips", "run_records"]

_RUNS = """
    SELECT r.id, s.name, r.status, r.started_at, r.finished_at, r.products_seen,
           r.products_changed, r.products_removed, r.photos_indexed, r.photos_removed,
           r.skipped_count, r.skipped
    FROM index_runs r JOIN sources s ON s.id = r.source_id
    WHERE r.collection_id = %s ORDER BY r.id DESC LIMIT %s
"""
_LAST_SKIPS = """
    SELECT DISTINCT ON (r.source_id) r.skipped FROM index_runs r
    WHERE r.collection_id = %s AND r.status = 'complete'
    ORDER BY r.source_id, r.id DESC
"""


def run_records(connection: Connection, name: str, limit: int) -> list[RunRecord]:
    """The latest runs, newest first. Raises CollectionNotFound."""
    collection = find_collection(connection, name)
    rows = connection.execute(_RUNS, [collection.id, limit])
    return [_record(*row) for row in rows]


def last_skips(connection: Connection, collection_id: int) -> tuple[Skip, ...]:
    """What the last complete run of each source left out."""
    rows = connection.execute(_LAST_SKIPS, [collection_id])
    return tuple(skip for (skipped,) in rows for skip in _skips(skipped))


def _record(*row: Any) -> RunRecord:
    values = (*row[:-1], _skips(row[-1]))
    return RunRecord(*values)


def _skips(stored: Sequence[Sequence[Any]]) -> tuple[Skip, ...]:
    return tuple(Skip(reference, reason, row) for reference, reason, row in stored)

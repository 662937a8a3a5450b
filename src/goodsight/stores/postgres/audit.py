"""The record of administrative acts. Its table refuses to change or forget a row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from goodsight.core.access import AuditEntry
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.text import storable

__all__ = ["PostgresAudit"]

_WRITE = "INSERT INTO audit (actor, action, target, detail) VALUES (%s, %s, %s, %s)"
_ENTRIES = """
    SELECT id, at, actor, action, target, detail FROM audit
    WHERE %(before)s::bigint IS NULL OR id < %(before)s
    ORDER BY id DESC LIMIT %(limit)s
"""


class PostgresAudit:
    """The audit of a database; see the port `AuditLog`. Safe to use from threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self, actor: str, action: str, target: str, detail: Mapping[str, object] | None = None
    ) -> None:
        """Record an act; durable when this returns. Raises StoreError."""
        texts = [storable(text) for text in (actor, action, target)]
        with translated("writing the audit"), self._database.connect() as connection:
            # ASCII: a lone surrogate in the detail becomes an escape, which `json` keeps.
            connection.execute(_WRITE, [*texts, json.dumps(dict(detail or {}))])

    def entries(self, limit: int, *, before: int | None = None) -> Sequence[AuditEntry]:
        """The latest entries, newest first; those before the entry with this id."""
        values = {"before": before, "limit": limit}
        return self._database.read(
            "reading the audit",
            lambda c: [AuditEntry(*row) for row in c.execute(_ENTRIES, values)],
        )

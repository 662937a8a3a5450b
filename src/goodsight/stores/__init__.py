"""Where products, photos and vectors are kept: PostgreSQL, embedded or anywhere.

The driver is imported when a store is first opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goodsight.core.reports import Check

if TYPE_CHECKING:
    from goodsight.stores.postgres import PostgresStore

__all__ = ["inspect_store", "open_store"]


def open_store(location: Path | str) -> PostgresStore:
    """The store in a folder (embedded server) or at a postgresql:// URL.

    Nothing is started or reached before the store is first asked. Raises StoreError for a
    text that is no database URL.
    """
    from goodsight.stores.postgres import PostgresStore

    return PostgresStore(location)


def inspect_store(store: PostgresStore) -> tuple[Check, ...]:
    """Look at everything that can be wrong with a store; never raises a StoreError."""
    from goodsight.stores.postgres.inspection import inspect

    return inspect(store.database)

"""Where products, photos and vectors are kept: PostgreSQL, embedded or anywhere.

The driver is imported when a store is first opened.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from goodsight.stores.build_news import hearing_builds

if TYPE_CHECKING:
    from goodsight.core.ports import TextEncoder
    from goodsight.stores.postgres import PostgresStore

__all__ = ["hearing_builds", "open_store"]


def open_store(
    location: Path | str, text_encoder: Callable[[], TextEncoder | None] = lambda: None
) -> PostgresStore:
    """The store in a folder (embedded server) or at a postgresql:// URL.

    `text_encoder` encodes what is asked in words, where texts have vectors.
    Nothing is started or reached before the store is first asked. Raises StoreError for a
    text that is no database URL.
    """
    from goodsight.stores.postgres import PostgresStore

    return PostgresStore(location, text_encoder)

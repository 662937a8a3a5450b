"""What the user may say about a feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

__all__ = ["CatalogOptions"]


@dataclass(frozen=True, slots=True)
class CatalogOptions:
    """How a feed is to be read; every default means "find out from the feed".

    `format` forces a format by name. `column_map` names a column for a field (`title` ->
    `name`); a field Goodsight does not know becomes an attribute of that name. `photo_lists`
    are tables of `sku,image` to be joined by product or variant id. Relative photo paths
    start at `media_root`. `currency` (ISO 4217) counts where the feed states none. Special
    prices are judged by `today`, the current day where None. For a file that was fetched,
    `address` is where from, where relative photo paths lead then, and `name` its identity.
    """

    format: str | None = None
    column_map: Mapping[str, str] = field(default_factory=dict)
    photo_lists: tuple[Path, ...] = ()
    media_root: Path | None = None
    currency: str | None = None
    today: date | None = None
    address: str = ""
    name: str = ""

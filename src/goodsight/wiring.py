"""Settings -> connected objects. The only place that chooses an adapter.

Rooms are imported when first asked for: a command that needs no model loads no model
runtime, and one that needs no store no database driver.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from goodsight.config import Settings
from goodsight.core.errors import UsageError
from goodsight.core.evaluating import LabelledQuery
from goodsight.core.indexing import IndexOptions
from goodsight.core.ports import Catalog, ImageEncoder, PhotoLoader
from goodsight.core.types import ModelCard, Skip

if TYPE_CHECKING:
    from goodsight.encoders import ModelLibrary
    from goodsight.stores.postgres import PostgresStore

__all__ = ["DEFAULT_PROFILE", "PROFILES", "FeedOptions", "Wiring", "model_of_profile"]

PROFILES: Mapping[str, str] = {"fast": "efficientnet-lite0", "quality": "efficientnet-lite2"}
DEFAULT_PROFILE = "fast"


class FeedOptions(TypedDict, total=False):
    """What a caller may say about a feed; each is found out or left empty unless given.

    `format` names the feed's format, `column_map` the feed's column for a field, `images` are
    photo lists to join by SKU, `media` is the root of relative photo paths, `currency` an ISO
    4217 code for feeds without one.
    """

    format: str | None
    column_map: Mapping[str, str] | None
    images: Sequence[str | Path]
    media: str | Path | None
    currency: str | None


def model_of_profile(profile: str) -> str:
    """The model a profile starts with. Raises UsageError."""
    if profile not in PROFILES:
        raise UsageError(f"profile '{profile}': choose from {', '.join(PROFILES)}")
    return PROFILES[profile]


class Wiring:
    """The connected objects of one process; each is made when first asked for, and kept."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._encoders: dict[str, ImageEncoder] = {}
        self._store: PostgresStore | None = None

    def store(self) -> PostgresStore:
        """The database: embedded below the home, or the server the settings name."""
        if self._store is None:
            from goodsight.stores import open_store

            self._store = open_store(self.settings.database_url or self.settings.home / "postgres")
        return self._store

    @cached_property
    def models(self) -> ModelLibrary:
        """Bundled and added models."""
        from goodsight.encoders import ModelLibrary

        return ModelLibrary(
            self.settings.home / "models", providers=self.settings.execution_providers
        )

    def encoder(self, name: str) -> ImageEncoder:
        """The named model, ready to encode. Raises ModelError, MissingExtra."""
        if name not in self._encoders:
            self._encoders[name] = self.models.open(name)
        return self._encoders[name]

    def catalog(self, source: str, **feed: Unpack[FeedOptions]) -> Catalog:
        """The feed or folder, its format recognised unless given. Raises CatalogError."""
        from goodsight.catalogs import CatalogOptions, open_catalog

        media = feed.get("media")
        options = CatalogOptions(
            format=feed.get("format"),
            column_map=feed.get("column_map") or {},
            photo_lists=tuple(Path(path) for path in feed.get("images") or ()),
            media_root=None if media is None else Path(media),
            currency=feed.get("currency"),
        )
        return open_catalog(source, options)

    def labelled_queries(self, path: Path) -> Iterator[LabelledQuery | Skip]:
        """The queries of an evaluation file. Raises CatalogError."""
        from goodsight.catalogs import read_labelled_queries

        return read_labelled_queries(path)

    def catalogue_photos(self, card: ModelCard) -> PhotoLoader:
        """A loader for the catalogue's photos, as large as the model needs."""
        from goodsight.images import CATALOGUE_LIMITS, FilePhotoLoader

        return FilePhotoLoader(minimum_side(card), CATALOGUE_LIMITS)

    def query_photos(self, card: ModelCard) -> PhotoLoader:
        """A loader for photos to search with, as large as the model needs."""
        from goodsight.images import QUERY_LIMITS, FilePhotoLoader

        return FilePhotoLoader(minimum_side(card), QUERY_LIMITS)

    def index_options(self, *, remove_missing: bool) -> IndexOptions:
        """How indexing goes about its work on this machine."""
        workers = self.settings.threads or len(os.sched_getaffinity(0))
        return IndexOptions(
            workers=workers,
            photos_per_commit=self.settings.batch_size,
            look_ahead=max(2 * self.settings.batch_size, 8 * workers),
            remove_missing=remove_missing,
        )

    def close(self) -> None:
        """Close what was opened."""
        if self._store is not None:
            self._store.close()
            self._store = None


def minimum_side(card: ModelCard) -> int:
    """Pixels a decoded photo's shorter side must keep for the model to see all it can."""
    return card.preprocessing.resize_size

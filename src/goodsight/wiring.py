"""Settings -> connected objects. The only place that chooses an adapter.

Rooms are imported when first asked for: a command that needs no model loads no model
runtime, and one that needs no store no database driver.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from goodsight.config import Settings
from goodsight.core.errors import MissingExtra
from goodsight.core.evaluating import LabelledQuery
from goodsight.core.indexing import IndexOptions
from goodsight.core.ports import ImageEncoder, PhotoLoader, Reranker, TextEncoder
from goodsight.core.projecting import Projection
from goodsight.core.types import KeptPhoto, ModelCard, Photo, Query, Skip
from goodsight.feed_wiring import FeedWiring
from goodsight.profiles import READING_PROFILE
from goodsight.speech_wiring import SpeechWiring

if TYPE_CHECKING:
    from goodsight.encoders import ModelLibrary
    from goodsight.images import AcceptedPhoto, UrlPhotos
    from goodsight.looks import Describer
    from goodsight.stores.postgres import PostgresStore
    from goodsight.stores.postgres.reading import PostgresProducts

__all__ = ["Wiring"]

_log = logging.getLogger(__name__)
# Threads that read photos: by URL they wait for servers most of the time.
READERS = 8


class Wiring(FeedWiring, SpeechWiring):
    """The connected objects of one process, each made when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._encoders: dict[str, ImageEncoder] = {}
        self._describers: dict[str, Describer] = {}
        self._store: PostgresStore | None = None

    def store(self) -> PostgresStore:
        """The database: embedded below the home, or the server the settings name."""
        if self._store is None:
            from goodsight.stores import open_store

            location = self.settings.database_url or self.settings.home / "postgres"
            self._store = open_store(location, lambda: self.text_encoder)
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

    @cached_property
    def text_encoder(self) -> TextEncoder | None:
        """Encodes texts by their meaning; None without the extra `text`."""
        from goodsight.encoders import E5TextEncoder, can_encode_texts

        return E5TextEncoder() if can_encode_texts() else None

    def projected(self, encoder: ImageEncoder, projection: Projection | None) -> ImageEncoder:
        """The encoder followed by a projection, if there is one."""
        from goodsight.encoders import ProjectedEncoder

        return encoder if projection is None else ProjectedEncoder(encoder, projection)

    def describer(self, profile: str) -> Describer:
        """Sees what the profile searches by: colours and patterns, printed words in "quality".

        Without the extra words are left unread, and the log says so once.
        """
        from goodsight.looks import Describer, WordReader, can_read_words

        if profile not in self._describers:
            wanted = profile == READING_PROFILE and self.settings.read_words
            if wanted and not can_read_words():
                _log.warning("%s", MissingExtra("reading printed words", extra="quality"))
            reader = WordReader() if wanted and can_read_words() else None
            self._describers[profile] = Describer(reader)
        return self._describers[profile]

    def rerankers(self, store: PostgresProducts) -> tuple[Reranker, ...]:
        """What puts the products found in that collection into a better order."""
        from goodsight.rerankers import RERANKERS

        describer = self.describer(store.profile)
        return tuple(kind(store, describer) for kind in RERANKERS)

    def labelled_queries(self, path: Path) -> Iterator[LabelledQuery | Skip]:
        """The queries of an evaluation file. Raises CatalogError."""
        from goodsight.catalogs import read_labelled_queries

        return read_labelled_queries(path)

    def catalogue_photos(self, card: ModelCard, *, least_side: int = 0) -> PhotoLoader:
        """A loader for the catalogue's photos, as large as the model needs or larger."""
        from goodsight.images import CATALOGUE_LIMITS, FilePhotoLoader

        side = max(minimum_side(card), least_side)
        return FilePhotoLoader(side, CATALOGUE_LIMITS, self._catalogue_urls)

    def query_photos(self, side: int) -> PhotoLoader:
        """A loader for photos to search with, their shorter side of so many pixels or more."""
        from goodsight.images import QUERY_LIMITS, FilePhotoLoader

        return FilePhotoLoader(side, QUERY_LIMITS, self._query_urls)

    @property
    def _query_urls(self) -> UrlPhotos:
        """Photos that callers name: someone is waiting, so one attempt."""
        from goodsight.images import QUERY_LIMITS, FetchLimits, GuardedFetcher, UrlPhotos

        return UrlPhotos(GuardedFetcher(FetchLimits(max_bytes=QUERY_LIMITS.max_bytes)))

    def accept_upload(self, data: bytes, *, side: int, long_side: int) -> AcceptedPhoto:
        """A photo that someone sent, decoded, and freed of metadata to be kept.

        It is decoded to `side` pixels or more on its shorter side; what is kept has at most
        `long_side` on its longer one. Raises PhotoError.
        """
        from goodsight.images import QUERY_LIMITS, accept_photo

        return accept_photo(data, minimum_side=side, long_side=long_side, limits=QUERY_LIMITS)

    def remake(self, kept: bytes, *, long_side: int) -> bytes:
        """A kept photo made anew from its pixels. Raises PhotoError."""
        from goodsight.images import QUERY_LIMITS, remade_photo

        return remade_photo(kept, long_side=long_side, limits=QUERY_LIMITS)

    def picture(
        self, photo: KeptPhoto, card: ModelCard, collection: str, long_side: int
    ) -> bytes | None:
        """A WebP of a catalogue photo, made of its original; None where that has changed.

        Raises PhotoError where the original is not there any more.
        """
        from goodsight.images import large_picture

        loader = self.kept_photos(card, collection, least_side=long_side)
        loaded = loader.load(photo.reference)
        if loaded.content_hash != photo.content_hash:
            return None
        return large_picture(loaded.pixels, long_side)

    def fetch_photo(self, url: str) -> bytes:
        """The bytes behind a URL that a caller gave. Raises PhotoError."""
        return self._query_urls.read(url)

    def names_a_photo(self, text: str) -> bool:
        """Whether a text is a URL, an existing file, or a path with a photo's ending."""
        from goodsight.images import names_a_photo

        return names_a_photo(text)

    def kept_photos(self, card: ModelCard, collection: str, *, least_side: int = 0) -> PhotoLoader:
        """A loader for every photo of a collection, uploads included.

        Photos keep `least_side` pixels on their shorter side, if that is more than the model
        needs.
        """
        from goodsight.images import CATALOGUE_LIMITS, OriginalsLoader

        return OriginalsLoader(
            self.store().originals(collection).get,
            self.catalogue_photos(card, least_side=least_side),
            minimum_side=max(minimum_side(card), least_side),
            limits=CATALOGUE_LIMITS,
        )

    def reference_of_original(self, content_hash: str) -> str:
        """How a product refers to a photo that came by upload."""
        from goodsight.images import ORIGINAL_PREFIX

        return ORIGINAL_PREFIX + content_hash

    def decode_upload(self, data: bytes, minimum_side: int | None = None) -> Photo:
        """Decode bytes that someone sent. Raises PhotoError."""
        from goodsight.images import QUERY_LIMITS, decode_photo

        return decode_photo(
            data, reference="the photo", minimum_side=minimum_side, limits=QUERY_LIMITS
        )

    @property
    def disturbances(self) -> Mapping[str, Callable[[Photo], Photo]]:
        """What the self-check does to catalogue photos, by name."""
        from goodsight.images import DISTURBANCES

        return DISTURBANCES

    def mended(self, query: Query) -> Query:
        """The query with its dark and pale photos mended."""
        from goodsight.images import enhanced

        terms = tuple(
            term if term.photo is None else replace(term, photo=enhanced(term.photo))
            for term in query.terms
        )
        return replace(query, terms=terms)

    @property
    def view_maker(self) -> Callable[[Photo, Sequence[Photo], int, int], tuple[Photo, ...]]:
        """Makes views of a studio photo: photo, other photos, how many, seed."""
        from goodsight.images import views_of

        return views_of

    @property
    def workers(self) -> int:
        """Photos decoded and embedded side by side."""
        return self.settings.threads or len(os.sched_getaffinity(0))

    def index_options(self, *, remove_missing: bool) -> IndexOptions:
        """How indexing goes about its work on this machine."""
        workers = self.workers
        return IndexOptions(
            workers=workers,
            readers=max(READERS, workers),
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

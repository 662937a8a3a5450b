"""What of the wiring concerns feeds: how they are opened, and how what they name is fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack
from urllib.parse import urlsplit

from goodsight.config import Settings
from goodsight.core.errors import CatalogError, PhotoError
from goodsight.core.ports import Catalog
from goodsight.core.types import Product, Skip

if TYPE_CHECKING:
    from goodsight.images import Downloads, UrlPhotos

__all__ = ["FeedOptions", "FeedWiring", "is_address"]

# The server of a feed or its photos may be busy for a moment.
FEED_ATTEMPTS = 4
FEED_SECONDS = 900.0
PHOTO_SECONDS = 60.0


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


@dataclass(frozen=True, slots=True)
class _FetchedCatalog:
    catalog: Catalog
    url: str
    path: str

    @property
    def source(self) -> str:
        return self.catalog.source

    def read(self) -> Iterator[Product | Skip]:
        with _naming(self.url, self.path):
            yield from self.catalog.read()


class FeedWiring:
    """Connects feeds, by path or URL, to the catalogs that read them."""

    settings: Settings

    def catalog(self, source: str, **feed: Unpack[FeedOptions]) -> Catalog:
        """The feed or folder, its format recognised unless given; a URL is asked.

        Raises CatalogError, UsageError, MissingExtra.
        """
        if not is_address(source):
            return self._opened(source, feed)
        return self._opened_at(source, self._fetched(source), feed)

    def catalog_at_hand(self, source: str, **feed: Unpack[FeedOptions]) -> Catalog:
        """The same without asking a URL. Raises CatalogError where it was never fetched."""
        if not is_address(source):
            return self._opened(source, feed)
        path = self._feeds.at_hand(source)
        if path is None:
            raise CatalogError(f"{source}: it has not been fetched yet")
        return self._opened_at(source, str(path), feed)

    def state_of(self, source: str, **feed: Unpack[FeedOptions]) -> str:
        """A text that differs once the feed, its photo lists or its folder has changed.

        A URL is asked. Raises CatalogError.
        """
        from goodsight.catalogs import state_of_path

        first = self._fetched(source) if is_address(source) else source
        paths = [first, *map(str, feed.get("images") or ())]
        return hashlib.sha256("\n".join(map(state_of_path, paths)).encode()).hexdigest()

    def _opened_at(self, url: str, path: str, feed: FeedOptions) -> Catalog:
        # Nobody knows the name it is kept under: errors name its address.
        with _naming(url, path):
            return _FetchedCatalog(self._opened(path, feed, address=url), url, path)

    def _opened(self, path: str, feed: FeedOptions, *, address: str = "") -> Catalog:
        from goodsight.catalogs import CatalogOptions, open_catalog

        media = feed.get("media")
        options = CatalogOptions(
            format=feed.get("format"),
            column_map=feed.get("column_map") or {},
            photo_lists=tuple(Path(listed) for listed in feed.get("images") or ()),
            media_root=None if media is None else Path(media),
            currency=feed.get("currency"),
            address=address,
            name=_name(address) if address else "",
        )
        return open_catalog(path, options)

    def _fetched(self, url: str) -> str:
        try:
            return str(self._feeds.file(url))
        except PhotoError as error:
            raise CatalogError(str(error)) from error

    @cached_property
    def _feeds(self) -> Downloads:
        """Feeds by URL, kept for the next run."""
        from goodsight.images import Downloads, FetchLimits, GuardedFetcher

        limits = FetchLimits(
            max_bytes=self.settings.max_feed_megabytes << 20, total_seconds=FEED_SECONDS
        )
        fetcher = GuardedFetcher(
            limits, attempts=FEED_ATTEMPTS, accept="*/*", own_hosts=self._own_hosts
        )
        return Downloads(self.settings.home / "cache" / "feeds", fetcher)

    @property
    def _catalogue_urls(self) -> UrlPhotos:
        """Photos of feeds: fetched patiently, kept for the next run."""
        from goodsight.images import (
            CATALOGUE_LIMITS,
            FetchLimits,
            GuardedFetcher,
            PhotoCache,
            UrlPhotos,
        )

        limits = FetchLimits(max_bytes=CATALOGUE_LIMITS.max_bytes, total_seconds=PHOTO_SECONDS)
        cache = PhotoCache(
            self.settings.home / "cache" / "photos", self.settings.cache_megabytes << 20
        )
        fetcher = GuardedFetcher(limits, attempts=FEED_ATTEMPTS, own_hosts=self._own_hosts)
        return UrlPhotos(fetcher, cache)

    @property
    def _own_hosts(self) -> frozenset[str]:
        # `pim.intern` stands for its two usual ports.
        return frozenset(
            place
            for host in self.settings.feed_hosts
            for place in ((host,) if ":" in host else (f"{host}:80", f"{host}:443"))
        )


def is_address(source: str) -> bool:
    """Whether a source is a URL and no path."""
    return source.lower().startswith(("http://", "https://"))


@contextmanager
def _naming(url: str, path: str) -> Iterator[None]:
    try:
        yield
    except CatalogError as error:
        raise CatalogError(str(error).replace(path, url)) from error


def _name(url: str) -> str:
    """The URL as products keep it: what follows its question mark may be a secret."""
    parts = urlsplit(url)
    plain = f"{parts.scheme}://{parts.netloc}{parts.path}"
    mark = hashlib.sha256(parts.query.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{plain}?{mark}" if parts.query else plain

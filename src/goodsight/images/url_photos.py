"""The bytes of photos that are URLs: fetched once for a run, asked for news in the next."""

from __future__ import annotations

import threading

from goodsight.images.fetch import GuardedFetcher
from goodsight.images.photo_cache import PhotoCache

__all__ = ["UrlPhotos"]

MAX_REMEMBERED = 100_000


class UrlPhotos:
    """Bytes by URL. Safe to use from several threads.

    With a cache a photo that is asked for again, first for its hash and then for its pixels,
    is fetched once.
    """

    def __init__(self, fetcher: GuardedFetcher, cache: PhotoCache | None = None) -> None:
        self._fetcher = fetcher
        self._cache = cache
        self._mutex = threading.Lock()
        self._fresh: set[str] = set()

    def read(self, url: str) -> bytes:
        """The photo's bytes. Raises PhotoError with the reason."""
        if self._cache is None:
            return self._fetcher.fetch(url).content
        known = self._cache.get(url)
        if known is not None and url in self._fresh:
            return known.content
        fetched = self._fetcher.fetch(url, known)
        if fetched.changed or known is None:
            self._cache.put(url, fetched)
        else:
            fetched = known
        with self._mutex:
            if len(self._fresh) < MAX_REMEMBERED:
                self._fresh.add(url)
        return fetched.content

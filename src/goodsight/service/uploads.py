"""Photos that people sent to search with, kept for minutes so that a region can be tried.

What is kept has been freed of everything but the picture: no EXIF, no position, no second half
of a polyglot. What is given out is made anew from the pixels besides. A photo's id is random and
is told to its sender alone; no list exists. Memory is bounded: the oldest make room.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache

from goodsight.core.types import Finding

__all__ = ["Upload", "Uploads"]

ID_BYTES = 18


@dataclass(frozen=True, slots=True)
class Upload:
    """A photo kept: JPEG bytes without metadata, the size of its original and what was found."""

    data: bytes
    width: int
    height: int
    findings: tuple[Finding, ...] = ()


class Uploads:
    """At most `max_bytes` of photos, each for `seconds`. Safe to use from several threads."""

    def __init__(
        self, *, max_bytes: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._mutex = threading.Lock()
        self._max_bytes = max_bytes
        self._kept: TTLCache[str, Upload] = TTLCache(
            max_bytes, seconds, timer=clock, getsizeof=lambda upload: len(upload.data)
        )

    def put(self, upload: Upload) -> str | None:
        """Keep a photo; its id, or None for one larger than all the room there is."""
        if len(upload.data) > self._max_bytes:
            return None
        image_id = secrets.token_urlsafe(ID_BYTES)
        with self._mutex:
            self._kept[image_id] = upload
        return image_id

    def get(self, image_id: str) -> Upload | None:
        """The photo, unless its time is over."""
        with self._mutex:
            return self._kept.get(image_id)

    def drop(self, image_id: str) -> bool:
        """Forget the photo now; whether it was there."""
        with self._mutex:
            return self._kept.pop(image_id, None) is not None

    @property
    def size(self) -> int:
        """Bytes kept now."""
        with self._mutex:
            self._kept.expire()
            return int(self._kept.currsize)

"""Photos of every kind of reference: files, URLs, and uploads that a store keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from goodsight.core.errors import PhotoError
from goodsight.core.ports import PhotoLoader
from goodsight.core.types import Photo
from goodsight.images.decode import decode_photo
from goodsight.images.limits import PhotoLimits

__all__ = ["ORIGINAL_PREFIX", "OriginalsLoader"]

# Followed by the SHA-256 of the bytes in hex.
ORIGINAL_PREFIX = "upload:"


class OriginalsLoader:
    """Implements `core.ports.PhotoLoader`: uploads by `read`, everything else by `others`.

    `read` gives the bytes kept under a content hash, or None.
    """

    def __init__(
        self,
        read: Callable[[str], bytes | None],
        others: PhotoLoader,
        *,
        minimum_side: int,
        limits: PhotoLimits,
    ) -> None:
        self._read = read
        self._others = others
        self._minimum_side = minimum_side
        self._limits = limits

    def content_hash(self, reference: str) -> str:
        """SHA-256 of the photo's bytes in hex. Raises PhotoError."""
        if not reference.startswith(ORIGINAL_PREFIX):
            return self._others.content_hash(reference)
        return hashlib.sha256(self._bytes(reference)).hexdigest()

    def load(self, reference: str) -> Photo:
        """Decode the photo. Raises PhotoError with the reason."""
        if not reference.startswith(ORIGINAL_PREFIX):
            return self._others.load(reference)
        return decode_photo(
            self._bytes(reference),
            reference=reference,
            minimum_side=self._minimum_side,
            limits=self._limits,
        )

    def thumbnail(self, photo: Photo) -> bytes:
        """A small WebP of the photo, without metadata."""
        return self._others.thumbnail(photo)

    def _bytes(self, reference: str) -> bytes:
        data = self._read(reference.removeprefix(ORIGINAL_PREFIX))
        if data is None:
            raise PhotoError("the uploaded photo is not kept any more", reference=reference)
        return data

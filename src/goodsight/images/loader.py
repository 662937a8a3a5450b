"""Photos from files and URLs."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from goodsight.core.errors import PhotoError
from goodsight.core.types import Photo
from goodsight.images.decode import decode_photo
from goodsight.images.limits import PhotoLimits
from goodsight.images.thumbnails import make_thumbnail
from goodsight.images.url_photos import UrlPhotos

__all__ = ["FilePhotoLoader"]


class FilePhotoLoader:
    """Implements `core.ports.PhotoLoader` for paths of files, and URLs where `urls` reads them.

    Photos are decoded with their shorter side at least `minimum_side` pixels, where they have
    that many. Safe to call from several threads.
    """

    def __init__(
        self, minimum_side: int, limits: PhotoLimits, urls: UrlPhotos | None = None
    ) -> None:
        self._minimum_side = minimum_side
        self._limits = limits
        self._urls = urls

    def content_hash(self, reference: str) -> str:
        """SHA-256 of the file's bytes in hex. Raises PhotoError."""
        if _is_url(reference):
            return hashlib.sha256(self._fetched(reference)).hexdigest()
        with _opened(reference) as path:
            self._check(path, reference)
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()

    def load(self, reference: str) -> Photo:
        """Decode the photo. Raises PhotoError with the reason."""
        data = self._fetched(reference) if _is_url(reference) else self._read(reference)
        return decode_photo(
            data, reference=reference, minimum_side=self._minimum_side, limits=self._limits
        )

    def thumbnail(self, photo: Photo) -> bytes:
        """A small WebP of the photo, without metadata."""
        return make_thumbnail(photo.pixels)

    def _fetched(self, url: str) -> bytes:
        if self._urls is None:
            raise PhotoError("photos by URL are not fetched here", reference=url)
        return self._urls.read(url)

    def _read(self, reference: str) -> bytes:
        with _opened(reference) as path:
            self._check(path, reference)
            # One byte more than allowed tells a file that has grown since.
            with path.open("rb") as file:
                return file.read(self._limits.max_bytes + 1)

    def _check(self, path: Path, reference: str) -> None:
        """Only plain files of bearable size: a pipe or a device would never end."""
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise PhotoError("it is a folder", reference=reference)
        if not stat.S_ISREG(status.st_mode):
            raise PhotoError("it is no plain file", reference=reference)
        if status.st_size > self._limits.max_bytes:
            raise PhotoError(
                f"{status.st_size:,} bytes; at most {self._limits.max_bytes:,} are read",
                reference=reference,
            )


def _is_url(reference: str) -> bool:
    return "://" in reference


@contextmanager
def _opened(reference: str) -> Iterator[Path]:
    try:
        yield Path(reference)
    except FileNotFoundError as error:
        raise PhotoError("no such file", reference=reference) from error
    except PermissionError as error:
        raise PhotoError("it may not be read", reference=reference) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PhotoError(f"cannot be read: {reason}", reference=reference) from error

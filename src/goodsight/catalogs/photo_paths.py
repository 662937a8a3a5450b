"""From what a feed writes for a photo to what the photo loader opens.

Feeds are untrusted: whatever a relative path says, the result lies inside the media root. An
absolute path of a file that exists is taken at its word, unless the user named a media root:
then nothing outside it is opened, and a feed from a stranger should be read that way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from goodsight.catalogs.feeds import Feed
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.rows import several

__all__ = ["PHOTO_SUFFIXES", "PhotoPaths", "PhotoRefused", "split_references"]

PHOTO_SUFFIXES = frozenset(
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif",
        ".heic", ".heif",
    }
)  # fmt: skip
# After so many photos that were found nowhere the feed's own folder is taken.
MAX_PROBES = 200

_MEDIA_FOLDERS = (
    "media",
    "media/product",
    "media/catalog/product",
    "images",
    "pub/media/catalog/product",
)
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]+):")
_COMMA_BEFORE_ADDRESS = re.compile(r",\s*(?=https?://)", re.IGNORECASE)


class PhotoRefused(ValueError):
    """A reference that must not be opened; the message is the cause."""


def split_references(cell: str) -> Iterator[str]:
    """The photos in a cell: separated by `|` or newlines, or by commas where that is certain.

    A comma separates where an address follows it, or where what stands on each side of every
    comma ends like a photo's name.
    """
    for part in several(cell):
        if part.lower().startswith(("http://", "https://")):
            yield from _COMMA_BEFORE_ADDRESS.split(part)
        elif "," in part and all(map(_looks_like_photo, part.split(","))):
            yield from (piece.strip() for piece in part.split(","))
        else:
            yield part


def _looks_like_photo(text: str) -> bool:
    return Path(text.strip()).suffix.lower() in PHOTO_SUFFIXES


class PhotoPaths:
    """Resolves the photos of one feed.

    Paths start at `media_root` if given. Otherwise the first photo that exists in the feed's
    folder, in one of the usual media folders below it, or in one of those beside it, decides
    for all. In a feed that came from an `address` relative paths start there, and without a
    `media_root` it names no file of this machine at all.
    """

    def __init__(
        self, feed_folder: Path, media_root: Path | None = None, address: str = ""
    ) -> None:
        folder = Path(os.path.realpath(feed_folder))
        candidates = [
            folder,
            *(folder / name for name in _MEDIA_FOLDERS),
            *(folder.parent / name for name in _MEDIA_FOLDERS),
        ]
        # With the whole disk as root, an absolute path in a feed could name any file on it.
        self._candidates = [path for path in candidates if path != Path(path.anchor)]
        self._root = None if media_root is None else os.path.realpath(media_root)
        self._is_confined = media_root is not None
        self._feed_address = "" if self._is_confined else address
        self._probes = 0

    @classmethod
    def of(cls, feed: Feed, options: CatalogOptions) -> PhotoPaths:
        """The photos of a feed."""
        return cls(feed.path.parent, options.media_root, feed.address)

    def resolve(self, reference: str) -> str:
        """An http(s) address unchanged, else the absolute path of a file.

        A leading slash means the root if the file is there, or if a root was given. Whether
        the file exists is the loader's business. Raises PhotoRefused.
        """
        scheme = _SCHEME.match(reference)
        if reference.startswith("//"):
            return self._address("https:" + reference)
        if scheme is not None and scheme["scheme"].lower() in ("http", "https"):
            return self._address(reference)
        if scheme is not None:
            raise PhotoRefused(f"'{scheme['scheme']}:' is neither a path nor an http(s) address")
        path = reference.replace("\\", "/")
        if self._feed_address:
            return self._address(urljoin(self._feed_address, path))
        if self._at_its_word(path):
            return os.path.realpath(path)
        if self._root is not None:
            return self._inside(self._root, path)
        return self._probe(path)

    def _at_its_word(self, path: str) -> bool:
        """Whether this is an absolute path of a file that no root has under the same name."""
        if self._is_confined or not path.startswith("/") or not Path(path).is_file():
            return False
        roots = self._candidates if self._root is None else [Path(self._root)]
        return not any((root / path.lstrip("/")).is_file() for root in roots)

    def _address(self, address: str) -> str:
        try:
            host = urlsplit(address).hostname
        except ValueError:
            host = None
        if not host or any(character.isspace() for character in address):
            raise PhotoRefused("not a valid web address")
        return address

    def _probe(self, path: str) -> str:
        """Look for the photo in the likely places, and settle on the root where it is."""
        refusal: PhotoRefused | None = None
        for candidate in self._candidates:
            if not candidate.is_dir():
                continue
            root = os.path.realpath(candidate)
            try:
                found = self._inside(root, path)
            except PhotoRefused as error:
                refusal = refusal or error
                continue
            if Path(found).is_file():
                self._root = root
                return found
        self._probes += 1
        if self._probes >= MAX_PROBES:
            self._root = str(self._candidates[0])
        if refusal is not None:
            raise refusal
        return self._inside(str(self._candidates[0]), path)

    def _inside(self, root: str, path: str) -> str:
        base = root.rstrip("/") + "/"
        if path.startswith(base):
            path = path[len(base) :]
        joined = base + path.lstrip("/")
        real = os.path.realpath(joined)
        if real.startswith(base):
            return real
        if os.path.normpath(joined).startswith(base):
            raise PhotoRefused("a link that leads out of the media folder")
        raise PhotoRefused(f"leads out of the media folder {root}: give its root with --media")

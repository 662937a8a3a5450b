"""A plain folder of photos: a folder that holds photos is a product, and so is a loose photo.

Folders above a product's, below the given one, are the levels of its category. Photos that
lie loose in the given folder are one product each. Titles come from the names, with `_` and
`-` read as spaces; ids are the paths within the folder. Hidden files and folders are left
out silently, as is whatever is no picture; pictures in formats that cannot be read are
reported, and so are links to folders and links that lead out of the given folder.

Names are sorted on disk, so memory holds one product, however many lie in one folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.photo_paths import PHOTO_SUFFIXES
from goodsight.catalogs.rows import is_unicode
from goodsight.catalogs.shelf import Shelf
from goodsight.core.errors import CatalogError, UsageError
from goodsight.core.types import Product, Skip

__all__ = ["FolderCatalog"]

# Pictures a shop might expect to be read, in formats that are not.
_UNREAD_SUFFIXES = frozenset(
    {
        ".jxl", ".jp2", ".j2k", ".svg", ".psd", ".ai", ".eps", ".raw",
        ".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".ico", ".tga",
    }
)  # fmt: skip


class FolderCatalog:
    """The catalog of a folder of photos.

    Raises CatalogError where it cannot be listed, UsageError for options that need columns.
    """

    def __init__(self, folder: Path, options: CatalogOptions) -> None:
        if options.photo_lists or options.column_map:
            raise UsageError(
                f"--map and --images are for feed files, and {folder} is a folder of photos"
            )
        self._root = folder.resolve()
        with _listing(self._root):
            pass

    @property
    def source(self) -> str:
        """The folder's absolute path."""
        return str(self._root)

    def read(self) -> Iterator[Product | Skip]:
        """Yield products and skips, sorted by path. Raises CatalogError if there is no photo."""
        is_empty = True
        with Shelf() as shelf:
            for item in self._walk(shelf):
                is_empty = False
                yield item
        if is_empty:
            raise CatalogError(f"{self._root}: no photo in this folder or below")

    def _walk(self, shelf: Shelf) -> Iterator[Product | Skip]:
        """Every folder before those in it, depth first."""
        pending: list[Iterator[Path]] = [iter((self._root,))]
        while pending:
            folder = next(pending[-1], None)
            if folder is None:
                pending.pop()
                continue
            yield from self._sort(folder, shelf)
            yield from self._products(folder, shelf)
            pending.append(_taken(folder, "folder", shelf))

    def _sort(self, folder: Path, shelf: Shelf) -> Iterator[Skip]:
        """Put a folder's photos and folders on the shelf, and report what cannot be used."""
        try:
            with _listing(folder) as entries:
                for entry in entries:
                    kind = self._kind(entry)
                    if isinstance(kind, Skip):
                        yield kind
                    elif kind != "other":
                        shelf.add(f"{kind} {folder}", entry.name, "")
        except _ListingError as error:
            if folder == self._root:
                raise
            yield Skip(str(folder), str(error))

    def _products(self, folder: Path, shelf: Shelf) -> Iterator[Product]:
        photos = _taken(folder, "photo", shelf)
        if folder == self._root:
            for photo in photos:
                yield self._product(photo, photo.stem, (os.path.realpath(photo),))
        elif references := tuple(dict.fromkeys(map(os.path.realpath, photos))):
            yield self._product(folder, folder.name, references)

    def _kind(self, entry: os.DirEntry[str]) -> Literal["folder", "photo", "other"] | Skip:
        suffix = Path(entry.name).suffix.lower()
        if entry.name.startswith(".") or entry.name == "__MACOSX":
            return "other"
        if not is_unicode(entry.name):
            shown = os.fsencode(entry.path).decode("utf-8", errors="replace")
            return Skip(shown, "the name is not valid Unicode: rename the file")
        if entry.is_symlink():
            return self._linked_kind(entry, suffix)
        if entry.is_dir():
            return "folder"
        if suffix in _UNREAD_SUFFIXES:
            return Skip(entry.path, f"{suffix} pictures are not read: convert it to JPEG")
        return "photo" if suffix in PHOTO_SUFFIXES else "other"

    def _linked_kind(
        self, entry: os.DirEntry[str], suffix: str
    ) -> Literal["folder", "photo", "other"] | Skip:
        if entry.is_dir():
            return Skip(entry.path, "a link to a folder is not followed")
        if suffix not in PHOTO_SUFFIXES:
            return "other"
        if not Path(os.path.realpath(entry.path)).is_relative_to(self._root):
            return Skip(entry.path, "a link that leads out of the folder is not followed")
        return "photo"

    def _product(self, place: Path, name: str, photos: tuple[str, ...]) -> Product:
        within = place.relative_to(self._root)
        levels = tuple(_title(level) for level in within.parts[:-1])
        return Product(
            id=within.as_posix(),
            title=_title(name),
            categories=(levels,) if levels else (),
            photos=photos,
            source=self.source,
        )


class _ListingError(CatalogError):
    """A folder that cannot be listed; below the root it is skipped."""


@contextmanager
def _listing(folder: Path) -> Iterator[Iterator[os.DirEntry[str]]]:
    try:
        with os.scandir(folder) as entries:
            yield entries
    except OSError as error:
        raise _ListingError(f"{folder}: cannot be listed: {error.strerror or error}") from error


def _taken(folder: Path, kind: str, shelf: Shelf) -> Iterator[Path]:
    """Take the names of one kind off the shelf, sorted."""
    for name in shelf.keys(f"{kind} {folder}"):
        shelf.remove(f"{kind} {folder}", name)
        yield folder / name


def _title(name: str) -> str:
    return " ".join(re.sub(r"[_\-]+", " ", name).split()) or name

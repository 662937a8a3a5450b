"""A plain folder of photos: a folder that holds photos is a product, and so is a loose photo.

Folders above a product's, below the given one, are the levels of its category. Photos that
lie loose in the given folder are one product each. Titles come from the names, with `_` and
`-` read as spaces; ids are the paths within the folder. Hidden files and folders are left
out silently, as is whatever is no picture; pictures in formats that cannot be read are
reported, and so are links to folders and links that lead out of the given folder.

Memory holds the file names of the folders on the way to the current one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.photo_paths import PHOTO_SUFFIXES
from goodsight.core.errors import CatalogError, UsageError
from goodsight.core.types import Product, Skip

__all__ = ["FolderCatalog"]

# Pictures a shop might expect to be read, in formats that are not.
_UNREAD_SUFFIXES = frozenset(
    {
        ".heic", ".heif", ".jxl", ".jp2", ".j2k", ".svg", ".psd", ".ai", ".eps", ".raw",
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
        _list(self._root)

    @property
    def source(self) -> str:
        """The folder's absolute path."""
        return str(self._root)

    def read(self) -> Iterator[Product | Skip]:
        """Yield products and skips, sorted by path. Raises CatalogError if there is no photo."""
        is_empty = True
        for item in self._walk():
            is_empty = False
            yield item
        if is_empty:
            raise CatalogError(f"{self._root}: no photo in this folder or below")

    def _walk(self) -> Iterator[Product | Skip]:
        pending = [self._root]
        while pending:
            folder = pending.pop()
            try:
                entries = _list(folder)
            except CatalogError as error:
                yield Skip(str(folder), str(error))
                continue
            photos: list[tuple[Path, str]] = []
            folders: list[Path] = []
            for entry in entries:
                kind = self._kind(entry)
                if isinstance(kind, Skip):
                    yield kind
                elif kind == "folder":
                    folders.append(Path(entry.path))
                elif kind == "photo":
                    photos.append((Path(entry.path), os.path.realpath(entry.path)))
            if folder == self._root:
                for path, reference in photos:
                    yield self._product(path, path.stem, (reference,))
            elif photos:
                references = tuple(dict.fromkeys(reference for _, reference in photos))
                yield self._product(folder, folder.name, references)
            pending.extend(reversed(folders))

    def _kind(self, entry: os.DirEntry[str]) -> Literal["folder", "photo", "other"] | Skip:
        suffix = Path(entry.name).suffix.lower()
        if entry.name.startswith(".") or entry.name == "__MACOSX":
            return "other"
        if not _is_unicode(entry.name):
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


def _list(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise CatalogError(f"{folder}: cannot be listed: {error.strerror or error}") from error


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _title(name: str) -> str:
    return " ".join(re.sub(r"[_\-]+", " ", name).split()) or name

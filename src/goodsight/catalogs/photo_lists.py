"""The photos of a product: from its row, and from photo lists joined by product or variant id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from goodsight.catalogs.columns import ID_NAMES, is_image_name
from goodsight.catalogs.feeds import Feed, open_feed
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.photo_paths import PhotoPaths, PhotoRefused, split_references
from goodsight.catalogs.rows import BadRow, normal_name, several, shorten
from goodsight.catalogs.shelf import Shelf
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product, Skip

__all__ = ["PhotoJoin", "read_with_photos"]

_LISTED = "photo list"
_USED = "photo used"

Reading = Callable[[Shelf, "PhotoJoin"], Iterator[Product | Skip]]


def read_with_photos(
    feed: Feed, options: CatalogOptions, reading: Reading
) -> Iterator[Product | Skip]:
    """What `reading` finds in a feed, between what is wrong with the photo lists joined to it.

    It is given a shelf, and what finds a product's photos. Raises CatalogError.
    """
    with Shelf() as shelf:
        photos = PhotoJoin(PhotoPaths.of(feed, options), options.photo_lists, shelf)
        yield from photos.load()
        yield from reading(shelf, photos)
        yield from photos.unused()


class PhotoJoin:
    """Finds the photos of a product or variant while a feed is read.

    The lists are kept on the shelf, not in memory.
    """

    def __init__(self, paths: PhotoPaths, lists: Iterable[Path], shelf: Shelf) -> None:
        self._paths = paths
        self._lists = tuple(lists)
        self._shelf = shelf

    def load(self) -> Iterator[Skip]:
        """Read the photo lists; yields a Skip for each bad row. Raises CatalogError."""
        for path in self._lists:
            feed = open_feed(path, lambda name: name in ID_NAMES or is_image_name(name))
            id_column, image_columns = _find_columns(feed)
            for row in feed.rows():
                if isinstance(row, BadRow):
                    yield feed.skip(row, row.reason)
                    continue
                ids = list(several(row.cells.get(id_column, "")))
                images = [
                    image
                    for column in image_columns
                    for image in split_references(row.cells.get(column, ""))
                ]
                if not ids or not images:
                    missing = "image" if ids else id_column
                    yield feed.skip(row, f"no {missing} in this row of the photo list")
                for product_id in ids:
                    for image in images:
                        self._shelf.add(_LISTED, product_id, image)

    def find(
        self, ids: Sequence[str], references: Iterable[str], line: int
    ) -> Iterator[str | Skip]:
        """What the loader opens for a row's own references, then for those of the lists.

        `ids` are what the product or variant is called, its id first. A reference that must
        not be opened becomes a Skip with the row's `line`.
        """
        listed: list[str] = []
        for name in ids if self._lists else ():
            listed += self._shelf.notes(_LISTED, name)
            self._shelf.remember(_USED, name, line)
        for reference in (*references, *listed):
            try:
                yield self._paths.resolve(reference)
            except PhotoRefused as error:
                yield Skip(reference, f"photo of {ids[0]}: {error}", line)

    def unused(self) -> Iterator[Skip]:
        """After the feed: one Skip for all listed ids that no product had."""
        if not self._lists:
            return
        missing = [
            product_id
            for product_id in self._shelf.keys(_LISTED)
            if self._shelf.line_of(_USED, product_id) is None
        ]
        if missing:
            examples = ", ".join(map(shorten, missing[:3]))
            more = ", …" if len(missing) > 3 else ""
            names = ", ".join(str(path) for path in self._lists)
            reason = f"photos listed for {len(missing)} ids not in the feed ({examples}{more})"
            yield Skip(names, reason)


def _find_columns(feed: Feed) -> tuple[str, list[str]]:
    by_name = {normal_name(column): column for column in reversed(feed.columns)}
    id_column = next((by_name[name] for name in ID_NAMES if name in by_name), None)
    images = [column for column in feed.columns if is_image_name(normal_name(column))]
    if id_column is None or not images:
        raise CatalogError(
            f"{feed.path}: a photo list has the columns sku and image; this one has"
            f" {feed.columns_in_words()}"
        )
    return id_column, images

"""A maker of features run over a collection's photos, from where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import Interrupted, PhotoError
from goodsight.core.ports import PhotoLoader
from goodsight.core.types import FloatArray, ModelCard, Photo
from goodsight.reading import CollectionReader
from goodsight.training.shop_photos import ShopPhotos

__all__ = ["PhotoMaker", "each_photo", "photo_features"]

Made = TypeVar("Made")


class PhotoMaker(Protocol):
    """Makes rows of features from a photo, and keeps them."""

    @property
    def card(self) -> ModelCard:
        """Of the encoder that sees the photos."""
        ...

    def kept(self, content_hash: str) -> FloatArray | None:
        """Rows (k, f) of a photo that was seen before."""
        ...

    def of(self, photo: Photo) -> FloatArray:
        """Rows (k, f) of a photo, kept under its content hash."""
        ...


def photo_features(
    reader: CollectionReader,
    photos: ShopPhotos,
    rows: NDArray[np.intp],
    maker: PhotoMaker,
    made: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> list[tuple[int, FloatArray]]:
    """Rows of photos among those asked for that can be read, each with what is made of it.

    `made` hears how many are done, and how many there are. Raises ModelError, StoreError, and
    Interrupted once `should_stop` says True; what was made so far is kept.
    """
    loader = reader.wiring.kept_photos(maker.card, reader.collection)
    return each_photo(reader, photos, rows, loader, maker.of, made, should_stop, kept=maker.kept)


def each_photo(
    reader: CollectionReader,
    photos: ShopPhotos,
    rows: NDArray[np.intp],
    loader: PhotoLoader,
    make: Callable[[Photo], Made],
    made: Callable[[int, int], None],
    should_stop: Callable[[], bool],
    *,
    kept: Callable[[str], Made | None] = lambda _: None,
) -> list[tuple[int, Made]]:
    """As `photo_features`, of what `make` makes of a photo, unless it is `kept` by its hash."""

    def make_of(row: int) -> Made | None:
        if should_stop():
            raise Interrupted("stopped while photos were read")
        content_hash = photos.content_hashes[row]
        if (found := kept(content_hash)) is not None:
            return found
        try:
            photo = reader.kept_photo(photos.references[row], content_hash, loader).photo
        except PhotoError:
            return None
        return make(replace(photo, content_hash=content_hash))

    done = []
    with ThreadPoolExecutor(reader.wiring.workers) as pool:
        for count, (row, found) in enumerate(zip(rows, pool.map(make_of, rows), strict=True), 1):
            if found is not None:
                done.append((int(row), found))
            made(count, len(rows))
    return done

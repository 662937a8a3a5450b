"""A collection's photos and views of them, as examples to learn from."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from goodsight.core.errors import Interrupted, PhotoError
from goodsight.core.types import FloatArray
from goodsight.reading import CollectionReader
from goodsight.training.examples import Examples
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.view_features import ViewFeatures

__all__ = ["shop_examples"]

# Photos that views are made of at most: some minutes for the larger models.
VIEWED_PHOTOS = 6000


def shop_examples(
    reader: CollectionReader,
    photos: ShopPhotos,
    views: ViewFeatures,
    viewed: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> Examples:
    """The photos, numbered by their rows, and the views of them.

    `viewed` hears how many photos have their views, and how many there are. Photos that
    cannot be read any more are learnt from without views. Raises ModelError, StoreError, and
    Interrupted once `should_stop` says True; the views made so far are kept.
    """
    made = _made(reader, photos, views, viewed, should_stop)
    examples = Examples.of_photos(photos.features, photos.products)
    numbers = np.array([row for row, rows in made for _ in rows], dtype=np.int64)
    if not len(numbers):
        return examples
    return examples.with_views(np.concatenate([rows for _, rows in made]), numbers)


def _made(
    reader: CollectionReader,
    photos: ShopPhotos,
    views: ViewFeatures,
    viewed: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> list[tuple[int, FloatArray]]:
    """Rows of photos, and the views of each."""
    loader = reader.wiring.kept_photos(views.card, reader.collection)
    every = max(1, -(-len(photos) // VIEWED_PHOTOS))
    # Whole products, so that none is seen more often than its photos are.
    rows = np.flatnonzero(photos.products % every == 0)

    def make(row: int) -> FloatArray | None:
        if should_stop():
            raise Interrupted("stopped while views of photos were made")
        content_hash = photos.content_hashes[row]
        if (kept := views.kept(content_hash)) is not None:
            return kept
        try:
            found = reader.kept_photo(photos.references[row], content_hash, loader)
        except PhotoError:
            return None
        return views.of(replace(found.photo, content_hash=content_hash))

    made = []
    with ThreadPoolExecutor(reader.wiring.workers) as pool:
        for done, (row, found) in enumerate(zip(rows, pool.map(make, rows), strict=True), 1):
            if found is not None:
                made.append((int(row), found))
            viewed(done, len(rows))
    return made

"""A collection's photos and views of them, as examples to learn from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from goodsight.reading import CollectionReader
from goodsight.training.examples import Examples
from goodsight.training.photo_features import photo_features
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
    every = max(1, -(-len(photos) // VIEWED_PHOTOS))
    # Whole products, so that none is seen more often than its photos are.
    rows = np.flatnonzero(photos.products % every == 0)
    made = photo_features(reader, photos, rows, views, viewed, should_stop)
    examples = Examples.of_photos(photos.features, photos.products)
    numbers = np.array([row for row, parts in made for _ in parts], dtype=np.int64)
    if not len(numbers):
        return examples
    return examples.with_views(np.concatenate([parts for _, parts in made]), numbers)

"""A catalogue's table in spaces that were learnt without the photos that are asked with.

The photos are dealt into a few parts, shots of one burst together. For each part a projection
is learnt from all the others, and every photo gets its vector in it: those of the part as new
photos would, the rest as the catalogue has them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from goodsight.core.photo_table import PhotoTable
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.store_ports import ProductVectors

__all__ = ["Refit", "refitted_tables"]

PARTS = 4

Refit = Callable[[Iterable[FeatureBatch]], Projection | None]


def refitted_tables(
    stored: Iterable[ProductVectors], near_duplicate: float | None, refit: Refit
) -> Iterator[tuple[PhotoTable, NDArray[np.bool_]]]:
    """For each part the table, and for each of its rows whether the photo is of the part.

    Where the rest is too little to learn from, the table is in the space the vectors are in.
    """
    # In the order the table will have.
    items = sorted(stored, key=lambda item: item.product.id)
    plain = PhotoTable.of(items, near_duplicate)
    part = _parts(plain)
    for number in range(PARTS):
        projection = refit(_all_but(items, plain, part == number))
        if projection is None:
            yield plain, part == number
            continue
        yield plain.with_vectors(projection.apply(item.features) for item in items), part == number


def _parts(table: PhotoTable) -> NDArray[np.int64]:
    """A part for each row: that of the burst's first photo, by a hash of its content."""
    first = [min([row, *map(int, near)]) for row, near in enumerate(table.near)]
    # A chain of near shots ends at one photo.
    for row, earlier in enumerate(first):
        first[row] = first[earlier]
    return np.array(
        [hashlib.sha256(table.content_hashes[row].encode()).digest()[0] % PARTS for row in first]
    )


def _all_but(
    items: list[ProductVectors], table: PhotoTable, left_out: NDArray[np.bool_]
) -> Iterator[FeatureBatch]:
    for number, item in enumerate(items):
        kept = ~left_out[table.photos_of(number)]
        if kept.any():
            features = item.features[kept]
            yield FeatureBatch(np.full(len(features), number), features)

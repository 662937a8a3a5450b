"""A catalogue's vectors in memory, photo by photo, in the order of product ids.

For 100,000 photos of 1,280 dimensions it takes 0.5 GB, and as much again at most for the
products' means. The raw features only tell near-duplicates apart while the table is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goodsight.core.judgements import category_of
from goodsight.core.scoring import mean_vector, unit_rows
from goodsight.core.store_ports import ProductVectors
from goodsight.core.types import FloatArray

__all__ = ["PhotoTable", "TableProduct", "near_duplicates"]

Numbers = NDArray[np.intp]
ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class TableProduct:
    """What is told of a product."""

    id: str
    title: str
    category: str
    has_variants: bool


@dataclass(frozen=True, slots=True)
class PhotoTable:
    """n photos of p products.

    `vectors` float32 (n, d) and `means` float32 (p, d) have rows of norm 1; the photos of
    product k are the rows `starts[k]` to `starts[k + 1]`. For each photo: its content hash,
    its first reference, the variants this reference shows, the variants any of its
    references shows, and the rows of its near-duplicates, all of the same product.
    """

    products: Sequence[TableProduct]
    starts: Numbers
    vectors: FloatArray
    means: FloatArray
    content_hashes: Sequence[str]
    references: Sequence[str]
    first_variants: Sequence[frozenset[str]]
    variants: Sequence[frozenset[str]]
    near: Sequence[Numbers]

    @classmethod
    def of(cls, stored: Iterable[ProductVectors], near_duplicate: float | None) -> PhotoTable:
        """Take a catalogue in; `near_duplicate` as in `near_duplicates`."""
        kept = sorted((_Kept.of(item, near_duplicate) for item in stored), key=lambda k: k.row.id)
        vectors, means = _table_vectors([item.half for item in kept])
        starts = np.cumsum([0, *(len(item.half) for item in kept)])
        return cls(
            products=[item.row for item in kept],
            starts=starts,
            vectors=vectors,
            means=means,
            content_hashes=[name for item in kept for name in item.content_hashes],
            references=[name for item in kept for name in item.references],
            first_variants=[ids for item in kept for ids in item.first_variants],
            variants=[ids for item in kept for ids in item.variants],
            near=[
                rows + start
                for item, start in zip(kept, starts[:-1], strict=True)
                for rows in item.near
            ],
        )

    def with_vectors(self, vectors: Iterable[FloatArray]) -> PhotoTable:
        """The same photos in another space: float32 (photos of a product, d), in its order."""
        own, means = _table_vectors([rows.astype(np.float16) for rows in vectors])
        return replace(self, vectors=own, means=means)

    def product_of(self, photo: int) -> int:
        """The product that a photo's row belongs to."""
        return int(np.searchsorted(self.starts, photo, side="right")) - 1

    def photos_of(self, product: int) -> Numbers:
        """The rows of a product's photos."""
        return np.arange(self.starts[product], self.starts[product + 1])


@dataclass(frozen=True, slots=True)
class _Kept:
    """A product on its way into the table, its vectors at half the bytes, as a store has them."""

    row: TableProduct
    half: NDArray[np.float16]
    content_hashes: tuple[str, ...]
    references: tuple[str, ...]
    first_variants: tuple[frozenset[str], ...]
    variants: tuple[frozenset[str], ...]
    near: tuple[Numbers, ...]

    @classmethod
    def of(cls, item: ProductVectors, near_duplicate: float | None) -> _Kept:
        product = item.product
        showing = [[frozenset(product.variants_showing(r)) for r in rs] for rs in item.references]
        variants = tuple(frozenset[str]().union(*ids) for ids in showing)
        return cls(
            row=TableProduct(
                product.id, product.title, category_of(product), bool(product.variants)
            ),
            half=item.vectors.astype(np.float16),
            content_hashes=item.content_hashes,
            references=tuple(names[0] for names in item.references),
            first_variants=tuple(ids[0] for ids in showing),
            variants=variants,
            near=near_duplicates(item.features, variants, near_duplicate),
        )


def _table_vectors(halves: Sequence[NDArray[np.float16]]) -> tuple[FloatArray, FloatArray]:
    """Vectors (n, d) and means (p, d) of rows that came as a store keeps them, p arrays."""
    ends = np.cumsum([len(rows) for rows in halves], dtype=np.intp)
    width = halves[0].shape[1] if halves else 0
    vectors = np.empty((int(ends[-1]) if halves else 0, width), dtype=np.float32)
    means = np.empty((len(halves), width), dtype=np.float32)
    for number, half in enumerate(halves):
        rows = unit_rows(half.astype(np.float32))
        vectors[ends[number] - len(half) : ends[number]] = rows
        means[number] = mean_vector(rows)
    return vectors, means


def near_duplicates(
    features: FloatArray, variants: Sequence[frozenset[str]], threshold: float | None
) -> tuple[Numbers, ...]:
    """For each of a product's photos (n, f) the rows of its near-duplicates, itself left out.

    Two photos are near-duplicates where the cosine of their features is at least
    `threshold`, unless the catalogue says that they show different variants: another colour
    in the same pose is another thing, not another shot. None finds no near-duplicates.
    """
    if threshold is None or len(features) == 1:
        return tuple(np.empty(0, dtype=np.intp) for _ in features)
    units = unit_rows(features)
    found: list[Numbers] = []
    for start in range(0, len(units), ROWS_AT_ONCE):
        for offset, alike in enumerate(units[start : start + ROWS_AT_ONCE] @ units.T >= threshold):
            own = start + offset
            rows = [int(r) for r in np.flatnonzero(alike) if r != own]
            shown = variants[own]
            same = [r for r in rows if not (shown and variants[r] and not shown & variants[r])]
            found.append(np.array(same, dtype=np.intp))
    return tuple(found)

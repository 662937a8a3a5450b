"""A catalogue in memory, asked as a store is asked: what two spaces answer to the same queries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.scoring import MEAN_WEIGHT, mean_vector, similarities
from goodsight.core.types import FloatArray, Metric

__all__ = ["First", "Shelf"]

Numbers = NDArray[np.int64]
QUERIES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class First:
    """What q queries found first: numbers of products int64 (q,), and rows of photos (q,)."""

    products: Numbers
    photos: Numbers


class Shelf:
    """A catalogue in one space: a product's score blends its best photo and its mean."""

    def __init__(self, vectors: FloatArray, products: Numbers) -> None:
        """Take vectors float32 (n, d) of norm 1 and their products (n,), product by product."""
        self._vectors = vectors
        self._starts = np.flatnonzero(np.diff(products, prepend=products[:1] - 1))
        self._ends = np.append(self._starts[1:], len(products))
        spans = zip(self._starts, self._ends, strict=True)
        self._means = np.stack([mean_vector(vectors[start:end]) for start, end in spans])
        self.names = products[self._starts]

    def scores(self, asked: FloatArray, metric: Metric) -> tuple[FloatArray, FloatArray]:
        """Scores of q queries (q, d): of products (q, p) in the order of `names`, of photos."""
        photos = similarities(asked, self._vectors, metric)
        best = np.maximum.reduceat(photos, self._starts, axis=1)
        means = similarities(asked, self._means, metric)
        return (1 - MEAN_WEIGHT) * best + MEAN_WEIGHT * means, photos

    def first(self, asked: FloatArray) -> First:
        """The best product by cosine, and its best photo, for each of q vectors (q, d)."""
        parts = [
            self._first(asked[start : start + QUERIES_AT_ONCE])
            for start in range(0, len(asked), QUERIES_AT_ONCE)
        ]
        none = np.empty(0, dtype=np.int64)
        return First(
            np.concatenate([none, *(part.products for part in parts)]),
            np.concatenate([none, *(part.photos for part in parts)]),
        )

    def _first(self, asked: FloatArray) -> First:
        scores, photos = self.scores(asked, Metric.COSINE)
        top = scores.argmax(axis=1)
        shown = [
            self._starts[k] + row[self._starts[k] : self._ends[k]].argmax()
            for row, k in zip(photos, top, strict=True)
        ]
        return First(self.names[top], np.array(shown, dtype=np.int64))

"""A trained head and the untouched space side by side, as one projection; and shorter ones.

Training helps what it has seen, and may hurt what it has not. Vectors of both spaces put side
by side, each with its share, are still an affine map of the features (Wortsman et al.,
"Robust fine-tuning of zero-shot models", CVPR 2022, do the same with weights). A rotation then
brings what varies most to the front, so that a cut loses least (Kusupati et al., "Matryoshka
Representation Learning", NeurIPS 2022); for a linear map it is exact.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from goodsight.core.errors import UsageError
from goodsight.core.projecting import Projection, turned_one_way
from goodsight.core.types import FloatArray

__all__ = ["blended", "cut", "ordered"]


def blended(
    untuned: FloatArray, tuned: Projection, share: float, conditioned: FloatArray
) -> Projection:
    """Both spaces side by side, the tuned one with `share` (0 to 1) of the squared length.

    `untuned` float32 (f, d) maps conditioned features around the mean of `tuned`;
    `conditioned` float32 (n, f) are examples, which say how long vectors are in each.
    """
    centred = np.asarray(conditioned - tuned.mean, dtype=np.float32)
    parts = [
        matrix * (weight**0.5 / _length(centred, matrix))
        for matrix, weight in ((untuned, 1 - share), (tuned.matrix, share))
        if weight > 0
    ]
    return replace(tuned, matrix=np.concatenate(parts, axis=1, dtype=np.float32))


def ordered(projection: Projection, conditioned: FloatArray) -> Projection:
    """The same vectors, turned so that the numbers that vary most come first.

    `conditioned` float32 (n, f) are examples. Directions in which nothing varies are dropped.
    """
    vectors = ((conditioned - projection.mean) @ projection.matrix).astype(np.float64)
    values, turns = np.linalg.eigh(vectors.T @ vectors / len(vectors))
    kept = values[::-1] > values[-1] * 1e-10
    best = turned_one_way(projection.matrix @ turns[:, ::-1][:, kept])
    return replace(projection, matrix=np.asarray(best, dtype=np.float32))


def cut(projection: Projection, dimension: int) -> Projection:
    """The first numbers of the vectors only. Raises UsageError for fewer than one."""
    if dimension < 1:
        raise UsageError(f"vectors of {dimension} numbers cannot be compared; give 1 or more")
    return replace(projection, matrix=np.ascontiguousarray(projection.matrix[:, :dimension]))


def _length(rows: FloatArray, matrix: FloatArray) -> float:
    return max(float(np.sqrt(((rows @ matrix) ** 2).sum(axis=1).mean())), 1e-12)

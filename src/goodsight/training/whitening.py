"""Where a head begins: conditioned features, seen so that what varies by chance varies alike.

How the photos of one group scatter is shrunk and turned into the identity, as the catalogue's
own projection does it (core/projecting.py). Of that space the directions in which photos
differ most are kept, more than there are groups less one, so that products nobody has seen
keep something that tells them apart. docs/decisions/0031 has the measurements.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import InputError
from goodsight.core.types import FloatArray

__all__ = ["Whitening", "fit_whitening"]

Wide = NDArray[np.float64]

SHRINKAGE = 0.3
MAX_DIRECTIONS = 512
ROWS_AT_ONCE = 4096
# With which a direction of variance v counts in the beginning: v to this power.
EMPHASIS = 0.25


@dataclass(frozen=True, slots=True)
class Whitening:
    """An affine map of conditioned features: float32 `mean` (f,) and `matrix` (f, k).

    The columns are ordered by `variances` float32 (k,) of all rows, the largest first; within
    a group each column's variance is about 1.
    """

    mean: FloatArray
    matrix: FloatArray
    variances: FloatArray

    def apply(self, conditioned: FloatArray) -> FloatArray:
        """Whitened rows float32 (n, k)."""
        return np.asarray((conditioned - self.mean) @ self.matrix, dtype=np.float32)

    def start(self, dimension: int) -> FloatArray:
        """The head to begin with, float32 (k, d): the best d directions, emphasised."""
        weights = np.zeros((len(self.variances), dimension), dtype=np.float32)
        kept = min(dimension, len(self.variances))
        weights[np.arange(kept), np.arange(kept)] = self.variances[:kept] ** EMPHASIS
        return weights


def fit_whitening(
    conditioned: FloatArray, groups: NDArray[np.int64], mean: FloatArray | None = None
) -> Whitening:
    """Learn it from conditioned features (n, f) and the group of each, int64 (n,).

    `mean` is where the origin goes, the rows' own mean unless given. Raises InputError where
    no group has two rows that differ.
    """
    origin = conditioned.mean(axis=0) if mean is None else mean
    within, total = _scatters(conditioned, groups, origin)
    size = len(within)
    level = float(np.trace(within)) / size
    if not level > 0:
        raise InputError(
            "no two photos belong together: add photos of the same products, or learn from views"
        )
    values, vectors = np.linalg.eigh((1 - SHRINKAGE) * within + SHRINKAGE * level * np.eye(size))
    whitening = vectors / np.sqrt(values)
    variances, directions = np.linalg.eigh(whitening.T @ total @ whitening)
    kept = min(MAX_DIRECTIONS, size, len(conditioned) - 1)
    best = slice(None, -kept - 1, -1)
    return Whitening(
        np.asarray(origin, dtype=np.float32),
        np.asarray(whitening @ directions[:, best], dtype=np.float32),
        np.asarray(np.maximum(variances[best], 0), dtype=np.float32),
    )


def _scatters(
    conditioned: FloatArray, groups: NDArray[np.int64], origin: FloatArray
) -> tuple[Wide, Wide]:
    """The mean outer product (f, f) of rows around their group's mean, and around the origin.

    Rows that are alone in their group say nothing about the first.
    """
    size = conditioned.shape[1]
    numbers = np.unique(groups, return_inverse=True)[1]
    counts = np.bincount(numbers)
    means = np.zeros((len(counts), size), dtype=np.float64)
    np.add.at(means, numbers, conditioned)
    means /= counts[:, np.newaxis]
    within, total = np.zeros((size, size)), np.zeros((size, size))
    repeated = counts[numbers] > 1
    for start in range(0, len(conditioned), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        rows = conditioned[part].astype(np.float64)
        total += (rows - origin).T @ (rows - origin)
        apart = (rows - means[numbers[part]])[repeated[part]]
        within += apart.T @ apart
    return within / max(1, int(repeated.sum())), total / len(conditioned)

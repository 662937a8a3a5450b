"""A linear map learnt from the catalogue: a text's vector in, where its photos should lie out.

The pairs are free: each product has a text and photos. Canonical correlation analysis finds
the directions of the texts and of the photos that go together (Hotelling, "Relations between
two sets of variates", Biometrika 28, 1936). There are about as many numbers in a vector as a
small shop has products, so both sides are first brought to their principal components, and
the scatter of each is shrunk towards a multiple of the identity (Vinod, "Canonical ridge and
econometrics of joint production", Journal of Econometrics 4, 1976). With each pair of
directions weighed by its correlation the map is the product of one scatter's inverse, what both
have in common, and the other's inverse. docs/decisions/0026 has the measurements.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.types import FloatArray

__all__ = ["Bridge", "LinearMap", "fit_map"]

Wide = NDArray[np.float64]

COMPONENTS = 64
SHRINKAGE = 1.0
# Of the largest principal variance: below it there is only rounding.
NEGLIGIBLE = 1e-6


@dataclass(frozen=True, slots=True)
class LinearMap:
    """An affine map: float32 `mean` (t,) of the texts and `matrix` (t, d)."""

    mean: FloatArray
    matrix: FloatArray

    def apply(self, texts: FloatArray) -> FloatArray:
        """Vectors float32 (n, d) of norm 1 for texts float32 (n, t); zero for the mean text."""
        vectors = (texts - self.mean) @ self.matrix
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Bridge:
    """From the texts of `text_space` to the photos of `photo_space`.

    `weight` is what a cosine with a product's photos counts beside a cosine of the texts for
    both to tell alike: `text cosine + weight * photo cosine`.
    """

    map: LinearMap
    text_space: str
    photo_space: str
    weight: float

    def vector(self, text: FloatArray) -> FloatArray:
        """Where photos of what the text (t,) says should lie; float32 (d,) of norm 1."""
        vector: FloatArray = self.map.apply(text[np.newaxis])[0]
        return vector


def fit_map(
    texts: FloatArray,
    photos: FloatArray,
    *,
    components: int = COMPONENTS,
    shrinkage: float = SHRINKAGE,
) -> LinearMap:
    """Learn the map from n pairs, texts (n, t) and photos (n, d); two of them differ, or more.

    Photos are to be ranked by their dot product with what it gives.
    """
    mean = texts.mean(axis=0, dtype=np.float64)
    text_axes, text_rows = _principal(texts - mean, components)
    photo_axes, photo_rows = _principal(photos - photos.mean(axis=0, dtype=np.float64), components)
    together = text_rows.T @ photo_rows / len(texts)
    # In principal components a scatter is diagonal, and so is its inverse.
    text_scale, photo_scale = (_shrunk(rows, shrinkage) for rows in (text_rows, photo_rows))
    correlated = together / text_scale[:, np.newaxis] / photo_scale
    matrix = text_axes @ correlated @ photo_axes.T
    return LinearMap(np.asarray(mean, np.float32), np.asarray(matrix, np.float32))


def _principal(rows: Wide, components: int) -> tuple[Wide, Wide]:
    """The main axes, columns (d, k), and the rows in them (n, k)."""
    values, vectors = np.linalg.eigh(rows.T @ rows)
    kept = np.flatnonzero(values > NEGLIGIBLE * values[-1])[-components:]
    axes: Wide = vectors[:, kept]
    return axes, rows @ axes


def _shrunk(rows: Wide, shrinkage: float) -> Wide:
    """The variances of the rows' columns (n, k), raised by a share of their mean; (k,)."""
    variances: Wide = (rows**2).mean(axis=0)
    shrunk: Wide = variances + shrinkage * variances.mean()
    return shrunk

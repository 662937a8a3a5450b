"""A linear map learnt from the catalogue: raw features in, vectors that tell its products apart.

The labels are free: photos of one product belong together. Fisher's linear discriminant
analysis finds the directions in which products differ most against how much the photos of one
product differ among themselves (Fisher, "The use of multiple measurements in taxonomic
problems", Annals of Eugenics 7, 1936). The within-product scatter is shrunk towards a multiple
of the identity, which keeps it invertible with few photos (Friedman, "Regularized discriminant
analysis", JASA 84, 1989). Closed form: sums over the photos and two eigenvalue problems.

Features that are never negative, as after a rectifier, go through a square root first
(Arandjelović and Zisserman, "Three things everyone should know to improve object retrieval",
CVPR 2012). docs/decisions/0013 has the measurements.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray

__all__ = [
    "FeatureBatch",
    "Projection",
    "conditioned",
    "fit_projection",
    "in_space",
    "is_enough",
    "turned_one_way",
]

Wide = NDArray[np.float64]

SHRINKAGE = 0.3
MAX_DIMENSION = 512
# With less there is nothing to learn: fewer products span too small a space, and the scatter
# of fewer photos is chance.
MIN_PRODUCTS = 10
MIN_PHOTOS = 60
# Photos whose conditioned features are turned into double precision at a time.
PHOTOS_AT_A_TIME = 2048


@dataclass(frozen=True, slots=True)
class FeatureBatch:
    """Raw features float32 (n, f) of n photos and the product of each, int64 (n,).

    Photos of one product follow each other, across batches too.
    """

    products: NDArray[np.int64]
    features: FloatArray


@dataclass(frozen=True, slots=True)
class Projection:
    """An affine map of conditioned features: float32 `mean` (f,) and `matrix` (f, d).

    `blocks` are the lengths of the parts of a feature, one for each network behind it; each
    is brought to norm 1 by itself. `rooted` says whether a square root comes first. `photos`
    and `products` are what it was learnt from; `origin` is "catalogue" where it was learnt in
    closed form, and "tuned" where it was trained and proven. `photo_mean` (f,) is the mean of
    those photos where `mean`, which is subtracted, is another.
    """

    mean: FloatArray
    matrix: FloatArray
    blocks: tuple[int, ...]
    rooted: bool
    photos: int
    products: int
    origin: str = "catalogue"
    photo_mean: FloatArray | None = None

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self.matrix.shape[1])

    def apply(self, features: FloatArray) -> FloatArray:
        """Vectors float32 (n, d) of norm 1 from raw features float32 (n, f)."""
        values = conditioned(features, self.blocks, self.rooted) - self.mean
        return unit_rows(np.asarray(values @ self.matrix, dtype=np.float32))

    def space(self, encoder_space: str) -> str:
        """The fingerprint of the space it makes of an encoder's, 16 hex digits."""
        digest = hashlib.sha256(f"{encoder_space}/{self.blocks}/{self.rooted}".encode())
        digest.update(np.ascontiguousarray(self.mean, dtype="<f4").tobytes())
        digest.update(np.ascontiguousarray(self.matrix, dtype="<f4").tobytes())
        return digest.hexdigest()[:16]


def conditioned(features: FloatArray, blocks: Sequence[int], rooted: bool) -> FloatArray:
    """Features float32 (n, f) rooted or not, each block scaled to norm 1."""
    values = np.sqrt(np.maximum(features, 0)) if rooted else features
    parts = np.split(values, np.cumsum(blocks)[:-1], axis=1)
    return np.concatenate([unit_rows(part) for part in parts], axis=1)


def in_space(
    features: FloatArray, projection: Projection | None, blocks: Sequence[int]
) -> FloatArray:
    """Vectors float32 (n, d) of raw features (n, f); without a projection the encoder's own."""
    if projection is None:
        return unit_rows(conditioned(features, blocks, rooted=False))
    return projection.apply(features)


def is_enough(photos: int, products: int) -> bool:
    """Whether so many photos, of so many products with two or more, can teach a projection."""
    return photos >= MIN_PHOTOS and products >= MIN_PRODUCTS


def fit_projection(
    batches: Iterable[FeatureBatch],
    blocks: Sequence[int],
    *,
    rooted: bool,
    shrinkage: float = SHRINKAGE,
    max_dimension: int = MAX_DIMENSION,
) -> Projection | None:
    """Learn a projection; None where the catalogue cannot teach one (see `is_enough`).

    Memory is a few matrices (f, f) in double precision, however many photos there are.
    """
    scatter = _Scatter(sum(blocks))
    for batch in batches:
        for start in range(0, len(batch.features), PHOTOS_AT_A_TIME):
            part = slice(start, start + PHOTOS_AT_A_TIME)
            scatter.add(batch.products[part], conditioned(batch.features[part], blocks, rooted))
    scatter.close()
    if not is_enough(scatter.repeated_photos, scatter.repeated_products):
        return None
    within = _shrunk(scatter.within, shrinkage)
    dimension = min(scatter.products - 1, max_dimension, sum(blocks))
    return Projection(
        mean=np.asarray(scatter.mean, dtype=np.float32),
        matrix=np.asarray(_discriminants(within, scatter.between, dimension), dtype=np.float32),
        blocks=tuple(blocks),
        rooted=rooted,
        photos=scatter.photos,
        products=scatter.products,
    )


class _Scatter:
    """Sums over photos that come product by product."""

    def __init__(self, size: int) -> None:
        self.photos = self.products = self.repeated_photos = self.repeated_products = 0
        self._total: Wide = np.zeros(size)
        self._moments: Wide = np.zeros((size, size))
        # Of products with two or more photos: those with one say nothing about the scatter.
        self._repeated: Wide = np.zeros((size, size))
        self._repeated_means: Wide = np.zeros((size, size))
        self._means: Wide = np.zeros((size, size))
        self._open_id: int | None = None
        self._open: list[FloatArray] = []

    def add(self, products: NDArray[np.int64], rows: FloatArray) -> None:
        """Take photos in; the last product stays open until another begins."""
        finished: list[Wide] = []
        for product, photos in _runs(products, rows):
            if product != self._open_id:
                self._finish(finished)
                self._open_id = product
            self._open.append(photos)
        self._add_products(finished)

    def close(self) -> None:
        """Count the last product."""
        finished: list[Wide] = []
        self._finish(finished)
        self._add_products(finished)

    def _finish(self, finished: list[Wide]) -> None:
        if self._open:
            finished.append(np.concatenate(self._open).astype(np.float64))
            self._open = []

    def _add_products(self, finished: list[Wide]) -> None:
        if not finished:
            return
        means = np.stack([photos.mean(axis=0) for photos in finished])
        counts = np.array([len(photos) for photos in finished])
        weighted = means * np.sqrt(counts)[:, np.newaxis]
        self._means += weighted.T @ weighted
        self._total += means.T @ counts
        repeated = counts > 1
        if repeated.any():
            rows = np.concatenate([p for p in finished if len(p) > 1])
            self._repeated += rows.T @ rows
            self._repeated_means += weighted[repeated].T @ weighted[repeated]
        self.photos += int(counts.sum())
        self.products += len(finished)
        self.repeated_photos += int(counts[repeated].sum())
        self.repeated_products += int(repeated.sum())

    @property
    def mean(self) -> Wide:
        return self._total / self.photos

    @property
    def within(self) -> Wide:
        return (self._repeated - self._repeated_means) / self.repeated_photos

    @property
    def between(self) -> Wide:
        return self._means / self.photos - np.outer(self.mean, self.mean)


def _runs(products: NDArray[np.int64], rows: FloatArray) -> Iterator[tuple[int, FloatArray]]:
    """The stretches of rows that belong to one product."""
    if not len(products):
        return
    cuts = np.flatnonzero(products[1:] != products[:-1]) + 1
    for start, end in zip([0, *cuts], [*cuts, len(products)], strict=True):
        yield int(products[start]), rows[start:end]


def _shrunk(within: Wide, shrinkage: float) -> Wide:
    size = len(within)
    level = np.trace(within) / size
    shrunk: Wide = (1 - shrinkage) * within + shrinkage * level * np.eye(size)
    return shrunk


def _discriminants(within: Wide, between: Wide, dimension: int) -> Wide:
    """The directions with the most between- for their within-scatter; columns, best first.

    In them the within-scatter is the identity.
    """
    values, vectors = np.linalg.eigh(within)
    whitening = vectors / np.sqrt(np.maximum(values, values[-1] * 1e-12))
    _, directions = np.linalg.eigh(whitening.T @ between @ whitening)
    return turned_one_way(whitening @ directions[:, ::-1][:, :dimension])


def turned_one_way(directions: Wide) -> Wide:
    """Columns (f, d), each with its largest entry below 0.

    An eigenvector may as well point the other way, and which one is found depends on the number
    of threads. Cosines do not mind; Kullback-Leibler divergences do: a feature that few photos
    have much of would take nearly all of a softmax, were its side the positive one.
    """
    largest = np.abs(directions).argmax(axis=0)
    turned: Wide = -directions * np.sign(directions[largest, np.arange(directions.shape[1])])
    return turned

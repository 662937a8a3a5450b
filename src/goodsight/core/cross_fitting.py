"""Queries with known answers out of the catalogue itself, for calibrating without labels.

The photos are dealt into two halves; a projection learnt from one half alone is asked with the
photos of the other. Shots of one burst stay together: a query that finds its own burst says
nothing about a customer's photo. Each query is asked once with its product in the catalogue,
and counts a little once more with it taken out, as a photo of something unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from goodsight.core.calibrating import (
    COMPETITORS,
    Calibration,
    ScoredQuery,
    fit_calibration,
)
from goodsight.core.held_back import dealt_halves
from goodsight.core.projecting import (
    MAX_DIMENSION,
    FeatureBatch,
    Projection,
    fit_projection,
    in_space,
)
from goodsight.core.proving import Shelf
from goodsight.core.types import FloatArray, Metric

__all__ = [
    "SAMPLED_PHOTOS",
    "asked_calibrations",
    "catalogue_calibrations",
    "cross_fitted_queries",
    "sampled",
    "view_calibrations",
]

SAMPLED_PHOTOS = 6000
MAX_QUERIES = 1000
MIN_QUERIES = 50
# Against the weight 1 of a photo of something known. More would tell unknown photos better and
# believe known ones less than they deserve.
UNKNOWN_WEIGHT = 0.05
SEED = 0

Numbers = NDArray[np.int64]


def sampled(batches: Iterable[FeatureBatch], photos: int) -> FeatureBatch | None:
    """Whole products of a catalogue of so many photos, about `SAMPLED_PHOTOS` of them."""
    every = max(1, -(-photos // SAMPLED_PHOTOS))
    kept = [
        FeatureBatch(batch.products[chosen], batch.features[chosen])
        for batch in batches
        if (chosen := batch.products % every == 0).any()
    ]
    if not kept:
        return None
    return FeatureBatch(
        np.concatenate([batch.products for batch in kept]),
        np.concatenate([batch.features for batch in kept]),
    )


def catalogue_calibrations(
    sample: FeatureBatch,
    blocks: Sequence[int],
    *,
    rooted: bool,
    project: bool,
    length: int | None = None,
) -> Mapping[Metric, Calibration]:
    """A calibration for each metric; none where too few products have photos that differ.

    With `project` the halves are compared in spaces learnt from them, as the whole will be.
    A half that cannot teach one says nothing about the whole: scores of the encoder's own
    space are on another scale. `length` is how many numbers a cut space has.
    """
    return _calibrations(list(_halves(sample, blocks, rooted, project, length)))


def view_calibrations(
    own: FeatureBatch,
    views: FeatureBatch,
    projection: Projection | None,
    blocks: Sequence[int],
) -> Mapping[Metric, Calibration]:
    """A calibration for each metric from views of photos, asked for among the photos."""
    asked = in_space(views.features, projection, blocks)
    own_vectors = in_space(own.features, projection, blocks)
    return _calibrations([(own_vectors, own.products, asked, views.products)])


def asked_calibrations(
    vectors: FloatArray, products: Numbers, asked: FloatArray, right: Numbers
) -> Mapping[Metric, Calibration]:
    """A calibration for each metric from queries that nothing was learnt from.

    Arrays as in `cross_fitted_queries`.
    """
    return _calibrations([(vectors, products, asked, right)])


Half = tuple[FloatArray, Numbers, FloatArray, Numbers]


def _calibrations(halves: Sequence[Half]) -> Mapping[Metric, Calibration]:
    found: dict[Metric, Calibration] = {}
    for metric in Metric:
        queries = [query for half in halves for query in cross_fitted_queries(*half, metric)]
        fitted = fit_calibration(queries, "catalogue") if len(queries) >= MIN_QUERIES else None
        if fitted is not None:
            found[metric] = fitted
    return found


def _halves(
    sample: FeatureBatch, blocks: Sequence[int], rooted: bool, project: bool, length: int | None
) -> Iterator[Half]:
    """Vectors and products of a half to search in, and of the other to ask with; both ways."""
    for half in dealt_halves(sample, blocks, rooted=rooted):
        chosen = half.asked
        if len(chosen) > MAX_QUERIES:
            chosen = np.random.default_rng(SEED).choice(chosen, MAX_QUERIES, replace=False)
        known = half.known(sample)
        projection = (
            fit_projection([known], blocks, rooted=rooted, max_dimension=length or MAX_DIMENSION)
            if project
            else None
        )
        if project and projection is None:
            continue
        yield (
            in_space(known.features, projection, blocks),
            known.products,
            in_space(sample.features[chosen], projection, blocks),
            sample.products[chosen],
        )


def cross_fitted_queries(
    vectors: FloatArray,
    products: Numbers,
    asked: FloatArray,
    right: Numbers,
    metric: Metric,
) -> list[ScoredQuery]:
    """Each query twice: against the catalogue, and against it without the query's product.

    `vectors` float32 (n, d) with their `products` (n,), product by product; `asked` float32
    (q, d) with the `right` products (q,), each among `products`.
    """
    shelf = Shelf(vectors, products)
    scores, _ = shelf.scores(asked, metric)
    queries = []
    for row, product in zip(scores, right, strict=True):
        order = np.argsort(-row)
        rank = int(np.flatnonzero(shelf.names[order] == product)[0])
        known = row[order[: COMPETITORS + 1]]
        unknown = known if rank > COMPETITORS else np.delete(known, rank)
        queries += [
            ScoredQuery(tuple(known[:COMPETITORS]), rank if rank < COMPETITORS else None),
            ScoredQuery(tuple(unknown[:COMPETITORS]), None, UNKNOWN_WEIGHT),
        ]
    return queries

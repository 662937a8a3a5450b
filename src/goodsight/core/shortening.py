"""Spaces of fewer numbers: the first ones of a learnt space, or an encoder's own directions.

In a space that was learnt or tuned what varies most comes first, so a cut is a slice. An
encoder's own space has no such order: its photos are turned to their principal directions first,
around 0 and not around their mean, so that cosines stay what they were, nearly (Jolliffe,
"Principal Component Analysis", Springer 2002). docs/decisions/0037.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from goodsight.core.gating import Answers, Comparison, compare
from goodsight.core.held_back import dealt_halves, found_held_back
from goodsight.core.projecting import (
    MAX_DIMENSION,
    PHOTOS_AT_A_TIME,
    FeatureBatch,
    Projection,
    conditioned,
    fit_projection,
    turned_one_way,
)

__all__ = ["compared", "kept_length", "learnt_anew", "principal", "shortened"]

SUITE = "photos held back"


def shortened(projection: Projection, dimension: int) -> Projection:
    """The first `dimension` numbers of its vectors alone, brought to norm 1 again."""
    return replace(projection, matrix=np.ascontiguousarray(projection.matrix[:, :dimension]))


def principal(
    batches: Iterable[FeatureBatch],
    blocks: Sequence[int],
    dimension: int,
    *,
    rooted: bool = False,
) -> Projection:
    """The `dimension` directions that an encoder's own vectors vary most in, around 0.

    Nothing is subtracted, and features are `rooted` or not. Memory is two matrices (f, f) in
    double precision.
    """
    size = sum(blocks)
    moments, total = np.zeros((size, size)), np.zeros(size)
    photos, products = 0, set[int]()
    for batch in batches:
        photos += len(batch.features)
        products.update(batch.products.tolist())
        for start in range(0, len(batch.features), PHOTOS_AT_A_TIME):
            part = batch.features[start : start + PHOTOS_AT_A_TIME]
            rows = conditioned(part, blocks, rooted=rooted).astype(np.float64)
            moments += rows.T @ rows
            total += rows.sum(axis=0)
    _, directions = np.linalg.eigh(moments)
    return Projection(
        mean=np.zeros(size, dtype=np.float32),
        matrix=np.asarray(turned_one_way(directions[:, ::-1][:, :dimension]), dtype=np.float32),
        blocks=tuple(blocks),
        rooted=rooted,
        photos=photos,
        products=len(products),
        photo_mean=np.asarray(total / max(photos, 1), dtype=np.float32),
    )


def kept_length(projection: Projection | None) -> int | None:
    """How many numbers vectors were cut to, which learning anew must not undo; None if not.

    A learnt space that was not cut has as many as its products allow.
    """
    if projection is None or projection.origin != "catalogue":
        return None
    allowed = min(projection.products - 1, MAX_DIMENSION, sum(projection.blocks))
    is_cut = _is_principal(projection) or projection.dimension < allowed
    return projection.dimension if is_cut else None


def learnt_anew(projection: Projection, batches: Iterable[FeatureBatch]) -> Projection | None:
    """The same kind of space, of as many numbers, from other photos of the catalogue.

    A tuned one as the catalogue would learn it by itself. None where they are too few.
    """
    if _is_principal(projection):
        return principal(batches, projection.blocks, projection.dimension)
    return fit_projection(
        batches,
        projection.blocks,
        rooted=projection.rooted,
        max_dimension=kept_length(projection) or MAX_DIMENSION,
    )


def compared(
    sample: FeatureBatch, active: Projection | None, dimension: int, blocks: Sequence[int]
) -> Comparison:
    """Recall@1 in the space in use and in the same cut to `dimension`, with photos held back.

    Both are learnt anew without these. A tuned space, and one that half of the catalogue cannot
    teach, is taken as it is: it has seen the photos, cut or not.
    """
    rooted = bool((sample.features >= 0).all())
    halves = dealt_halves(sample, blocks, rooted=rooted)
    pairs = [_pair(half.known(sample), active, dimension, blocks) for half in halves]
    before, after = (
        found_held_back(sample, halves, blocks, [pair[number] for pair in pairs])
        for number in (0, 1)
    )
    asked = [str(sample.products[row]) for half in halves for row in half.asked]
    return compare(SUITE, Answers(before, after, asked, [""] * len(asked)))


def _pair(
    known: FeatureBatch, active: Projection | None, dimension: int, blocks: Sequence[int]
) -> tuple[Projection | None, Projection]:
    if active is None:
        return None, principal([known], blocks, dimension)
    anew = None if active.origin == "tuned" else learnt_anew(active, [known])
    space = anew or active
    return space, shortened(space, dimension)


def _is_principal(projection: Projection) -> bool:
    """Whether it came out of `principal`: a learnt space has its mean at 0."""
    return not projection.mean.any()

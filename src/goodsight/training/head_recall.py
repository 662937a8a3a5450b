"""How often the right product comes first, for photos that were kept aside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from goodsight.core.scoring import MEAN_WEIGHT, mean_vector
from goodsight.core.types import FloatArray

__all__ = ["balanced", "first_hits"]

QUERIES_AT_ONCE = 256
# Of known products' photos against unknown ones' in a choice: most of what customers ask for is
# in the catalogue and was learnt from.
KNOWN_WEIGHT = 0.75


def first_hits(
    shelf: FloatArray,
    groups: NDArray[np.int64],
    asked: FloatArray,
    right: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """For each query whether its group comes first, bool (q,); products scored as in a search.

    `shelf` float32 (n, d) are unit vectors with their `groups` int64 (n,), `asked` float32
    (q, d) the queries' and `right` int64 (q,) the groups they are of.
    """
    if not len(asked):
        return np.zeros(0, dtype=bool)
    order = np.argsort(groups, kind="stable")
    vectors, (names, starts) = shelf[order], np.unique(groups[order], return_index=True)
    means = np.stack([mean_vector(rows) for rows in np.split(vectors, starts[1:])])
    hits = []
    for start in range(0, len(asked), QUERIES_AT_ONCE):
        queries = asked[start : start + QUERIES_AT_ONCE]
        best = np.maximum.reduceat(queries @ vectors.T, starts, axis=1)
        scores = (1 - MEAN_WEIGHT) * best + MEAN_WEIGHT * (queries @ means.T)
        hits.append(names[scores.argmax(axis=1)] == right[start : start + QUERIES_AT_ONCE])
    return np.concatenate(hits)


def balanced(known: NDArray[np.bool_], unknown: NDArray[np.bool_]) -> float | None:
    """Both recalls in one, or the one there is; None where nothing was asked."""
    parts = ((known, KNOWN_WEIGHT), (unknown, 1 - KNOWN_WEIGHT))
    asked = [(float(hits.mean()), weight) for hits, weight in parts if len(hits)]
    if not asked:
        return None
    return sum(recall * weight for recall, weight in asked) / sum(weight for _, weight in asked)

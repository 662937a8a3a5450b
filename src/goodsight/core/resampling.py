"""Bootstrap intervals: how far a figure would move with other queries of the same kind.

Percentile intervals of the ordinary bootstrap: Efron, "Bootstrap methods: another look at the
jackknife", Annals of Statistics 7 (1979). Queries that are no independent evidence (photos of
one product) are drawn together: the cluster bootstrap of Field and Welsh, "Bootstrapping
clustered data", Journal of the Royal Statistical Society B 69 (2007). Drawing them one by one
would make intervals far too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["SAMPLES", "Interval", "group_numbers", "mean_intervals", "ratio_intervals"]

SAMPLES = 1000
PERCENTILES = (2.5, 97.5)
# Numbers drawn at once, so that memory does not grow with the queries.
DRAWN_AT_ONCE = 1 << 21

Interval = tuple[float, float]
Values = NDArray[np.float64]


def group_numbers(names: Sequence[str]) -> NDArray[np.intp]:
    """Equal names -> equal numbers; an empty name stands for itself alone. intp (n,)."""
    known: dict[object, int] = {}
    keys = (name or (number,) for number, name in enumerate(names))
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.intp)


def mean_intervals(values: Values, groups: NDArray[np.intp]) -> list[Interval]:
    """95 % intervals of the k means of values (n, k), whole groups (n,) drawn together."""
    return ratio_intervals(values, np.ones_like(values), groups)


def ratio_intervals(above: Values, below: Values, groups: NDArray[np.intp]) -> list[Interval]:
    """95 % intervals of k ratios of sums, `above` (n, k) over `below` (n, k).

    `groups` (n,) are numbers from 0; whole groups are drawn, with replacement. The seed is
    fixed: the same answers give the same intervals. A sample whose sum below is 0 counts as
    a ratio of 0. Without a row every interval is (nan, nan).
    """
    if len(groups) == 0:
        return [(float("nan"), float("nan"))] * above.shape[1]
    sums = np.stack([_summed(above, groups), _summed(below, groups)])
    generator = np.random.default_rng(0)
    count = sums.shape[1]
    ratios = np.empty((SAMPLES, above.shape[1]))
    step = max(1, DRAWN_AT_ONCE // (count * above.shape[1]))
    for start in range(0, SAMPLES, step):
        drawn = generator.integers(count, size=(min(step, SAMPLES - start), count))
        over, under = (part[drawn].sum(axis=1) for part in sums)
        ratios[start : start + len(drawn)] = np.divide(
            over, under, out=np.zeros_like(over), where=under > 0
        )
    low, high = np.percentile(ratios, PERCENTILES, axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def _summed(values: Values, groups: NDArray[np.intp]) -> Values:
    """Sums of each group's rows, (groups, k)."""
    sums = np.zeros((int(groups.max()) + 1, values.shape[1]))
    np.add.at(sums, groups, values)
    return sums

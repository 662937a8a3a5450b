"""Whether confidences keep their word: of the answers given 0.8, are 80 % right?

Expected calibration error over equal-width bins: Naeini, Cooper and Hauskrecht, "Obtaining
well calibrated probabilities using Bayesian binning", AAAI 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["BINS", "ReliabilityBin", "calibration_error", "reliability"]

BINS = 10


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers whose confidence is in [`low`, `high`) (the last bin holds 1 as well).

    `confidence` is their mean confidence and `right` the share of them that is right, both
    None for a bin without an answer.
    """

    low: float
    high: float
    count: int
    confidence: float | None
    right: float | None


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> tuple[ReliabilityBin, ...]:
    """`BINS` bins of equal width; none where there is no confidence."""
    if not confidences:
        return ()
    claimed = np.asarray(confidences, dtype=np.float64)
    kept = np.asarray(right, dtype=np.float64)
    places = np.clip((claimed * BINS).astype(int), 0, BINS - 1)
    return tuple(
        _bin(number, claimed[places == number], kept[places == number]) for number in range(BINS)
    )


def _bin(number: int, claimed: np.ndarray, kept: np.ndarray) -> ReliabilityBin:
    edges = (number / BINS, (number + 1) / BINS)
    if not len(claimed):
        return ReliabilityBin(*edges, 0, None, None)
    return ReliabilityBin(*edges, len(claimed), float(claimed.mean()), float(kept.mean()))


def calibration_error(bins: Sequence[ReliabilityBin]) -> float | None:
    """Mean distance between confidence and share right, weighted by answers; None without any."""
    filled = [
        (one.count, abs(one.confidence - one.right))
        for one in bins
        if one.confidence is not None and one.right is not None
    ]
    total = sum(count for count, _ in filled)
    return sum(count * gap for count, gap in filled) / total if total else None

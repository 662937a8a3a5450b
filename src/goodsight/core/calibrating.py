"""From scores to a probability that the product is right.

An open-set softmax: each product competes with the others and with "none of these", whose
score is a constant.

    p(i) = exp(s_i / T) / (exp(θ / T) + Σ_j exp(s_j / T))

T, the temperature, says how decisive a lead is (Guo et al., "On calibration of modern neural
networks", ICML 2017); θ is the score from which a product is believed rather than none
(the constant class is Bendale and Boult's "Towards open set deep networks", CVPR 2016, in its
simplest form). Both are fitted by maximum likelihood on queries whose right product is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["COMPETITORS", "Calibration", "ScoredQuery", "fit_calibration"]

# Products that compete; those further down add nothing that can be measured.
COMPETITORS = 20
# Grids of the search, coarse to fine. The likelihood is smooth and has two parameters.
TEMPERATURES = np.geomspace(0.005, 1.0, 40)
THRESHOLD_STEPS = 60
REFINEMENTS = 4


@dataclass(frozen=True, slots=True)
class Calibration:
    """The two parameters, on the scale of the scores, and what they were fitted on.

    `origin` is "catalogue" or "queries", `queries` how many of them there were.
    """

    temperature: float
    threshold: float
    origin: str
    queries: int

    def confidences(self, scores: Sequence[float]) -> tuple[float, ...]:
        """A probability for each of a query's best products, in order, best first.

        They sum to at most 1; the rest is the chance that it is none of them.
        """
        if not len(scores):
            return ()
        values = np.asarray(scores, dtype=np.float64)
        top = max(values[0], self.threshold)
        weights = np.exp((values - top) / self.temperature)
        none = np.exp((self.threshold - top) / self.temperature)
        return tuple((weights / (weights[:COMPETITORS].sum() + none)).tolist())


@dataclass(frozen=True, slots=True)
class ScoredQuery:
    """A query's best scores, best first, and the 0-based rank of the right product.

    `right` is None where the right product is not among them, or not in the catalogue.
    """

    scores: tuple[float, ...]
    right: int | None
    weight: float = 1.0


def fit_calibration(queries: Sequence[ScoredQuery], origin: str) -> Calibration | None:
    """The most likely parameters; None without queries of which one at least has an answer."""
    if not any(query.right is not None for query in queries):
        return None
    scores, right, weights = _table(queries)
    best = scores[:, 0]
    low, high = float(best.min()) - 0.5, float(best.max())
    temperatures, thresholds = TEMPERATURES, np.linspace(low, high, THRESHOLD_STEPS)
    for _ in range(REFINEMENTS):
        loss = np.array(
            [[_loss(scores, right, weights, t, c) for c in thresholds] for t in temperatures]
        )
        row, column = np.unravel_index(int(loss.argmin()), loss.shape)
        temperature, threshold = float(temperatures[row]), float(thresholds[column])
        step = thresholds[1] - thresholds[0]
        temperatures = np.geomspace(temperature / 1.2, temperature * 1.2, 9)
        thresholds = np.linspace(threshold - step, threshold + step, 9)
    return Calibration(temperature, threshold, origin, len(queries))


def _table(
    queries: Sequence[ScoredQuery],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Scores (n, COMPETITORS), filled up with -inf; ranks (n,), -1 for none; weights (n,)."""
    scores = np.full((len(queries), COMPETITORS), -np.inf)
    for row, query in zip(scores, queries, strict=True):
        shown = query.scores[:COMPETITORS]
        row[: len(shown)] = shown
    ranks = [-1 if q.right is None or q.right >= COMPETITORS else q.right for q in queries]
    return scores, np.array(ranks), np.array([query.weight for query in queries])


def _loss(
    scores: NDArray[np.float64],
    right: NDArray[np.int64],
    weights: NDArray[np.float64],
    temperature: float,
    threshold: float,
) -> float:
    """Mean negative log-likelihood of the right answers."""
    top = np.maximum(scores[:, 0], threshold)
    total = np.exp((scores - top[:, np.newaxis]) / temperature).sum(axis=1)
    total += np.exp((threshold - top) / temperature)
    answers = np.where(right >= 0, scores[np.arange(len(scores)), right], threshold)
    likelihood = (answers - top) / temperature - np.log(total)
    return float(-(weights * likelihood).sum() / weights.sum())

"""gate(): is a tuned model better on what it has not seen, and nowhere worse?

The same queries are asked of both models, so each is compared with itself: what is judged is
the difference, whose interval is far narrower than that of either figure. Intervals are those
of `resampling`, whole products drawn together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.resampling import group_numbers, mean_intervals

__all__ = ["Answers", "Comparison", "Verdict", "compare", "gate"]

MIN_QUERIES = 50
# A category with fewer queries says nothing by itself.
LARGE_CATEGORY_QUERIES = 40


@dataclass(frozen=True, slots=True)
class Answers:
    """Whether each of q queries found its product first, by the model in use and by the new one.

    `before` and `after` are bool (q,); `products` and `categories` name the product asked for
    and its category, "" where it has none.
    """

    before: NDArray[np.bool_]
    after: NDArray[np.bool_]
    products: Sequence[str]
    categories: Sequence[str]

    def of_category(self, category: str) -> Answers:
        """Those that asked for a product of one category."""
        chosen = [n for n, name in enumerate(self.categories) if name == category]
        return Answers(
            self.before[chosen],
            self.after[chosen],
            [self.products[n] for n in chosen],
            [category] * len(chosen),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Recall@1 before and after on so many queries, and the 95 % interval of the difference.

    `suite` says which photos were asked with; `category` is "" for all of them.
    """

    suite: str
    queries: int
    before: float
    after: float
    low: float
    high: float
    category: str = ""

    @property
    def is_gain(self) -> bool:
        """Whether it is better by more than chance."""
        return self.low > 0

    @property
    def is_loss(self) -> bool:
        """Whether it is worse by more than chance."""
        return self.high < 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the new model may take over; where not, the reasons."""

    passed: bool
    reasons: tuple[str, ...]
    comparisons: tuple[Comparison, ...]


def gate(
    known: Answers,
    others: Sequence[tuple[str, Answers]],
    *,
    suite: str = "unseen photos of known products",
) -> Verdict:
    """Judge a new model; `suite` says what `known` asks with.

    It passes where it finds the products of `known` better by more than chance, and is worse
    by more than chance in none of the suites of `others`, nor in any large category of
    `known`.
    """
    first = compare(suite, known)
    categories = [
        compare(suite, known.of_category(category), category) for category in _large(known)
    ]
    rest = [compare(name, answers) for name, answers in others if len(answers.products)]
    reasons = []
    if first.queries < MIN_QUERIES:
        reasons.append(
            f"only {first.queries} photos could be held back to prove it, {MIN_QUERIES} are"
            " needed: products need several photos that differ"
        )
    elif not first.is_gain:
        reasons.append(f"no better than chance: {told(first)}")
    reasons += [f"worse: {told(found)}" for found in (*categories, *rest) if found.is_loss]
    return Verdict(not reasons, tuple(reasons), (first, *categories, *rest))


def compare(suite: str, answers: Answers, category: str = "") -> Comparison:
    """Both models on the same queries. Without a query every figure is nan."""
    before = answers.before.astype(np.float64)
    after = answers.after.astype(np.float64)
    if not len(before):
        nothing = float("nan")
        return Comparison(suite, 0, nothing, nothing, nothing, nothing, category)
    groups = group_numbers(answers.products)
    [(low, high)] = mean_intervals((after - before)[:, np.newaxis], groups)
    return Comparison(
        suite, len(before), float(before.mean()), float(after.mean()), low, high, category
    )


def told(comparison: Comparison) -> str:
    """One line for people."""
    where = (
        f"{comparison.suite}, {comparison.category}" if comparison.category else (comparison.suite)
    )
    return (
        f"{where}: recall@1 {comparison.before:.3f} before, {comparison.after:.3f} after"
        f" ({comparison.queries} queries, difference {comparison.low:+.3f} to"
        f" {comparison.high:+.3f})"
    )


def _large(answers: Answers) -> list[str]:
    names, counts = np.unique([name for name in answers.categories if name], return_counts=True)
    return [
        str(name)
        for name, count in zip(names, counts, strict=True)
        if count >= LARGE_CATEGORY_QUERIES
    ]

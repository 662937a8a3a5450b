"""What the one who asks may choose between."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Look", "Metric", "Sort"]


class Look(StrEnum):
    """What is compared: the style as the encoder sees it, the colour, both, or the pattern."""

    STYLE = "style"
    COLOUR = "colour"
    BOTH = "both"
    PATTERN = "pattern"


class Metric(StrEnum):
    """How two unit vectors are compared. Every metric's score grows with likeness.

    See `goodsight.core.scoring` for the formulas and their sources.
    """

    COSINE = "cosine"
    EUCLIDEAN = "euclidean"
    KL = "kl"


class Sort(StrEnum):
    """The order of results; prices are compared as numbers, products without one come last."""

    MATCH = "match"
    PRICE = "price"
    PRICE_DOWN = "-price"

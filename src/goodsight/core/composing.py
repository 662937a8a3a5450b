"""Texts beside photos, and texts of different weight: what products have of each, added up.

Looks and words are on different scales. The collection's calibration says what a difference in
looks is worth: of two products, the one that is T further ahead is e times as likely, T being
the temperature. Words are brought onto that scale by what it tells that a product has them:
somebody who says a word means it, a thousand to one.

    score = looks + T · ln(1000) / w · Σ w_t · fit_t          w: the weight of the looks

By Bayes' rule the two add up like that where looks and words err independently of each other.
So neither drowns the other: among products that have the words looks decide, and a product that
looks exactly right is not lost for want of a word. docs/decisions/0021 has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from goodsight.core.calibrating import Calibration
from goodsight.core.store_ports import ScoredProduct
from goodsight.core.term_ports import TextMatcher
from goodsight.core.types import FloatArray, Metric, Term

__all__ = [
    "TEXT_ODDS",
    "FittedText",
    "best_first",
    "fitted_texts",
    "looks_weight",
    "text_unit",
    "unit_of_spread",
    "weighed",
    "with_texts",
]

TEXT_ODDS = 1000
TEXT_SPREADS = 6
# Where nothing is calibrated: of the same order as those fitted on the catalogues we have.
USUAL_TEMPERATURES: Mapping[Metric, float] = {
    Metric.COSINE: 0.1,
    Metric.EUCLIDEAN: 0.05,
    Metric.KL: 0.03,
}


@dataclass(frozen=True, slots=True)
class FittedText:
    """A text's weight, and how far products have what it says: product id -> 0..1."""

    weight: float
    fits: Mapping[str, float]


def looks_weight(terms: Sequence[Term]) -> float:
    """How much the looks count: the weight of the photo or product that counts most."""
    return max((abs(term.weight) for term in terms if term.text is None), default=1.0)


def text_unit(calibration: Calibration | None, metric: Metric, weight: float) -> float:
    """What a text of weight 1 adds to a product that has it whole; `weight` is that of the looks.

    On the scale of the scores by looks.
    """
    temperature = USUAL_TEMPERATURES[metric] if calibration is None else calibration.temperature
    return temperature * math.log(TEXT_ODDS) / max(weight, 1e-3)


def fitted_texts(
    texts: Sequence[Term], product_ids: Sequence[str], matcher: TextMatcher
) -> list[FittedText]:
    """How far each of the products has each of the texts. Raises ModelError."""
    return [
        FittedText(
            term.weight,
            # What is only near in meaning to an unwanted text may be just what is wanted.
            matcher.text_fits(term.text or "", product_ids, in_meaning=term.weight > 0),
        )
        for term in texts
    ]


def unit_of_spread(scores: FloatArray, weight: float) -> float:
    """The same where the looks are a text's: no calibration says what a lead in them is worth.

    `scores`, float32 (m,), are those of some of the catalogue's photos. A product that has the
    words, such as its name, comes before nearly all that only look so.
    """
    return TEXT_SPREADS * float(scores.std()) / max(weight, 1e-3) if len(scores) else 0.0


def with_texts(
    products: Sequence[ScoredProduct], texts: Sequence[FittedText], unit: float
) -> tuple[ScoredProduct, ...]:
    """The products with the texts' share added to their scores by looks, best first."""
    return best_first(
        [
            replace(
                scored,
                score=scored.score + (share := unit * _fit(scored, texts)),
                parts={**scored.parts, "visual": scored.score, "text": share},
            )
            for scored in products
        ]
    )


def weighed(
    products: Sequence[ScoredProduct], texts: Sequence[FittedText]
) -> tuple[ScoredProduct, ...]:
    """Products found by words alone, by what they have of each text; those that lose are left out.

    Where no text is asked for every product has a whole point, of which unwanted texts take.
    Equals stay in the order of the scores they came with.
    """
    start = 0.0 if any(text.weight > 0 for text in texts) else 1.0
    ordered = sorted(products, key=lambda scored: -scored.score)
    scores = [
        replace(scored, score=(score := start + _fit(scored, texts)), parts={"text": score})
        for scored in ordered
    ]
    return tuple(sorted((one for one in scores if one.score > 1e-6), key=lambda one: -one.score))


def _fit(scored: ScoredProduct, texts: Sequence[FittedText]) -> float:
    return sum(text.weight * text.fits.get(scored.product.id, 0.0) for text in texts)


def best_first(scored: Sequence[ScoredProduct]) -> tuple[ScoredProduct, ...]:
    """The products by their scores; equals by their ids, so that an order can be repeated."""
    return tuple(sorted(scored, key=lambda item: (-item.score, item.product.id)))

"""What each term of a query adds to a hit's score.

Photos and products share the likeness in looks as their vectors share in it: the query's vector
is their weighted sum, so that a cosine falls into one part for each. Texts share what they add
together. The metrics that are no sums are shared out as the cosine is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from goodsight.core.composing import FittedText, fitted_texts
from goodsight.core.term_ports import TextMatcher
from goodsight.core.types import FloatArray, Hit, Term

__all__ = ["TermKind", "TermShare", "term_shares"]


class TermKind(StrEnum):
    """What a term of a query is."""

    PHOTO = "photo"
    PRODUCT = "product"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class TermShare:
    """One term and what it adds to the score; `name` is its text, its product or its photo."""

    kind: TermKind
    name: str
    weight: float
    share: float


def term_shares(
    terms: Sequence[Term],
    hit: Hit,
    looks: Sequence[FloatArray],
    target: FloatArray,
    matcher: TextMatcher,
) -> tuple[TermShare, ...]:
    """A share for each term, in their order; with colours and printed words they sum to the score.

    `looks` are the unit vectors (d,) of the terms that have looks, in their order; `target` (d,)
    is what a query's vector is multiplied with to give the hit's likeness. Raises ModelError.
    """
    parts = hit.explanation
    text = parts.get("text", 0.0)
    visual = parts.get("visual", hit.score - text)
    vectors = iter(looks)
    fits = iter(fitted_texts([t for t in terms if t.text is not None], [hit.product.id], matcher))
    raw = [
        _fit(next(fits), hit)
        if term.text is not None
        else term.weight * float(next(vectors) @ target)
        for term in terms
    ]
    is_text = [term.text is not None for term in terms]
    scale = {
        kind: _scale([value for value, one in zip(raw, is_text, strict=True) if one == kind], whole)
        for kind, whole in ((True, text), (False, visual))
    }
    return tuple(
        TermShare(_kind(term), _name(term), term.weight, value * scale[kind])
        for term, value, kind in zip(terms, raw, is_text, strict=True)
    )


def _fit(text: FittedText, hit: Hit) -> float:
    fits: Mapping[str, float] = text.fits
    return text.weight * fits.get(hit.product.id, 0.0)


def _scale(values: Sequence[float], whole: float) -> float:
    """What brings the sum of the values to the whole."""
    total = sum(values)
    return whole / total if abs(total) > 1e-9 else 0.0


def _kind(term: Term) -> TermKind:
    if term.text is not None:
        return TermKind.TEXT
    return TermKind.PHOTO if term.photo is not None else TermKind.PRODUCT


def _name(term: Term) -> str:
    if term.photo is not None:
        return term.photo.reference
    return term.text if term.text is not None else term.product_id or ""

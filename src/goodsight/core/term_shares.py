"""What each term of a query adds to a hit's score.

Photos and products share the likeness in looks as their vectors share in it: the query's vector
is their weighted sum, so that a cosine falls into one part for each. Texts share what they add
together; where the model sees texts they have part in the looks as well. The metrics that are no
sums are shared out as the cosine is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from goodsight.core.composing import FittedText, fitted_texts
from goodsight.core.query_vectors import SeenTerms
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
    terms: Sequence[Term], hit: Hit, seen: SeenTerms, target: FloatArray, matcher: TextMatcher
) -> tuple[TermShare, ...]:
    """A share for each term, in their order; with colours and printed words they sum to the score.

    `seen` are the terms that have a vector; `target` (d,) is what a query's vector is multiplied
    with to give the hit's likeness. Raises ModelError.
    """
    words = hit.explanation.get("text", 0.0)
    looks = hit.explanation.get("visual", hit.score - words)
    texts = [term for term in terms if term.text is not None]
    fits = [_fit(text, hit) for text in fitted_texts(texts, [hit.product.id], matcher)]
    likenesses = [
        weight * float(vector @ target)
        for weight, vector in zip(seen.weights, seen.vectors, strict=True)
    ]
    shares = dict.fromkeys(range(len(terms)), 0.0)
    for among, values, whole in ((texts, fits, words), (seen.terms, likenesses, looks)):
        places = [place for place, term in enumerate(terms) if any(term is one for one in among)]
        for place, value in zip(places, values, strict=True):
            shares[place] += value * _scale(values, whole)
    return tuple(
        TermShare(_kind(term), _name(term), term.weight, shares[place])
        for place, term in enumerate(terms)
    )


def _fit(text: FittedText, hit: Hit) -> float:
    return text.weight * text.fits.get(hit.product.id, 0.0)


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

"""How money, stock, scores and categories are put into words, the same everywhere."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePath

from goodsight.core.term_shares import TermKind, TermShare
from goodsight.core.types import Product

__all__ = [
    "categories",
    "confidence_words",
    "decimal_text",
    "money",
    "photo_name",
    "score_text",
    "share_words",
    "stock_text",
    "term_words",
]

# The least probability for each wording; the web page says the same.
CONFIDENCE_WORDS = (
    (0.85, "almost certainly this"),
    (0.6, "very likely this"),
    (0.35, "possibly this"),
    (0.0, "unlikely"),
)
SHARE_WORDS = {
    "best": "Likeness of its best photo",
    "mean": "Likeness of the product as a whole",
    "visual": "Shape and looks",
    "colour": "Colour",
    "text": "Words searched for",
    "pattern": "Pattern",
    "words": "Printed words",
}


def decimal_text(value: Decimal | None) -> str | None:
    """Plain digits, never an exponent: "1299.00"."""
    return None if value is None else f"{value:f}"


def money(product: Product) -> str:
    """A price as a person reads it: "1,299.00 USD"; a dash where there is none.

    Whole amounts get two decimals, finer ones keep theirs.
    """
    if product.price is None:
        return "–"
    exponent = product.price.as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{product.price:,.{decimals}f} {product.currency or ''}".strip()


def stock_text(product: Product) -> str:
    """The number in stock, "sold out", or a dash where the feed says nothing."""
    if product.stock is None:
        return "–"
    return f"{product.stock:,}" if product.stock > 0 else "sold out"


def categories(product: Product) -> str:
    """The first category path, its levels joined."""
    return " / ".join(product.categories[0]) if product.categories else ""


def score_text(score: float) -> str:
    """A score with three decimals."""
    return f"{score:.3f}"


def confidence_words(confidence: float) -> str:
    """A calibrated probability in words, with its number: "very likely this (70%)"."""
    words = next(words for least, words in CONFIDENCE_WORDS if confidence >= least)
    return f"{words} ({confidence:.0%})"


def share_words(name: str) -> str:
    """What a kind of likeness is called."""
    return SHARE_WORDS.get(name, name.replace("_", " ").capitalize())


def term_words(term: TermShare) -> str:
    """What a term of a query is called: "Photo dress.jpg", "Unlike product MH01 (2 ×)"."""
    name = f"“{term.name}”" if term.kind is TermKind.TEXT else photo_name(term.name)
    kind = {TermKind.PHOTO: "photo ", TermKind.PRODUCT: "product ", TermKind.TEXT: "words "}
    sign = "unlike " if term.weight < 0 else ""
    weight = "" if abs(term.weight) == 1 else f" ({abs(term.weight):g} ×)"
    words = f"{sign}{kind[term.kind]}{name}{weight}"
    return words[:1].upper() + words[1:]


def photo_name(reference: str) -> str:
    """The file's name, without the folders that are the same for all."""
    return PurePath(reference).name if "://" not in reference else reference

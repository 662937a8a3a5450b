"""How money, stock, scores and categories are put into words, the same everywhere."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePath

from goodsight.core.types import Product

__all__ = ["categories", "decimal_text", "money", "photo_name", "score_text", "stock_text"]


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


def photo_name(reference: str) -> str:
    """The file's name, without the folders that are the same for all."""
    return PurePath(reference).name if "://" not in reference else reference

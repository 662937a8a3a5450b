"""Facets: what a filter may narrow by, and how the filter looks without one of its names."""

from __future__ import annotations

from decimal import Decimal

from goodsight.core.filters import And, Filter, Not, Or, fold

__all__ = ["PRICE_BUCKETS", "bucket_name", "nice_number", "without_name"]

PRICE_BUCKETS = 5


def without_name(tree: Filter | None, name: str) -> Filter | None:
    """The filter without its conditions on `name`, as far as they stand alone.

    Alone are the tree itself and the terms of an outermost `and`: taking those away leaves
    the rest meaning what it meant.
    """
    if tree is None or _only_about(tree, name):
        return None
    if not isinstance(tree, And):
        return tree
    kept = tuple(term for term in tree.terms if not _only_about(term, name))
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else And(kept)


def _only_about(tree: Filter, name: str) -> bool:
    match tree:
        case And(terms) | Or(terms):
            return all(_only_about(term, name) for term in terms)
        case Not(term):
            return _only_about(term, name)
        case _:
            return fold(tree.name) == fold(name)


def nice_number(value: Decimal) -> Decimal:
    """The nearest number with one or two digits a person would choose: 1, 2, 2.5, 5, 10 …"""
    if value <= 0:
        return Decimal(0)
    scale = Decimal(10) ** value.adjusted()
    choices = [
        Decimal(step) * scale for step in ("1", "1.5", "2", "2.5", "3", "4", "5", "7.5", "10")
    ]
    return min(choices, key=lambda choice: abs(choice - value))


def bucket_name(low: Decimal | None, high: Decimal | None) -> str:
    """A price range as `25-50`; an open end is empty: `-25`, `100-`. `low` is included."""
    return f"{'' if low is None else f'{low:f}'}-{'' if high is None else f'{high:f}'}"

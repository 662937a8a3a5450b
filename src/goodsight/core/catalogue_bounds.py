"""Whether a filter stays within what a catalogue has: its names, its values, its prices."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from goodsight.core.colour_names import SEEN_COLOUR
from goodsight.core.filters import (
    COLUMNS,
    TRUE_WORDS,
    And,
    Comparison,
    Filter,
    Flag,
    Membership,
    Not,
    Operator,
    Or,
    Value,
    fold,
    parse_number,
)
from goodsight.core.vocabulary import Counts, Vocabulary

__all__ = ["denies", "knows", "leaves"]

FALSE_WORDS = frozenset({"false", "no", "0"})
Leaf = Comparison | Membership | Flag


def leaves(tree: Filter) -> Iterator[Leaf]:
    """The conditions of a filter, whatever binds them."""
    match tree:
        case And(terms) | Or(terms):
            for term in terms:
                yield from leaves(term)
        case Not(term):
            yield from leaves(term)
        case _:
            yield tree


def denies(tree: Filter) -> bool:
    """Whether any part of a filter leaves something out."""
    match tree:
        case And(terms) | Or(terms):
            return any(denies(term) for term in terms)
        case Not():
            return True
        case Comparison(_, operator, _):
            return operator is Operator.UNEQUAL
        case _:
            return False


def knows(vocabulary: Vocabulary, leaf: Leaf) -> bool:
    """Whether a condition is about a name and a value, or a price, that the catalogue has.

    Titles and other texts of products are not in a vocabulary: conditions on them are unknown.
    """
    match leaf:
        case Flag("in_stock") | Comparison("in_stock" | "stock"):
            return vocabulary.has_stock
        case Flag(name):
            return any(value in TRUE_WORDS for value in _values(vocabulary, name))
        case Membership(name, values):
            return all(knows(vocabulary, Comparison(name, Operator.EQUAL, v)) for v in values)
        case Comparison("price", _, value):
            return _is_a_price(vocabulary, value)
        case Comparison(name, Operator.EQUAL | Operator.UNEQUAL, value):
            return any(_equal(present, value) for present in _values(vocabulary, name))
        case Comparison(name, _, _):
            return any(parse_number(value) is not None for value in _values(vocabulary, name))


def _is_a_price(vocabulary: Vocabulary, value: Value) -> bool:
    least, greatest = vocabulary.least_price, vocabulary.greatest_price
    number = parse_number(value) if isinstance(value, str) else value
    if least is None or greatest is None or isinstance(number, bool) or number is None:
        return False
    return least <= number <= greatest


def _values(vocabulary: Vocabulary, name: str) -> Counts:
    if name == "category":
        return vocabulary.categories
    if name == "brand":
        return vocabulary.brands
    if fold(name) == SEEN_COLOUR:
        return vocabulary.seen_colours
    return {} if name in COLUMNS else vocabulary.attributes.get(fold(name), {})


def _equal(present: str, value: Value) -> bool:
    if isinstance(value, bool):
        return present in (TRUE_WORDS if value else FALSE_WORDS)
    if isinstance(value, Decimal):
        return parse_number(present) == value
    return present == fold(value)

"""The filter language: its tree, and what the tree means.

    price < 50 and in_stock and category = 'Shoes' and color in ('red', 'blue')
    not brand = 'X' or "screen size" = '13 inch'

Meaning: a name is a column of the product (`COLUMNS`), else an attribute or a variant's
option. Text is compared without regard to case. A condition on something a product lacks is
false, so its `not` is true. `<` and its kin compare numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from goodsight.core.types import Product

__all__ = [
    "COLUMNS",
    "And",
    "Comparison",
    "Filter",
    "Flag",
    "Membership",
    "Not",
    "Operator",
    "Or",
    "category_terms",
    "fold",
    "fold_attributes",
    "matches",
    "parse_number",
]

NUMBER_COLUMNS = ("price", "stock")
TEXT_COLUMNS = ("id", "title", "description", "currency", "brand", "url", "source")
FLAG_COLUMNS = ("in_stock",)
COLUMNS = (*NUMBER_COLUMNS, *TEXT_COLUMNS, *FLAG_COLUMNS, "category")

Value = Decimal | str | bool


class Operator(StrEnum):
    """How a condition compares."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


@dataclass(frozen=True, slots=True)
class Comparison:
    """`name operator value`. UNEQUAL is true where the name exists and no value equals."""

    name: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Membership:
    """`name in (values)`."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A bare name: `in_stock`, or an attribute whose value is yes, true or 1."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """True where the term is not."""

    term: Filter


@dataclass(frozen=True, slots=True)
class And:
    """True where all terms are."""

    terms: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where any term is."""

    terms: tuple[Filter, ...]


Filter = Comparison | Membership | Flag | Not | And | Or

MAX_NUMBER_LENGTH = 100
TRUE_WORDS = frozenset({"true", "yes", "1"})


def parse_number(text: str) -> Decimal | None:
    """The finite plain number a text is, else None. Longer ones than any price are none."""
    stripped = text.strip()
    if len(stripped) > MAX_NUMBER_LENGTH or not re.fullmatch(
        r"[+-]?(\d+(\.\d*)?|\.\d+)", stripped, re.ASCII
    ):
        return None
    return Decimal(stripped)


def fold(text: str) -> str:
    """The form in which text is compared: without case and outer spaces."""
    return text.strip().casefold()


def category_terms(product: Product) -> frozenset[str]:
    """Everything `category = …` matches: each run of levels of each path, folded."""
    terms = set()
    for path in product.categories:
        levels = [fold(level) for level in path]
        for start in range(len(levels)):
            for end in range(start + 1, len(levels) + 1):
                terms.add("/".join(levels[start:end]))
    return frozenset(terms)


def fold_attributes(product: Product) -> dict[str, list[str]]:
    """Folded attribute and option names to the sorted, folded values of product and variants."""
    merged: dict[str, set[str]] = {}
    for attributes in (product.attributes, *(variant.options for variant in product.variants)):
        for name, values in attributes.items():
            merged.setdefault(fold(name), set()).update(fold(value) for value in values)
    return {name: sorted(values) for name, values in sorted(merged.items())}


def matches(tree: Filter, product: Product) -> bool:
    """Whether the product passes. The reference for every store's own translation."""
    match tree:
        case And(terms):
            return all(matches(term, product) for term in terms)
        case Or(terms):
            return any(matches(term, product) for term in terms)
        case Not(term):
            return not matches(term, product)
        case Flag("in_stock"):
            return product.in_stock is True
        case Flag(name):
            return any(value in TRUE_WORDS for value in _values(name, product))
        case Membership(name, values):
            return any(matches(Comparison(name, Operator.EQUAL, v), product) for v in values)
        case Comparison(name, operator, value):
            if name in NUMBER_COLUMNS:
                value = _number(value)
            return _compare(_values(name, product), operator, value)


def _values(name: str, product: Product) -> list[str]:
    if name == "category":
        return sorted(category_terms(product))
    if name == "in_stock":
        return [] if product.in_stock is None else [str(product.in_stock).lower()]
    if name in NUMBER_COLUMNS or name in TEXT_COLUMNS:
        value = getattr(product, name)
        if value is None or value == "":
            return []
        return [f"{value:f}" if isinstance(value, Decimal) else fold(str(value))]
    return fold_attributes(product).get(fold(name), [])


def _number(value: Value) -> Decimal | str:
    """A value as a number; what is none becomes a text that equals no number."""
    number = parse_number(value) if isinstance(value, str) else value
    return number if isinstance(number, Decimal) else ""


def _compare(present: Iterable[str], operator: Operator, value: Value) -> bool:
    present = list(present)
    if operator is Operator.EQUAL:
        return any(_equal(item, value) for item in present)
    if operator is Operator.UNEQUAL:
        return bool(present) and not any(_equal(item, value) for item in present)
    bound = parse_number(value) if isinstance(value, str) else Decimal(value)
    numbers = [number for item in present if (number := parse_number(item)) is not None]
    if bound is None:
        return False
    return any(_ordered(number, operator, bound) for number in numbers)


def _equal(item: str, value: Value) -> bool:
    if isinstance(value, bool):
        return item in TRUE_WORDS if value else item in {"false", "no", "0"}
    if isinstance(value, Decimal):
        return parse_number(item) == value
    return item == fold(value)


def _ordered(number: Decimal, operator: Operator, bound: Decimal) -> bool:
    match operator:
        case Operator.LESS:
            return number < bound
        case Operator.LESS_OR_EQUAL:
            return number <= bound
        case Operator.GREATER:
            return number > bound
        case _:
            return number >= bound

"""The filter tree -> a condition on `products p`, with every value a bound parameter.

The meaning is that of `goodsight.core.filters.matches`. Its two truth values are kept
although SQL has three: an unknown condition counts as false where it stands, and each
negation is spelt IS NOT TRUE.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from psycopg import sql

from goodsight.core.colour_names import SEEN_COLOUR
from goodsight.core.filters import (
    COLUMNS,
    NUMBER_COLUMNS,
    TRUE_WORDS,
    And,
    Comparison,
    Filter,
    Flag,
    Membership,
    Not,
    Operator,
    Or,
    fold,
    matches,
    parse_number,
)
from goodsight.core.types import Product
from goodsight.stores.postgres.facts import attribute_name, comparable_text, number_literal
from goodsight.stores.postgres.seen_colours import HAS_COLOURS, SHOWS_COLOURS, colour_keys

__all__ = ["Condition", "condition_of"]

Value = Decimal | str | bool
FALSE_WORDS = frozenset({"false", "no", "0"})

_SYMBOLS = {
    Operator.EQUAL: sql.SQL("="),
    Operator.UNEQUAL: sql.SQL("<>"),
    Operator.LESS: sql.SQL("<"),
    Operator.LESS_OR_EQUAL: sql.SQL("<="),
    Operator.GREATER: sql.SQL(">"),
    Operator.GREATER_OR_EQUAL: sql.SQL(">="),
}
_NEVER = sql.SQL("FALSE")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL and the values of its parameters, by name."""

    text: sql.Composable
    values: dict[str, object]


def condition_of(tree: Filter | None) -> Condition:
    """Translate a filter; no filter is true of every product."""
    if tree is None:
        return Condition(sql.SQL("TRUE"), {})
    translation = _Translation()
    return Condition(translation.of(tree), translation.values)


@dataclass(slots=True)
class _Translation:
    values: dict[str, object] = field(default_factory=dict)

    def of(self, tree: Filter) -> sql.Composable:
        match tree:
            case And(terms):
                return self._joined(" AND ", terms)
            case Or(terms):
                return self._joined(" OR ", terms)
            case Not(term):
                return sql.SQL("({} IS NOT TRUE)").format(self.of(term))
            case _ if tree.name == "in_stock":
                return _in_stock(tree)
            case _ if fold(tree.name) == SEEN_COLOUR:
                return self._seen_colour(tree)
            case Flag(name):
                return self._any_equal(name, [True])
            case Membership(name, values):
                return self._any_equal(name, values)
            case _:
                return self._comparison(tree)

    def _comparison(self, tree: Comparison) -> sql.Composable:
        name, operator, value = tree.name, tree.operator, tree.value
        if operator is Operator.EQUAL:
            return self._any_equal(name, [value])
        if name in NUMBER_COLUMNS:
            return self._number_column(name, operator, value)
        if operator is Operator.UNEQUAL:
            exists = sql.SQL("jsonb_exists(p.facts, {})").format(self._bind(_key(name)))
            equal = self._any_equal(name, [value])
            return sql.SQL("({} AND NOT {})").format(exists, equal)
        return self._ordered(name, operator, value)

    def _joined(self, word: str, terms: Iterable[Filter]) -> sql.Composable:
        parts = [self.of(term) for term in terms]
        return sql.SQL("({})").format(sql.SQL(word).join(parts))

    def _any_equal(self, name: str, values: Iterable[Value]) -> sql.Composable:
        if name in NUMBER_COLUMNS:
            numbers = [number for value in values if (number := _number(value)) is not None]
            if not numbers:
                return _NEVER
            column = sql.Identifier("p", name)
            return sql.SQL("{} = ANY({}::numeric[])").format(column, self._bind(numbers))
        literals = sorted({literal for value in values for literal in _literals(value)})
        return self._has_value(name, " || ".join(f"@ == {literal}" for literal in literals))

    def _seen_colour(self, tree: Comparison | Membership | Flag) -> sql.Composable:
        """Whether a photo shows one of the colours; in order there are none."""
        match tree:
            case Membership(_, values):
                return self._shows(values)
            case Comparison(_, Operator.EQUAL, value):
                return self._shows([value])
            case Comparison(_, Operator.UNEQUAL, value):
                return sql.SQL("({} AND NOT {})").format(HAS_COLOURS.format(), self._shows([value]))
            case _:
                return _NEVER

    def _shows(self, values: Iterable[Value]) -> sql.Composable:
        return SHOWS_COLOURS.format(self._bind(colour_keys(values)))

    def _number_column(self, name: str, operator: Operator, value: Value) -> sql.Composable:
        number, column = _number(value), sql.Identifier("p", name)
        if number is not None:
            return sql.SQL("{} {} {}").format(column, _SYMBOLS[operator], self._bind(number))
        return sql.SQL("{} IS NOT NULL").format(column) if operator is Operator.UNEQUAL else _NEVER

    def _ordered(self, name: str, operator: Operator, value: Value) -> sql.Composable:
        bound = parse_number(value) if isinstance(value, str) else Decimal(value)
        if bound is None:
            return _NEVER
        return self._has_value(name, f"@ {operator} {number_literal(bound)}")

    def _has_value(self, name: str, predicate: str) -> sql.Composable:
        """True where a value of the name passes. A text compared with a number does not.

        The path is a parameter itself, its names and texts are quoted as JSON.
        """
        path = f"$.{json.dumps(_key(name))}[*] ? ({predicate})"
        return sql.SQL("p.facts @? {}::jsonpath").format(self._bind(path))

    def _bind(self, value: object) -> sql.Placeholder:
        name = f"where_{len(self.values)}"
        self.values[name] = value
        return sql.Placeholder(name)


def _key(name: str) -> str:
    return name if name in COLUMNS else attribute_name(fold(name))


def _number(value: Value) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    return parse_number(value) if isinstance(value, str) else None


def _literals(value: Value) -> list[str]:
    """What a value equals, in the JSON path language."""
    if isinstance(value, bool):
        return [json.dumps(word) for word in (TRUE_WORDS if value else FALSE_WORDS)]
    if isinstance(value, Decimal):
        return [number_literal(value)]
    return [json.dumps(comparable_text(fold(value)))]


def _in_stock(tree: Filter) -> sql.Composable:
    """Any condition on `in_stock` comes to one of eight: ask the core which, case by case."""
    cases = {
        "p.stock > 0": Product(id="", title="", own_stock=1),
        "p.stock <= 0": Product(id="", title="", own_stock=0),
        "p.stock IS NULL": Product(id="", title=""),
    }
    passing = [sql.SQL(case) for case, product in cases.items() if matches(tree, product)]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(passing)) if passing else _NEVER

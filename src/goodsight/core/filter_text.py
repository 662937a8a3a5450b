"""A filter's tree -> its text, and the words in which a person reads it."""

from __future__ import annotations

import re
from decimal import Decimal

from goodsight.core.filters import And, Comparison, Filter, Flag, Membership, Not, Or, Value

__all__ = ["filter_label", "filter_text", "sayable"]

_BARE_NAME = re.compile(r"[^\W\d]\w*")
_KEYWORDS = frozenset({"and", "or", "not", "in", "true", "false"})


def sayable(name: str) -> bool:
    """Whether the language can write the name: it knows no double quote inside one."""
    return name != "" and '"' not in name


def filter_text(tree: Filter) -> str:
    """The text that `parse_filter` reads as this tree, in brackets where an `or` is outermost."""
    match tree:
        case And(terms):
            return " and ".join(filter_text(term) for term in terms)
        case Or(terms):
            return f"({' or '.join(filter_text(term) for term in terms)})"
        case Not(term):
            inner = filter_text(term)
            return f"not ({inner})" if isinstance(term, And) else f"not {inner}"
        case Flag(name):
            return _name(name)
        case Membership(name, values):
            return f"{_name(name)} in ({', '.join(_value(value) for value in values)})"
        case Comparison(name, operator, value):
            return f"{_name(name)} {operator} {_value(value)}"


def filter_label(tree: Filter) -> str:
    """The tree for people: `color = red or blue`, `not material = leather`, `shoes`."""
    match tree:
        case And(terms):
            return " and ".join(filter_label(term) for term in terms)
        case Or(terms):
            return " or ".join(filter_label(term) for term in terms)
        case Not(term):
            return f"not {filter_label(term)}"
        case Flag(name):
            return name.replace("_", " ")
        case Membership(name, values):
            said = " or ".join(_plain(value) for value in values)
            return said if name == "category" else f"{name} = {said}"
        case Comparison("category", _, value):
            return _plain(value)
        case Comparison(name, operator, value):
            return f"{name} {operator} {_plain(value)}"


def _name(name: str) -> str:
    bare = _BARE_NAME.fullmatch(name) and name.lower() not in _KEYWORDS
    return name if bare else f'"{name}"'


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else "'" + value.replace("'", "''") + "'"


def _plain(value: Value) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)

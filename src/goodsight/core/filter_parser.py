"""The filter language: text -> a small tree.

Grammar, loosest binding first (keywords in any case)::

    filter     := conjunct ("or" conjunct)*
    conjunct   := negation ("and" negation)*
    negation   := "not" negation | "(" filter ")" | condition
    condition  := name [ operator value | ["not"] "in" "(" value ("," value)* ")" ]
    operator   := "=" | "!=" | "<>" | "<" | "<=" | ">" | ">="
    value      := number | 'text' | "true" | "false"       ('' is a quote inside text)
    name       := letters, digits and _ , or anything in double quotes
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, NoReturn

from goodsight.core.errors import FilterError
from goodsight.core.filters import (
    COLUMNS,
    FLAG_COLUMNS,
    NUMBER_COLUMNS,
    And,
    Comparison,
    Filter,
    Flag,
    Membership,
    Not,
    Operator,
    Or,
    Value,
    parse_number,
)

__all__ = ["parse_filter"]

MAX_DEPTH = 50


def parse_filter(text: str) -> Filter:
    """Read a filter. Raises FilterError with the place where reading stopped."""
    parser = _Parser(text)
    tree = parser.disjunction(0)
    parser.expect_end()
    return tree


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?![\w.]))
      | '(?P<text>(?:[^']|'')*)'
      | "(?P<quoted>[^"]+)"
      | (?P<word>[^\W\d]\w*)
      | (?P<symbol><=|>=|!=|<>|[=<>(),])
    )""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "true", "false"})


class _Parser:
    """Recursive descent over the tokens; depth is bounded so that no input exhausts the stack."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokenize())
        self.index = 0

    def _tokenize(self) -> Iterator[_Token]:
        position = 0
        end = len(self.text.rstrip())
        while position < end:
            found = _TOKEN.match(self.text, position)
            if found is None:
                start = position + len(self.text[position:]) - len(self.text[position:].lstrip())
                self._fail("cannot read this", start)
            kind = str(found.lastgroup)
            text = found[kind]
            start = found.start(kind) - (kind in ("text", "quoted"))
            if kind == "word" and text.lower() in _KEYWORDS:
                kind, text = "keyword", text.lower()
            yield _Token(kind, text, start)
            position = found.end()
        yield _Token("end", "", len(self.text))

    def disjunction(self, depth: int) -> Filter:
        terms = [self.conjunction(depth)]
        while self._accept("keyword", "or"):
            terms.append(self.conjunction(depth))
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def conjunction(self, depth: int) -> Filter:
        terms = [self.negation(depth)]
        while self._accept("keyword", "and"):
            terms.append(self.negation(depth))
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def negation(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            self._fail(f"nested deeper than {MAX_DEPTH}", self._peek().position)
        if self._accept("keyword", "not"):
            return Not(self.negation(depth + 1))
        if self._accept("symbol", "("):
            tree = self.disjunction(depth + 1)
            self._expect(")")
            return tree
        return self.condition()

    def condition(self) -> Filter:
        token = self._peek()
        if token.kind not in ("word", "quoted"):
            self._fail("expected the name of a column or attribute", token.position)
        self.index += 1
        name = token.text.lower() if token.text.lower() in COLUMNS else token.text
        if self._accept("keyword", "in"):
            return self._membership(name)
        if self._peek()[:2] == ("keyword", "not"):
            self.index += 1
            if not self._accept("keyword", "in"):
                self._fail("expected 'in' after 'not'", self._peek().position)
            return Not(self._membership(name))
        symbol = self._peek()
        if symbol.kind == "symbol" and symbol.text not in "(),":
            self.index += 1
            operator = Operator("!=" if symbol.text == "<>" else symbol.text)
            value = self._value()
            self._check_number(name, operator, value, symbol)
            return Comparison(name, operator, value)
        if name in COLUMNS and name not in FLAG_COLUMNS:
            self._fail(f"expected a comparison after '{name}'", symbol.position)
        return Flag(name)

    def expect_end(self) -> None:
        token = self._peek()
        if token.kind != "end":
            self._fail("expected 'and', 'or' or the end", token.position)

    def _membership(self, name: str) -> Membership:
        start = self.tokens[self.index - 1]
        self._expect("(")
        values = [self._value()]
        while self._accept("symbol", ","):
            values.append(self._value())
        self._expect(")")
        for value in values:
            self._check_number(name, Operator.EQUAL, value, start)
        return Membership(name, tuple(values))

    def _value(self) -> Value:
        token = self._peek()
        self.index += 1
        if token.kind == "number":
            return Decimal(token.text)
        if token.kind == "text":
            return token.text.replace("''", "'")
        if token.kind != "keyword" or token.text not in ("true", "false"):
            self._fail("expected a number, 'text', true or false", token.position)
        return token.text == "true"

    def _check_number(self, name: str, operator: Operator, value: Value, at: _Token) -> None:
        ordering = operator not in (Operator.EQUAL, Operator.UNEQUAL)
        number = not isinstance(value, bool) and (
            isinstance(value, Decimal) or parse_number(value) is not None
        )
        if (ordering or name in NUMBER_COLUMNS) and not number:
            self._fail(f"'{name} {operator}' compares numbers", at.position)

    def _peek(self) -> _Token:
        return self.tokens[self.index]

    def _accept(self, kind: str, text: str) -> bool:
        if self._peek()[:2] == (kind, text):
            self.index += 1
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._accept("symbol", symbol):
            self._fail(f"expected '{symbol}'", self._peek().position)

    def _fail(self, message: str, position: int) -> NoReturn:
        raise FilterError(message, text=self.text, position=position)

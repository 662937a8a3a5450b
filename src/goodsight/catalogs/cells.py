"""Cells -> values. What cannot be read is a RowError that names the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TypeVar

from goodsight.catalogs.amounts import (
    AmbiguousAmount,
    AmountError,
    Money,
    decimal_mark,
    parse_price,
    parse_stock,
)
from goodsight.catalogs.currencies import currency_of_sign
from goodsight.catalogs.feeds import Feed
from goodsight.catalogs.html_text import html_to_line
from goodsight.catalogs.rows import Row, RowError, several
from goodsight.catalogs.special_prices import DateError, day
from goodsight.core.types import Skip

__all__ = [
    "CategoryPath",
    "Numbers",
    "amount_of",
    "attribute_values",
    "lowest",
    "read_currency",
    "read_date",
    "search_decimal_mark",
    "separate_skips",
    "web_address",
]

CategoryPath = tuple[str, ...]
Number = TypeVar("Number", Money, int)

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


class Numbers:
    """Reads the prices and stock of one feed.

    `find_mark` is asked for the feed's decimal mark, once, when a number needs it.
    """

    def __init__(self, find_mark: Callable[[], str | None]) -> None:
        self._find_mark = find_mark
        self._mark: str | None = None
        self._asked = False

    def price(self, row: Row, column: str, *, hint: str | None = None) -> Money | None:
        """The price in a cell, None where it is empty; `hint` as in `parse_price`."""
        cell = row.cells.get(column)
        if cell is None:
            return None
        text = html_to_line(cell)
        return self._read(row, column, lambda mark: parse_price(text, mark=mark, hint=hint))

    def stock(self, row: Row, column: str) -> int | None:
        """The pieces in a cell, None where it is empty."""
        text = row.cells.get(column)
        if text is None:
            return None
        return self._read(row, column, lambda mark: parse_stock(text, mark=mark))

    def _read(self, row: Row, column: str, parse: Callable[[str | None], Number]) -> Number:
        try:
            try:
                return parse("." if column in row.numbers else self._mark)
            except AmbiguousAmount:
                if self._asked:
                    raise
                self._asked, self._mark = True, self._find_mark()
                return parse(self._mark)
        except AmountError as error:
            raise RowError(str(error), column=column, value=row.cells[column]) from error


def search_decimal_mark(feed: Feed, price_columns: Iterable[str]) -> str | None:
    """The decimal mark that a feed's clear prices agree on; reads the feed once more."""
    columns = tuple(price_columns)
    found: set[str] = set()
    for row in feed.rows():
        for column in columns:
            if column in row.cells and not (isinstance(row, Row) and column in row.numbers):
                mark = decimal_mark(row.cells[column])
                found |= {mark} if mark else set()
        if len(found) > 1:
            return None
    return found.pop() if found else None


def read_currency(row: Row, column: str, *, hint: str | None) -> str | None:
    """The ISO 4217 code in a cell, which may also be a sign; None where it is empty."""
    text = row.cells.get(column)
    if text is None:
        return None
    is_money, currency = currency_of_sign(text, hint=hint)
    if not is_money:
        raise RowError("not a currency such as EUR", column=column, value=text)
    return currency


def read_date(row: Row, column: str, text: str) -> date | None:
    """The day in a text that stands in `column` of the row."""
    try:
        return day(text)
    except DateError as error:
        raise RowError(str(error), column=column, value=row.cells.get(column)) from error


def web_address(text: str) -> str | None:
    """An address that is safe to link to: http(s), or relative to the shop; else None."""
    address = text.strip()
    if _SCHEME.match(address) and not _WEB.match(address):
        return None
    return address


def attribute_values(cell: str) -> tuple[str, ...]:
    """The values in a cell as clean text, each once, in the feed's order."""
    values = (html_to_line(value) for value in several(cell))
    return tuple(dict.fromkeys(value for value in values if value))


def separate_skips(found: Iterator[str | Skip]) -> tuple[tuple[str, ...], tuple[Skip, ...]]:
    """References without repeats, and what was refused."""
    references: dict[str, None] = {}
    skips: list[Skip] = []
    for item in found:
        if isinstance(item, Skip):
            skips.append(item)
        else:
            references[item] = None
    return tuple(references), tuple(skips)


def amount_of(money: Money | None) -> Decimal | None:
    """The bare amount, None for None."""
    return None if money is None else money.amount


def lowest(prices: Iterable[Decimal | None]) -> Decimal | None:
    """The lowest of the prices that are stated, None where none is."""
    return min((price for price in prices if price is not None), default=None)

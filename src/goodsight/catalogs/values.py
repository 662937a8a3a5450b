"""Values as JSON, Parquet and workbooks have them -> the cells of a row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from goodsight.catalogs.rows import ITEM_SEPARATOR, Row, clean

__all__ = ["WrittenNumber", "cell_of", "flatten_name", "is_number", "row_of"]


class WrittenNumber(str):
    """A number in the digits it was written in, so that 12.50 stays 12.50."""

    __slots__ = ()


def row_of(number: int, values: Mapping[str, object]) -> Row:
    """A row of named values.

    Text, numbers, dates and true/false become cells, lists of these cells with several
    values. The entries of a mapping become cells of their own (of `attributes` under their
    own names, else as `name.entry`). None, empty things, bytes and lists of mappings are left
    out.
    """
    cells: dict[str, str] = {}
    numbers: set[str] = set()
    for name, value in _flatten(values):
        cell = cell_of(value)
        if cell:
            cells.setdefault(name, cell)
            if is_number(value):
                numbers.add(name)
    return Row(number, cells, frozenset(numbers))


def cell_of(value: object) -> str:
    """The text of a single value, or of a list of them; "" for what says nothing."""
    if not isinstance(value, list | tuple):
        return _text_of(value)
    items = [text for item in value if (text := _text_of(item))]
    # The trailing separator marks a list even where it has one item.
    return ITEM_SEPARATOR.join([*items, ""]) if items else ""


def _text_of(value: object) -> str:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # A whole number that a format could keep only with a point: 4006381333931.0.
        text = str(int(value)) if value.is_integer() else repr(value)
        return text if math.isfinite(value) else ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value) if isinstance(value, int | Decimal | date) else ""


def is_number(value: object) -> bool:
    """Whether the source itself says that this is a number."""
    is_numeric = isinstance(value, int | float | Decimal | WrittenNumber)
    return is_numeric and not isinstance(value, bool)


def flatten_name(outer: str, inner: str) -> str:
    """The name of a cell that stands within another one."""
    return (
        clean(inner)
        if clean(outer).casefold() == "attributes"
        else f"{clean(outer)}.{clean(inner)}"
    )


def _flatten(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from ((flatten_name(name, inner), item) for inner, item in value.items())
        else:
            yield clean(name), value

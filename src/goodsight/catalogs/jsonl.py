"""JSON lines -> rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from goodsight.catalogs.lines import Line
from goodsight.catalogs.rows import ITEM_SEPARATOR, BadRow, Row, clean

__all__ = ["read_json_lines"]


def read_json_lines(lines: Iterable[Line]) -> Iterator[Row | BadRow]:
    """Yield one row per line; empty lines are left out.

    Text, numbers and true/false become cells, lists of these cells with several values. The
    entries of an object become cells of their own (of `attributes` under their own names,
    else as `object.name`). null, empty things and lists of objects are left out.
    """
    for line in lines:
        text = line.text.strip().lstrip("\ufeff")
        if not text:
            continue
        if line.problem:
            yield BadRow(line.number, line.problem)
            continue
        try:
            found = json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
        except (ValueError, RecursionError) as error:
            yield BadRow(line.number, f"not a JSON object: {error}")
            continue
        if isinstance(found, dict):
            yield _as_row(line.number, found)
        else:
            yield BadRow(line.number, "not a JSON object: a line holds one product as {…}")


class _Number(str):
    """A JSON number in its own digits, so that 12.50 stays 12.50."""

    __slots__ = ()


def _as_row(number: int, found: dict[str, object]) -> Row | BadRow:
    cells: dict[str, str] = {}
    numbers: set[str] = set()
    for name, value in _flatten(found):
        cell = _as_cell(value)
        if cell:
            cells.setdefault(name, cell)
            if isinstance(value, _Number):
                numbers.add(name)
    return Row(number, cells, frozenset(numbers))


def _flatten(found: dict[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in found.items():
        if isinstance(value, dict):
            prefix = "" if clean(name).casefold() == "attributes" else f"{clean(name)}."
            yield from ((prefix + clean(inner), item) for inner, item in value.items())
        else:
            yield clean(name), value


def _as_cell(value: object) -> str:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        items = [cell for item in value if not isinstance(item, list) and (cell := _as_cell(item))]
        # The trailing separator marks a list even where it has one item.
        return ITEM_SEPARATOR.join([*items, ""]) if items else ""
    return ""

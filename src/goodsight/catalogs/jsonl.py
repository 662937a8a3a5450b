"""JSON lines -> rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from goodsight.catalogs.lines import Line
from goodsight.catalogs.rows import BadRow, Row
from goodsight.catalogs.values import WrittenNumber, row_of

__all__ = ["read_json_lines"]


def read_json_lines(lines: Iterable[Line]) -> Iterator[Row | BadRow]:
    """Yield one row per line; empty lines are left out.

    What becomes of its values is told by `goodsight.catalogs.values.row_of`.
    """
    for line in lines:
        text = line.text.strip().lstrip("\ufeff")
        if not text:
            continue
        if line.problem:
            yield BadRow(line.number, line.problem)
            continue
        try:
            found = json.loads(
                text,
                parse_float=WrittenNumber,
                parse_int=WrittenNumber,
                parse_constant=WrittenNumber,
            )
        except (ValueError, RecursionError) as error:
            yield BadRow(line.number, f"not a JSON object: {error}")
            continue
        if isinstance(found, dict):
            yield row_of(line.number, found)
        else:
            yield BadRow(line.number, "not a JSON object: a line holds one product as {…}")

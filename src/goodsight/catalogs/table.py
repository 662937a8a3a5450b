"""Delimited text -> rows. Tolerates what shops' exports contain and reports what it cannot read.

A quote that is never closed would swallow the rest of the file, and one closed too early
would merge two products unseen. Rows are therefore read strictly; where that fails only the
first line of the row is given up, and reading starts again at the next line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeGuard

from goodsight.catalogs.lines import Line
from goodsight.catalogs.rows import BadRow, Row, clean, normal_name

__all__ = [
    "MAX_ROW_CHARACTERS",
    "MAX_ROW_LINES",
    "TableLayout",
    "read_table",
    "sniff_table",
    "unique_names",
]

MAX_ROW_CHARACTERS = 1 << 20
MAX_ROW_LINES = 2000
HEADER_SAMPLE_LINES = 50
# How much of a line that had to be given up is searched for the product's id.
LENIENT_CHARACTERS = 100_000

MISMATCH = "the quotes in this row do not match"

_DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableLayout:
    """How a delimited file is laid out.

    `columns` are the header's names without padding, a nameless one as "", a repeated one
    with a number (`image`, `image 2`). Data begins on line `first_row`.
    """

    delimiter: str
    columns: tuple[str, ...]
    first_row: int


def sniff_table(lines: Iterable[Line], known: Callable[[str], bool]) -> TableLayout | None:
    """Read the header under each delimiter and take the one that yields most known columns.

    `known` is asked for names in their normal form. Between equals the one with more columns
    wins. Excel's first line `sep=;` is obeyed. None where no header is found.
    """
    sample = [line for line in islice(lines, HEADER_SAMPLE_LINES) if not line.problem]
    while sample and not sample[0].text.strip():
        sample.pop(0)
    if not sample:
        return None
    declared = _SEPARATOR_LINE.fullmatch(sample[0].text.lstrip("\ufeff"))
    layouts = [
        layout
        for delimiter in ([declared[1]] if declared else _DELIMITERS)
        if (layout := _read_header(sample[1:] if declared else sample, delimiter)) is not None
    ]
    return max(layouts, key=lambda layout: _score(layout, known), default=None)


def read_table(lines: Iterable[Line], layout: TableLayout) -> Iterator[Row | BadRow]:
    """Yield the rows below the header, in order; rows without any content are left out.

    A row shorter than the header lacks its last cells (spreadsheets drop them); one with
    surplus content is bad, since its cells cannot be told apart.
    """
    pending: _Record | BadRow | None = None
    last_line = 0
    for record in _Records(lines, layout):
        if pending is not None:
            if _is_remainder(record, layout):
                last_line = record.last_line
                continue
            yield from _finish(pending, last_line, layout)
            pending = None
        if isinstance(record, BadRow) or record.is_doubtful:
            pending, last_line = record, 0
        else:
            yield from _finish(record, 0, layout)
    if pending is not None:
        yield from _finish(pending, last_line, layout)


def _read_header(sample: list[Line], delimiter: str) -> TableLayout | None:
    reader = csv.reader((line.text for line in sample), delimiter=delimiter, skipinitialspace=True)
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        return None
    first_row = sample[reader.line_num - 1].number + 1
    return TableLayout(delimiter, tuple(unique_names([clean(cell) for cell in cells])), first_row)


def unique_names(names: Iterable[str]) -> Iterator[str]:
    """The names of a header, a repeated one with a number."""
    seen: dict[str, int] = {}
    for name in names:
        count = seen[name] = seen.get(name, 0) + 1
        yield name if count == 1 or not name else f"{name} {count}"


def _score(layout: TableLayout, known: Callable[[str], bool]) -> tuple[int, int]:
    return sum(known(normal_name(name)) for name in layout.columns), len(layout.columns)


def _is_remainder(record: _Record | BadRow, layout: TableLayout) -> TypeGuard[_Record]:
    """Whether a record behind a broken row is but the rest of it."""
    return (
        isinstance(record, _Record)
        and not record.is_doubtful
        and len(record.cells) < len(layout.columns)
    )


def _finish(
    record: _Record | BadRow, last_line: int, layout: TableLayout
) -> Iterator[Row | BadRow]:
    """The row of a record; `last_line` is that of its remainder, 0 where it has none."""
    cells = record.cells if isinstance(record, BadRow) else _name(record.cells, layout)
    if last_line:
        reason = record.reason if isinstance(record, BadRow) else MISMATCH
        yield BadRow(record.number, f"lines {record.number} to {last_line}: {reason}", cells)
    elif isinstance(record, BadRow):
        yield record
    elif any(map(clean, record.cells[len(layout.columns) :])):
        reason = f"{len(record.cells)} cells where the header has {len(layout.columns)}"
        yield BadRow(record.number, reason, cells)
    elif cells:
        yield Row(record.number, cells)


def _name(cells: list[str], layout: TableLayout) -> dict[str, str]:
    pairs = zip(layout.columns, cells, strict=False)
    return {name: text for name, cell in pairs if name and cell and (text := clean(cell))}


@dataclass(frozen=True, slots=True)
class _Record:
    """The cells of a row; doubtful ones were read leniently and may not be all of it."""

    number: int
    last_line: int
    cells: list[str]
    is_doubtful: bool = False


class _Unreadable(Exception):
    """A signal out of `csv.reader`: the line it asked for cannot be given."""


class _LineFeed:
    """Feeds lines to `csv.reader`, remembering those of the current record to give them back."""

    def __init__(self, lines: Iterable[Line], delimiter: str) -> None:
        self._lines = iter(lines)
        self._returned: deque[Line] = deque()
        self._padding = re.compile(rf'"[ \t]+(?={re.escape(delimiter)}|[\r\n]|$)')
        self._characters = 0
        self.taken: list[Line] = []
        self.squeezes = False

    def begin(self) -> None:
        self.taken.clear()
        self._characters = 0

    def give_back(self, start: int) -> None:
        """Return the lines taken for this record, from index `start`, to be read again."""
        self._returned.extendleft(reversed(self.taken[start:]))
        del self.taken[start:]
        self._characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        if line.is_cut:
            raise _Unreadable(line.problem)
        self._characters += len(line.text)
        if self._characters > MAX_ROW_CHARACTERS or len(self.taken) > MAX_ROW_LINES:
            raise _Unreadable("a quoted cell that begins here does not end")
        return self._padding.sub('"', line.text) if self.squeezes else line.text


class _Records:
    """Records of a delimited file, and a BadRow for each line that had to be given up."""

    def __init__(self, lines: Iterable[Line], layout: TableLayout) -> None:
        self._layout = layout
        self._feed = _LineFeed(
            (line for line in lines if line.number >= layout.first_row), layout.delimiter
        )

    def __iter__(self) -> Iterator[_Record | BadRow]:
        reader = self._reader()
        while True:
            self._feed.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _Unreadable) as error:
                yield self._recover(error)
                reader = self._reader()
                continue
            record = self._record(cells)
            if cells or isinstance(record, BadRow):
                yield record

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(
            self._feed, delimiter=self._layout.delimiter, skipinitialspace=True, strict=True
        )

    def _record(self, cells: list[str]) -> _Record | BadRow:
        taken = self._feed.taken
        problem = next((line for line in taken if line.problem), None)
        if problem is None:
            return _Record(taken[0].number, taken[-1].number, cells)
        place = "" if problem is taken[0] else f"line {problem.number}: "
        return BadRow(taken[0].number, place + problem.problem, _name(cells, self._layout))

    def _recover(self, error: Exception) -> _Record | BadRow:
        """After a failure: try padding behind quotes, then the first line alone, then give up."""
        feed = self._feed
        if isinstance(error, csv.Error) and not feed.squeezes:
            feed.give_back(0)
            feed.squeezes = True
            try:
                return self._record(next(self._reader()))
            except (csv.Error, _Unreadable):
                feed.squeezes = False
        first = feed.taken[0]
        feed.give_back(1)
        cells, is_whole = self._read_leniently(first)
        if is_whole and not first.problem and len(cells) == len(self._layout.columns):
            return _Record(first.number, first.number, cells, is_doubtful=True)
        return BadRow(first.number, _explain(error), _name(cells, self._layout))

    def _read_leniently(self, line: Line) -> tuple[list[str], bool]:
        """The cells of a single line, and whether it ends where they do."""
        text = line.text[:LENIENT_CHARACTERS]
        # An open quote would go on into the second line.
        reader = csv.reader([text, ""], delimiter=self._layout.delimiter, skipinitialspace=True)
        try:
            cells = next(reader, [])
        except csv.Error:
            return [], False
        return cells, reader.line_num == 1 and len(line.text) <= LENIENT_CHARACTERS


def _explain(error: Exception) -> str:
    if isinstance(error, _Unreadable):
        return str(error)
    if "field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    return f"{MISMATCH} ({error})"

"""Delimited text -> rows. Tolerates what shops' exports contain and reports what it cannot read.

A quote that is never closed would swallow the rest of the file, and one closed too early
would merge two products unseen. Rows are therefore read strictly; where that fails only the
first line of the row is given up, and reading starts again at the next line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from goodsight.catalogs.lines import Line
from goodsight.catalogs.rows import BadRow, Row, clean, normal_name

__all__ = ["MAX_ROW_CHARACTERS", "MAX_ROW_LINES", "TableLayout", "read_table", "sniff_table"]

MAX_ROW_CHARACTERS = 1 << 20
MAX_ROW_LINES = 2000
HEADER_SAMPLE_LINES = 50

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
    records = _Records(lines, layout)
    broken: BadRow | None = None
    last_broken_line = 0
    for record in records:
        if isinstance(record, BadRow):
            if broken is not None:
                yield _spanning(broken, last_broken_line)
            broken, last_broken_line = record, record.number
        elif broken is not None and len(record.cells) < len(layout.columns):
            # What is left of a broken row, not a row of its own.
            last_broken_line = record.last_line
        else:
            if broken is not None:
                yield _spanning(broken, last_broken_line)
                broken = None
            row = _as_row(record, layout)
            if row is not None:
                yield row
    if broken is not None:
        yield _spanning(broken, last_broken_line)


def _read_header(sample: list[Line], delimiter: str) -> TableLayout | None:
    reader = csv.reader((line.text for line in sample), delimiter=delimiter, skipinitialspace=True)
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        return None
    first_row = sample[0].number + reader.line_num
    return TableLayout(delimiter, tuple(_unique([clean(cell) for cell in cells])), first_row)


def _unique(names: list[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name in names:
        count = seen[name] = seen.get(name, 0) + 1
        yield name if count == 1 or not name else f"{name} {count}"


def _score(layout: TableLayout, known: Callable[[str], bool]) -> tuple[int, int]:
    return sum(known(normal_name(name)) for name in layout.columns), len(layout.columns)


def _spanning(broken: BadRow, last_line: int) -> BadRow:
    if last_line <= broken.number:
        return broken
    reason = f"lines {broken.number} to {last_line}: {broken.reason}"
    return BadRow(broken.number, reason, broken.cells)


def _as_row(record: _Record, layout: TableLayout) -> Row | BadRow | None:
    cells = [clean(cell) for cell in record.cells]
    surplus = any(cells[len(layout.columns) :])
    named = {
        name: cell for name, cell in zip(layout.columns, cells, strict=False) if cell and name
    }
    if surplus:
        reason = f"{len(cells)} cells where the header has {len(layout.columns)}"
        return BadRow(record.line, reason, named)
    return Row(record.line, named) if named else None


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    last_line: int
    cells: Collection[str]


class _Unreadable(Exception):  # noqa: N818 (a signal through csv.reader, not an error of ours)
    pass


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
        if line.problem:
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
            if cells:
                yield self._record(cells)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(
            self._feed, delimiter=self._layout.delimiter, skipinitialspace=True, strict=True
        )

    def _record(self, cells: list[str]) -> _Record:
        taken = self._feed.taken
        return _Record(taken[0].number, taken[-1].number, cells)

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
        cells = self._read_leniently(first)
        if not first.problem and len(cells) == len(self._layout.columns):
            return _Record(first.number, first.number, cells)
        named = {
            name: cell
            for name, cell in zip(self._layout.columns, map(clean, cells), strict=False)
            if name and cell
        }
        return BadRow(first.number, _explain(error), named)

    def _read_leniently(self, line: Line) -> list[str]:
        reader = csv.reader([line.text], delimiter=self._layout.delimiter, skipinitialspace=True)
        try:
            return next(reader, [])
        except csv.Error:
            return []


def _explain(error: Exception) -> str:
    if isinstance(error, _Unreadable):
        return str(error)
    if "field limit" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    return f"the quotes in this row do not match ({error})"

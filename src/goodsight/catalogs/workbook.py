"""Workbooks (XLSX) -> the rows of their first sheet that has a header. Extra `feeds`.

Rows are read one by one, whatever size a sheet pretends to have; texts that cells share are
kept in memory, and how much all of it may unpack to is bounded beforehand.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from goodsight.catalogs.rows import BadRow, Row, clean, normal_name
from goodsight.catalogs.table import unique_names
from goodsight.catalogs.values import cell_of, is_number
from goodsight.core.errors import CatalogError, MissingExtra

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["Sheet", "find_sheet", "is_workbook", "read_sheet"]

# Sheets are read in pieces, texts that cells share and the rest whole, pictures not at all.
MAX_SHEETS_BYTES = 4 << 30
MAX_SHARED_TEXT_BYTES = 256 << 20
MAX_OTHER_BYTES = 32 << 20
HEADER_SAMPLE_ROWS = 20
# Beyond that no table of products goes, and a stray cell at the far edge does.
MAX_COLUMNS = 1000
# How far to the right of the header a cell is looked for that has no place in it.
SURPLUS_COLUMNS = 10
# Empty rows below one another that end a sheet: some are a million rows long for a colour.
MAX_EMPTY_ROWS = 10_000

Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which sheet holds the table, the names in its header, and the row it stands in."""

    name: str
    columns: tuple[str, ...]
    header_row: int


def is_workbook(path: Path) -> bool:
    """Whether a ZIP archive is a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    # The last is zipfile's word for a version of the format that it does not know.
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def find_sheet(path: Path, known: Callable[[str], bool]) -> Sheet:
    """The first sheet with two names in a row, its header that of the first rows known best.

    Raises CatalogError, and MissingExtra without the extra.
    """
    _check_size(path)
    with _opened(path) as book:
        for sheet in book.worksheets:
            rows = enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1)
            headers = [
                Sheet(sheet.title, names, number)
                for number, values in islice(rows, HEADER_SAMPLE_ROWS)
                if len(list(filter(None, names := _names(values)))) > 1
            ]
            if headers:
                return max(headers, key=lambda header: sum(map(known, _normal(header.columns))))
    raise CatalogError(f"{path}: no sheet of this workbook has a header")


def read_sheet(path: Path, sheet: Sheet) -> Iterator[Row | BadRow]:
    """Yield the rows below the header; their numbers are those of the sheet."""
    with _opened(path) as book:
        rows = book[sheet.name].iter_rows(
            min_row=sheet.header_row + 1,
            max_col=len(sheet.columns) + SURPLUS_COLUMNS,
            values_only=True,
        )
        yield from _rows(rows, sheet)


def _rows(rows: Iterable[Values], sheet: Sheet) -> Iterator[Row | BadRow]:
    empty = 0
    for number, values in enumerate(rows, start=sheet.header_row + 1):
        cells: dict[str, str] = {}
        numbers: set[str] = set()
        for name, value in zip(sheet.columns, values, strict=False):
            if name and (cell := cell_of(value)):
                cells[name] = cell
                numbers |= {name} if is_number(value) else set()
        surplus = any(cell_of(value) for value in values[len(sheet.columns) :])
        empty = 0 if cells or surplus else empty + 1
        if surplus:
            yield BadRow(number, "it has cells to the right of the header", cells)
        elif cells:
            yield Row(number, cells, frozenset(numbers))
        if empty >= MAX_EMPTY_ROWS:
            return


def _names(values: Values) -> tuple[str, ...]:
    names = [clean(cell_of(value)) for value in values]
    while names and not names[-1]:
        names.pop()
    return tuple(unique_names(names))


def _normal(names: tuple[str, ...]) -> Iterator[str]:
    return map(normal_name, names)


def _check_size(path: Path) -> None:
    """Refuse what unpacks to more than memory should see; no part gives more than it states."""
    sheets = shared = others = 0
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            name = part.filename.lower()
            if name.startswith("xl/worksheets/"):
                sheets += part.file_size
            elif "sharedstrings" in name:
                shared += part.file_size
            elif name.endswith((".xml", ".rels")):
                others += part.file_size
    if sheets > MAX_SHEETS_BYTES or shared > MAX_SHARED_TEXT_BYTES or others > MAX_OTHER_BYTES:
        raise CatalogError(f"{path}: the workbook is too large unpacked: save the sheet as CSV")


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtra("reading workbooks (XLSX)", extra="feeds") from error
    try:
        # An open file, since of a path the library would believe the ending.
        with path.open("rb") as file:
            yield openpyxl.load_workbook(file, read_only=True, data_only=True)
    except CatalogError:
        raise
    # Of a broken archive the library raises nearly anything: KeyError, ValueError, ParseError, …
    except Exception as error:
        detail = str(error) or type(error).__name__
        raise CatalogError(f"{path}: the workbook cannot be read: {detail}") from error

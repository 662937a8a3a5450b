"""An opened feed file: where it is, how it is written, and its rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from goodsight.catalogs.encodings import TextEncoding, declared_encoding, detect_encoding
from goodsight.catalogs.jsonl import read_json_lines
from goodsight.catalogs.lines import read_lines
from goodsight.catalogs.parquet import parquet_columns, read_parquet
from goodsight.catalogs.rows import BadRow, Row, normal_name, shorten
from goodsight.catalogs.saved_page import is_web_page, read_saved_page
from goodsight.catalogs.table import read_table, sniff_table
from goodsight.catalogs.workbook import find_sheet, is_workbook, read_sheet
from goodsight.catalogs.xml_items import read_xml_items
from goodsight.core.errors import CatalogError
from goodsight.core.types import Skip

__all__ = ["Feed", "open_feed"]

SAMPLE_ROWS = 20
SHOWN_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed file of which is known how it is written.

    `path` is absolute. `columns` are the header's names, or those met in the first rows where
    each row names its own (`has_header` False). `read` reads the rows from the beginning. Of a
    feed that was fetched, `address` is where from and `name` its identity.
    """

    path: Path
    columns: tuple[str, ...]
    read: Callable[[], Iterator[Row | BadRow]]
    has_header: bool = True
    address: str = ""
    name: str = ""

    @property
    def source(self) -> str:
        """The feed's identity: its name, else its absolute path."""
        return self.name or str(self.path)

    @property
    def normal_columns(self) -> frozenset[str]:
        """The column names in the form in which they are compared."""
        return frozenset(map(normal_name, self.columns))

    def columns_in_words(self) -> str:
        """The column names, short enough for a message."""
        shown = [shorten(column) for column in self.columns[:SHOWN_COLUMNS]]
        return ", ".join(shown) + (", …" if len(self.columns) > SHOWN_COLUMNS else "")

    def rows(self) -> Iterator[Row | BadRow]:
        """Read the feed from its beginning. Raises CatalogError."""
        return self.read()

    def skip(self, row: Row | BadRow, reason: str, *, reference: str = "") -> Skip:
        """Report a row; without a product's id the feed itself is the reference."""
        return Skip(reference or self.source, reason, row.number)


def open_feed(path: Path, known: Callable[[str], bool]) -> Feed:
    """Find out how a file is written.

    `known` tells whether a column name, in its normal form, means something to any format;
    the delimiter is chosen by it. Raises CatalogError for a file that is no feed.
    """
    path = path.resolve()
    _check_file(path)
    packed = _open_packed(path, known)
    if packed is not None:
        return packed
    encoding = detect_encoding(path)
    first = _first_text(path, encoding)
    if first.startswith("["):
        raise CatalogError(
            f"{path}: this is one JSON document: write one product per line (JSONL), as {{…}}"
        )
    if first.startswith("{"):
        return _without_header(
            path,
            lambda: read_json_lines(read_lines(path, encoding)),
            "no line of it is a JSON object with any content",
        )
    if first.startswith("<") and is_web_page(path, encoding):
        return _without_header(
            path,
            lambda: read_saved_page(path, encoding),
            "a web page that describes no product as schema.org has it (JSON-LD)",
        )
    if first.startswith("<"):
        in_xml = declared_encoding(first, encoding)
        return _without_header(
            path, lambda: read_xml_items(path, in_xml), "no item, entry or product in this XML"
        )
    layout = sniff_table(read_lines(path, encoding), known)
    if layout is None or not any(layout.columns):
        raise CatalogError(f"{path}: no header line found in '{shorten(first)}'")
    columns = tuple(filter(None, layout.columns))
    return Feed(path, columns, lambda: read_table(read_lines(path, encoding), layout))


def _open_packed(path: Path, known: Callable[[str], bool]) -> Feed | None:
    """A workbook or Parquet file; None for text."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PAR1":
        return Feed(path, parquet_columns(path), lambda: read_parquet(path))
    if head == b"PK\x03\x04" and is_workbook(path):
        sheet = find_sheet(path, known)
        return Feed(path, tuple(filter(None, sheet.columns)), lambda: read_sheet(path, sheet))
    return None


def _check_file(path: Path) -> None:
    try:
        if not path.exists():
            raise CatalogError(f"{path}: no such file or folder")
        if not path.is_file():
            raise CatalogError(f"{path}: not a regular file")
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror or error}") from error


def _first_text(path: Path, encoding: TextEncoding) -> str:
    texts = (line.text.strip().lstrip("\ufeff") for line in read_lines(path, encoding))
    return next(filter(None, texts), "")


def _without_header(path: Path, read: Callable[[], Iterator[Row | BadRow]], nothing: str) -> Feed:
    """A feed whose rows name their cells; without any row, `nothing` says what it lacks."""
    good = (row for row in read() if isinstance(row, Row))
    names = dict.fromkeys(name for row in itertools.islice(good, SAMPLE_ROWS) for name in row.cells)
    if not names:
        raise CatalogError(f"{path}: {nothing}")
    return Feed(path, tuple(names), read, has_header=False)

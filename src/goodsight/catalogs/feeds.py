"""An opened feed file: where it is, how it is written, and its rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from goodsight.catalogs.encodings import TextEncoding, detect_encoding
from goodsight.catalogs.jsonl import read_json_lines
from goodsight.catalogs.lines import read_lines
from goodsight.catalogs.rows import BadRow, Row, normal_name, shorten
from goodsight.catalogs.table import TableLayout, read_table, sniff_table
from goodsight.core.errors import CatalogError
from goodsight.core.types import Skip

__all__ = ["Feed", "open_feed"]

JSON_SAMPLE_ROWS = 20
SHOWN_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed file whose encoding and layout are known.

    `path` is absolute. `columns` are the header's names, or for JSON lines those met in the
    first rows; `layout` is None for JSON lines.
    """

    path: Path
    encoding: TextEncoding
    columns: tuple[str, ...]
    layout: TableLayout | None

    @property
    def source(self) -> str:
        """The feed's identity: its absolute path."""
        return str(self.path)

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
        lines = read_lines(self.path, self.encoding)
        return read_json_lines(lines) if self.layout is None else read_table(lines, self.layout)

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
    encoding = detect_encoding(path)
    first = _first_text(path, encoding)
    if first.startswith("["):
        raise CatalogError(
            f"{path}: this is one JSON document: write one product per line (JSONL), as {{…}}"
        )
    if first.startswith("{"):
        return Feed(path, encoding, _json_columns(path, encoding), None)
    layout = sniff_table(read_lines(path, encoding), known)
    if layout is None or not any(layout.columns):
        raise CatalogError(f"{path}: no header line found in '{shorten(first)}'")
    return Feed(path, encoding, tuple(filter(None, layout.columns)), layout)


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


def _json_columns(path: Path, encoding: TextEncoding) -> tuple[str, ...]:
    rows = read_json_lines(read_lines(path, encoding))
    good = (row for row in rows if isinstance(row, Row))
    names = dict.fromkeys(
        name for row in itertools.islice(good, JSON_SAMPLE_ROWS) for name in row.cells
    )
    if not names:
        raise CatalogError(f"{path}: no line of it is a JSON object with any content")
    return tuple(names)

"""XML feeds -> rows: each `item`, `entry`, `product` or `offer` is one, its elements the cells.

The parser is expat of the standard library, given pieces of the file, so memory does not grow
with it. A document that declares entities is refused, which rules out both their expansion
without end and the reading of other files; nothing is ever loaded from elsewhere
(docs/decisions/0028). Names count without their prefix, declared or not. Where an item is
not well-formed it alone is given up, and reading goes on with the next one.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from goodsight.catalogs.encodings import TextEncoding
from goodsight.catalogs.lines import read_utf8
from goodsight.catalogs.rows import BadRow, Row
from goodsight.catalogs.xml_cells import ItemCells, local_name
from goodsight.core.errors import CatalogError

__all__ = ["read_xml_items"]

# What the parser may hold back because a tag has not ended yet.
MAX_TAG_BYTES = 1 << 20
MAX_DEPTH = 64
ITEM_NAMES = frozenset({"item", "entry", "product", "offer"})

_ITEM_START = re.compile(rb"<(?:[\w.-]{1,60}:)?(?:item|entry|product|offer)[\s>]")
# Long enough for a start that two pieces share.
_KEPT_BYTES = 80
# No XML may hold these, and feeds do.
_FORBIDDEN = bytes(set(range(32)) - set(b"\t\n\r"))


def read_xml_items(path: Path, encoding: TextEncoding) -> Iterator[Row | BadRow]:
    """Yield a row per item, in order.

    Raises CatalogError for what is no XML, has no end, declares entities or nests too deep.
    """
    reader = _ItemReader(path)
    for chunk in read_utf8(path, encoding):
        yield from reader.take(chunk.translate(None, _FORBIDDEN))
    yield from reader.finish()


class _ItemReader:
    """Drives the parser, and starts a new one behind an item that is broken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: deque[Row | BadRow] = deque()
        self._open: list[str] = []
        self._item: ItemCells | None = None
        self._item_depth = 0
        # The elements around the first item: a new parser has to know them.
        self._around: tuple[str, ...] = ()
        self._has_items = False
        # What was read while the next item is looked for; None while all is well.
        self._skipped: bytes | None = None
        self._lines_before = 0
        self._start(b"", first_line=1)

    def take(self, chunk: bytes) -> Iterator[Row | BadRow]:
        """Parse a piece of the file; its rows."""
        rest = chunk
        while rest:
            rest = self._seek(rest) if self._skipped is not None else self._parse(rest)
            while self._rows:
                yield self._rows.popleft()

    def finish(self) -> Iterator[Row | BadRow]:
        """Say that the file ends here."""
        if self._skipped is not None:
            return
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise CatalogError(
                f"{self._path}: line {self._line}: the file ends too early, it seems to be cut"
                f" off ({expat.ErrorString(error.code)})"
            ) from error
        while self._rows:
            yield self._rows.popleft()

    @property
    def _line(self) -> int:
        return self._first_line + self._parser.CurrentLineNumber - 1

    def _start(self, beginning: bytes, *, first_line: int) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        # Entities nobody declared (&nbsp;) are so handed over instead of being errors.
        parser.UseForeignDTD(True)
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.SkippedEntityHandler = self._entity
        parser.EntityDeclHandler = self._refuse
        self._parser = parser
        self._first_line = first_line
        self._open = []
        self._item = None
        self._sent = len(beginning)
        if beginning:
            parser.Parse(beginning, False)

    def _parse(self, chunk: bytes) -> bytes:
        """Parse a piece; what is left of it behind an error."""
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as error:
            return self._give_up(error, chunk)
        self._sent += len(chunk)
        self._lines_before += chunk.count(b"\n")
        if self._sent - self._parser.CurrentByteIndex > MAX_TAG_BYTES:
            raise CatalogError(f"{self._path}: line {self._line}: a tag that does not end")
        return b""

    def _give_up(self, error: expat.ExpatError, chunk: bytes) -> bytes:
        line = self._first_line + error.lineno - 1
        reason = f"not well-formed XML: {expat.ErrorString(error.code)}"
        if not self._has_items:
            raise CatalogError(f"{self._path}: line {line}: {reason}") from error
        if self._item is None:
            self._rows.append(BadRow(line, reason))
        else:
            cells = self._item.cells()
            self._rows.append(BadRow(self._item.line, f"{reason} in line {line}", cells))
        position = max(0, self._parser.ErrorByteIndex - self._sent)
        self._lines_before += chunk[:position].count(b"\n")
        self._skipped = b""
        return chunk[position:]

    def _seek(self, chunk: bytes) -> bytes:
        """Look for the next item; what begins with it."""
        text = (self._skipped or b"") + chunk
        found = _ITEM_START.search(text, 1)
        if found is None:
            kept = text[-_KEPT_BYTES:]
            self._lines_before += text.count(b"\n") - kept.count(b"\n")
            self._skipped = kept
            return b""
        self._lines_before += text[: found.start()].count(b"\n")
        self._skipped = None
        around = "".join(f"<{name}>" for name in self._around).encode()
        self._start(around, first_line=self._lines_before + 1)
        return text[found.start() :]

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise CatalogError(f"{self._path}: line {self._line}: elements nested too deep")
        if self._item is not None:
            self._item.begin(name, attributes)
        elif local_name(name) in ITEM_NAMES:
            self._item, self._item_depth = ItemCells(self._line, attributes), len(self._open)
            if not self._has_items:
                self._has_items, self._around = True, tuple(self._open)
        self._open.append(name)

    def _end(self, name: str) -> None:
        self._open.pop()
        if self._item is None:
            return
        if len(self._open) > self._item_depth:
            self._item.end(name)
            return
        row = self._item.row()
        if isinstance(row, BadRow) or row.cells:
            self._rows.append(row)
        self._item = None

    def _text(self, text: str) -> None:
        if self._item is not None:
            self._item.text(text)

    def _entity(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self._text(html.unescape(f"&{name};"))

    def _refuse(self, name: str, *rest: object) -> None:  # noqa: ARG002 - expat's signature
        raise CatalogError(
            f"{self._path}: line {self._line}: it declares the entity '{name[:60]}'; feeds with"
            " declarations are not read"
        )

"""The physical lines of a text file, decoded, with bounded memory whatever the file holds."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from goodsight.catalogs.encodings import TextEncoding, read_chunks
from goodsight.core.errors import CatalogError

__all__ = ["MAX_LINE_BYTES", "Line", "read_lines", "read_utf8"]

MAX_LINE_BYTES = 4 << 20


class Line(NamedTuple):
    """One physical line, its line end included.

    `number` counts from 1. `problem` says why the text is not (wholly) there, else "";
    `is_cut` that its end is missing.
    """

    number: int
    text: str
    problem: str = ""
    is_cut: bool = False


def read_lines(path: Path, encoding: TextEncoding) -> Iterator[Line]:
    r"""Yield the lines of a file; \n, \r\n and \r end a line.

    A line that cannot be decoded keeps its readable part, with U+FFFD for the rest, and has
    a `problem`; so has one longer than `MAX_LINE_BYTES`, of which only the beginning is kept.
    Raises CatalogError where the file cannot be read.
    """
    try:
        chunks = read_chunks(path, encoding.mark_bytes)
        # UTF-8 has one-byte line ends, so that one splitter serves all encodings.
        source = _as_utf8(chunks, encoding.codec) if encoding.is_wide else chunks
        codec = "utf-8" if encoding.is_wide else encoding.codec
        for number, (raw, is_cut) in enumerate(_split(source), start=1):
            yield _decode(number, raw, codec, is_cut=is_cut)
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_utf8(path: Path, encoding: TextEncoding) -> Iterator[bytes]:
    """Yield a file piece by piece in UTF-8, with U+FFFD for what cannot be decoded.

    Raises CatalogError where the file cannot be read.
    """
    try:
        yield from _as_utf8(read_chunks(path, encoding.mark_bytes), encoding.codec)
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror or error}") from error


def _as_utf8(chunks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", errors="replace")
    yield decoder.decode(b"", final=True).encode("utf-8", errors="replace")


def _split(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Lines, and whether the line was cut for its length."""
    rest = b""
    dropping = False
    for chunk in chunks:
        lines = (rest + chunk).splitlines(keepends=True)
        # The last one may go on, or be a \r whose \n has not been read yet.
        rest = lines.pop() if lines else b""
        for line in lines:
            if not dropping:
                yield line[:MAX_LINE_BYTES], len(line) > MAX_LINE_BYTES
            dropping = False
        if len(rest) > MAX_LINE_BYTES:
            if not dropping:
                yield rest[:MAX_LINE_BYTES], True
            dropping = not rest.endswith((b"\r", b"\n"))
            rest = b""
    if rest and not dropping:
        yield rest, False


def _decode(number: int, raw: bytes, codec: str, *, is_cut: bool) -> Line:
    if is_cut:
        text = raw.decode(codec, errors="replace")
        return Line(number, text, f"the line is longer than {MAX_LINE_BYTES >> 20} MiB", is_cut)
    try:
        return Line(number, raw.decode(codec))
    except UnicodeDecodeError as error:
        if codec == "cp1252":
            # Five bytes mean nothing in cp1252; Latin-1 has invisible controls there.
            return Line(number, raw.decode("latin-1"))
        found = raw[error.start : error.start + 2].hex(" ")
        problem = f"not {codec.upper()} text: bytes {found} at byte {error.start + 1} of the line"
        return Line(number, raw.decode(codec, errors="replace"), problem)

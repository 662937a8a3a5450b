"""A saved web page -> rows: the products it describes in JSON-LD, as schema.org has it.

Addresses in it are relative to the page's own, where the page tells that, else to the file, as
they are in a page that was saved with its pictures.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

from goodsight.catalogs.encodings import TextEncoding
from goodsight.catalogs.lines import read_utf8
from goodsight.catalogs.rows import BadRow, Row
from goodsight.catalogs.schema_org import product_values
from goodsight.catalogs.values import row_of
from goodsight.core.errors import CatalogError

__all__ = ["is_web_page", "read_saved_page"]

MAX_PAGE_BYTES = 32 << 20
HEAD_BYTES = 1 << 14

_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_SCRIPT = re.compile(
    r"<script\b[^>]{0,500}?application/ld\+json[^>]{0,500}>(?P<json>.*?)</script", re.I | re.S
)
# Some pages wrap the data for browsers of long ago.
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*$")
_ADDRESSES = (
    re.compile(r"""<base\b[^>]{0,500}?\bhref\s*=\s*["'](https?://[^"'<>]{1,2000})""", re.I),
    re.compile(
        r"""<link\b[^>]{0,500}?\brel\s*=\s*["']?canonical\b[^>]{0,500}?"""
        r"""\bhref\s*=\s*["'](https?://[^"'<>]{1,2000})""",
        re.I,
    ),
    re.compile(r"<!-- saved from url=\(\d+\)(https?://[^\s<>]{1,2000})"),
)


def is_web_page(path: Path, encoding: TextEncoding) -> bool:
    """Whether a file that begins with `<` is a page and no other XML."""
    head = next(read_utf8(path, encoding), b"")[:HEAD_BYTES]
    return _PAGE.search(head.decode("utf-8", errors="replace")) is not None


def read_saved_page(path: Path, encoding: TextEncoding) -> Iterator[Row | BadRow]:
    """Yield a row per product; variants name their group. Raises CatalogError."""
    text = _page(path, encoding)
    found = (pattern.search(text) for pattern in _ADDRESSES)
    address = next((html.unescape(match[1]) for match in found if match is not None), "")
    documents: list[tuple[int, object]] = []
    for script in _SCRIPT.finditer(text):
        line = text.count("\n", 0, script.start()) + 1
        try:
            # Line ends within texts are no JSON, and usual.
            documents.append((line, json.loads(_WRAPPING.sub("", script["json"]), strict=False)))
        except (ValueError, RecursionError) as error:
            yield BadRow(line, f"data that is no JSON: {error}")
    for line, values in product_values(documents, address):
        yield row_of(line, values)


def _page(path: Path, encoding: TextEncoding) -> str:
    parts, size = [], 0
    for chunk in read_utf8(path, encoding):
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_PAGE_BYTES:
            raise CatalogError(f"{path}: a web page of more than {MAX_PAGE_BYTES >> 20} MiB")
    return b"".join(parts).decode("utf-8", errors="replace")

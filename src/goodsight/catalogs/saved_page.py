"""A saved web page -> rows: the products it describes in JSON-LD, as schema.org has it."""

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
HEAD_CHARACTERS = 1 << 20
MAX_TAG_CHARACTERS = 3000

_PAGE = re.compile(r"<!doctype\s{1,9}html|<html[\s>]", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_HEAD_TAG = re.compile(r"<(base|link)\b", re.IGNORECASE)
_CANONICAL = re.compile(r"""\brel=["']?canonical\b""", re.IGNORECASE)
_HREF = re.compile(r"""\bhref=["'](https?://[^"'<>\s]{1,2000})""", re.IGNORECASE)
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d{1,6}\)(https?://[^\s<>]{1,2000})")
# For old browsers.
_WRAPPINGS = ("<!--", "-->", "//", "<![CDATA[", "]]>", "//")


def is_web_page(path: Path, encoding: TextEncoding) -> bool:
    """Whether a file that begins with `<` is a page and no other XML."""
    head = next(read_utf8(path, encoding), b"")[:HEAD_BYTES]
    return _PAGE.search(head.decode("utf-8", errors="replace")) is not None


def read_saved_page(path: Path, encoding: TextEncoding) -> Iterator[Row | BadRow]:
    """Yield a row per product; variants name their group. Raises CatalogError."""
    text = _page(path, encoding)
    documents: list[tuple[int, object]] = []
    for line, data in _scripts(text):
        try:
            # Line ends within texts are usual.
            documents.append((line, json.loads(_unwrapped(data), strict=False)))
        except (ValueError, RecursionError) as error:
            yield BadRow(line, f"data that is no JSON: {error}")
    for line, values in product_values(documents, _address(text[:HEAD_CHARACTERS])):
        yield row_of(line, values)


def _scripts(text: str) -> Iterator[tuple[int, str]]:
    """JSON-LD scripts, each with its line."""
    line, counted, position = 1, 0, 0
    while (start := _SCRIPT.search(text, position)) is not None:
        tag = _tag(text, start)
        end = _SCRIPT_END.search(text, start.end())
        if end is None:
            return
        position = end.end()
        if "application/ld+json" in tag.lower():
            line, counted = line + text.count("\n", counted, start.start()), start.start()
            yield line, text[start.end() + len(tag) + 1 : end.start()]


def _tag(text: str, start: re.Match[str]) -> str:
    """What a tag holds behind its name; "" where it is too long for one."""
    # A pattern would be slow on a page of many open tags.
    end = text.find(">", start.end(), start.end() + MAX_TAG_CHARACTERS)
    return text[start.end() : max(end, start.end())]


def _unwrapped(data: str) -> str:
    for wrapping in _WRAPPINGS:
        data = data.strip().removeprefix(wrapping).removesuffix(wrapping)
    return data


def _address(head: str) -> str:
    """What addresses in the page are relative to; "" for the file itself."""
    found = {"base": "", "link": ""}
    for start in _HEAD_TAG.finditer(head):
        name, tag = start[1].lower(), _tag(head, start)
        href = _HREF.search(tag)
        if href and not found[name] and (name == "base" or _CANONICAL.search(tag)):
            found[name] = html.unescape(href[1])
    saved = _SAVED_FROM.search(head)
    return found["base"] or found["link"] or (saved[1] if saved else "")


def _page(path: Path, encoding: TextEncoding) -> str:
    parts, size = [], 0
    for chunk in read_utf8(path, encoding):
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_PAGE_BYTES:
            raise CatalogError(f"{path}: a web page of more than {MAX_PAGE_BYTES >> 20} MiB")
    return b"".join(parts).decode("utf-8", errors="replace")

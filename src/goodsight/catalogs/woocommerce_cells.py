"""What a WooCommerce product table calls its columns, and what it packs into one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from goodsight.catalogs.cells import CategoryPath
from goodsight.catalogs.html_text import html_to_line
from goodsight.catalogs.rows import Row, normal_name

__all__ = [
    "COLUMNS",
    "find_columns",
    "is_attribute_column",
    "is_woocommerce",
    "kinds_of",
    "split_attributes",
    "split_categories",
    "split_values",
    "unescape_lines",
]

# Names in normal form.
_NAMES: Mapping[str, str] = {
    "id": "id",
    "kind": "type",
    "sku": "sku",
    "gtin": "gtin,_upc,_ean,_or_isbn",
    "title": "name",
    "published": "published",
    "short_description": "short_description",
    "description": "description",
    "sale_from": "date_sale_price_starts",
    "sale_to": "date_sale_price_ends",
    "in_stock": "in_stock?",
    "stock": "stock",
    "sale_price": "sale_price",
    "price": "regular_price",
    "categories": "categories",
    "tags": "tags",
    "images": "images",
    "parent": "parent",
    "url": "external_url",
    "brand": "brands",
}
COLUMNS = frozenset(_NAMES.values())
_WITNESSES = frozenset({"regular_price", "in_stock?", "visibility_in_catalog", "parent"})
_ATTRIBUTE = re.compile(r"attribute_(?P<number>\d{1,4})_(?P<part>name|value\(s\))")
_COMMA = re.compile(r"(?<!\\),")


def is_woocommerce(columns: frozenset[str]) -> bool:
    """Whether a header, its names in normal form, is that of a WooCommerce product table."""
    return {"type", "name"} <= columns and len(columns & _WITNESSES) >= 2


def is_attribute_column(name: str) -> bool:
    """Whether a name in normal form is that of an attribute's name or values."""
    return _ATTRIBUTE.fullmatch(name) is not None


def find_columns(columns: Iterable[str]) -> dict[str, str]:
    """Field -> the column of the table that holds it, for the fields that it has."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(normal_name(column), column)
    found = {field: by_name[name] for field, name in _NAMES.items() if name in by_name}
    return found | {name: by_name[name] for name in by_name if is_attribute_column(name)}


def kinds_of(cell: str) -> frozenset[str]:
    """`simple, virtual` -> the kinds of a product, in small letters."""
    return frozenset(part.strip().casefold() for part in cell.split(","))


def split_values(cell: str) -> Iterator[str]:
    r"""What commas separate; `\,` is a comma within a value."""
    for part in _COMMA.split(cell):
        value = html_to_line(part.replace("\\,", ","))
        if value:
            yield value


def split_categories(cell: str) -> tuple[CategoryPath, ...]:
    """`Clothing > Shirts, Sale` -> paths, each once."""
    paths: dict[CategoryPath, None] = {}
    for path in _COMMA.split(cell):
        levels = (html_to_line(level.replace("\\,", ",")) for level in path.split(" > "))
        cleaned = tuple(filter(None, levels))
        if cleaned:
            paths[cleaned] = None
    return tuple(paths)


def split_attributes(row: Row, columns: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """`Attribute 1 name`, `Attribute 1 value(s)`, … -> names and values."""
    found: dict[str, tuple[str, ...]] = {}
    for field, column in columns.items():
        part = _ATTRIBUTE.fullmatch(field)
        if part is None or part["part"] != "name":
            continue
        name = html_to_line(row.cells.get(column, ""))
        cell = row.cells.get(columns.get(f"attribute_{part['number']}_value(s)", ""), "")
        values = tuple(dict.fromkeys(split_values(cell)))
        if name and values:
            found[name] = values
    return found


def unescape_lines(text: str) -> str:
    r"""Line ends, which WooCommerce writes as `\n`."""
    return text.replace("\\n", "\n")

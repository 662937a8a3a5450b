"""Writing feeds and reading them back, for the tests of the catalogs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from goodsight.catalogs import CatalogOptions, open_catalog
from goodsight.core.types import Product, Skip


def read_feed(path: Path, **options: Any) -> tuple[list[Product], list[Skip]]:
    """All products and all skips of a source."""
    items = list(open_catalog(str(path), CatalogOptions(**options)).read())
    products = [item for item in items if isinstance(item, Product)]
    return products, [item for item in items if isinstance(item, Skip)]


def only_product(path: Path, **options: Any) -> Product:
    """The product of a feed that has one product and nothing to report."""
    products, skips = read_feed(path, **options)
    assert skips == []
    (product,) = products
    return product


def table(header: Sequence[str], *rows: Sequence[object], delimiter: str = ",") -> str:
    """A delimited text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def records(header: Sequence[str], rows: Iterable[dict[str, object]]) -> str:
    """A delimited text of rows that name only the cells they fill."""
    return table(header, *([row.get(name, "") for name in header] for row in rows))

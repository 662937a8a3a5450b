"""Rows -> products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import sql

from goodsight.core.types import Product, Variant

__all__ = ["PRODUCT_COLUMNS", "ProductRow"]

# Of `products p`. The variants come along as one JSON array; their numbers as text, which
# JSON would otherwise hand to Python as floats.
PRODUCT_COLUMNS = sql.SQL("""
    p.product_key, p.title, p.description, p.price, p.currency, p.own_stock, p.categories,
    p.brand, p.url, p.attributes, p.source, p.photo_references,
    (SELECT json_agg(json_build_array(v.variant_key, v.options, v.price::text, v.stock::text,
                                      v.photo_references) ORDER BY v.position)
       FROM variants v WHERE v.product_id = p.id) AS variants
""")


class ProductRow(NamedTuple):
    """What `PRODUCT_COLUMNS` selects."""

    product_key: str
    title: str
    description: str
    price: Decimal | None
    currency: str | None
    own_stock: Decimal | None
    categories: Sequence[Sequence[str]]
    brand: str | None
    url: str | None
    attributes: Mapping[str, Sequence[str]]
    source: str
    photo_references: Sequence[str]
    variants: Sequence[Sequence[Any]] | None

    def product(self) -> Product:
        """The product as it was put."""
        return Product(
            id=self.product_key,
            title=self.title,
            description=self.description,
            price=self.price,
            currency=self.currency,
            own_stock=None if self.own_stock is None else int(self.own_stock),
            categories=tuple(tuple(path) for path in self.categories),
            brand=self.brand,
            url=self.url,
            attributes=_attributes(self.attributes),
            variants=tuple(_variant(*values) for values in self.variants or ()),
            photos=tuple(self.photo_references),
            source=self.source,
        )


def _variant(
    key: str,
    options: Mapping[str, Sequence[str]],
    price: str | None,
    stock: str | None,
    photo_references: Sequence[str],
) -> Variant:
    return Variant(
        id=key,
        options=_attributes(options),
        price=None if price is None else Decimal(price),
        stock=None if stock is None else int(stock),
        photos=tuple(photo_references),
    )


def _attributes(stored: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in stored.items()}

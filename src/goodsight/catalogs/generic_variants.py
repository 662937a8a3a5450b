"""Rows of a generic feed that are variants of one product.

A column `item_group_id`, `parent_id`, `variant_of` or `parent_sku` names the product a row
belongs to. All rows of a group are variants of one product, whose id is the group's; a row
of that id without a group is the product itself and no variant. Where no such row exists,
the first variant lends its texts to the product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from goodsight.catalogs.generic_rows import Record
from goodsight.core.types import Product, Skip, Variant

__all__ = ["make_product", "merge_variants"]


def make_product(record: Record, *, source: str) -> Product:
    """A product of a single row."""
    attributes = dict(record.attributes)
    if record.regular_price is not None:
        attributes["regular_price"] = (str(record.regular_price),)
    return Product(
        id=record.id,
        title=record.title,
        description=record.description,
        price=record.price,
        currency=record.currency,
        own_stock=record.stock,
        categories=record.categories,
        brand=record.brand,
        url=record.url,
        attributes=attributes,
        photos=record.photos,
        source=source,
    )


def merge_variants(
    group: str, parent: Record | None, members: Sequence[Record], *, source: str
) -> Iterator[Product | Skip]:
    """One product of a group's rows, and a Skip for each variant in another currency.

    Attributes all variants share are the product's, those that differ are options. The price
    is the lowest of the variants'.
    """
    first = parent or members[0]
    currency = next((record.currency for record in members if record.currency), first.currency)
    good = []
    for record in members:
        if record.currency not in (currency, None) and record.price is not None:
            reason = f"priced in {record.currency}, other variants of {group} in {currency}"
            yield Skip(record.id, reason, record.line)
        else:
            good.append(record)
    shared = _shared_attributes(parent, good)
    # What the variants cost counts; what the parent says only where they say nothing.
    priced = [record for record in good if record.price is not None] or [first]
    cheapest = min(priced, key=lambda record: record.price or 0)
    whole = replace(
        first,
        id=group,
        price=cheapest.price,
        regular_price=cheapest.regular_price,
        currency=currency,
        categories=tuple(dict.fromkeys(path for r in (first, *good) for path in r.categories)),
        attributes=shared,
        photos=tuple(dict.fromkeys(photo for r in (first, *good) for photo in r.photos)),
    )
    variants = tuple(_variant(record, shared) for record in good)
    yield replace(make_product(whole, source=source), variants=variants)


def _shared_attributes(
    parent: Record | None, members: Sequence[Record]
) -> dict[str, tuple[str, ...]]:
    if parent is not None:
        return parent.attributes
    return {
        name: values
        for name, values in members[0].attributes.items()
        if all(member.attributes.get(name) == values for member in members)
    }


def _variant(record: Record, shared: dict[str, tuple[str, ...]]) -> Variant:
    options = {
        name: values for name, values in record.attributes.items() if shared.get(name) != values
    }
    return Variant(record.id, options, record.price, record.stock, record.photos)

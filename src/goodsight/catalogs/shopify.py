"""Shopify's product table: rows of one handle, one below the other, are one product.

The first row of a handle has the texts; it and every further row with options, a SKU or a
price is a variant; a row with an image alone adds that image. Both generations of column names
are read. A product whose only option is Shopify's `Title` = `Default Title` has no variants.
A product that is a draft, archived or not published has an attribute `status`. The table
names no currency. Memory holds one product with its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from goodsight.catalogs.cells import Numbers, amount_of, attribute_values, lowest, separate_skips
from goodsight.catalogs.feeds import Feed
from goodsight.catalogs.html_text import html_to_line, html_to_text
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.photo_lists import PhotoJoin, read_with_photos
from goodsight.catalogs.rows import BadRow, Row, RowError
from goodsight.catalogs.shelf import Shelf
from goodsight.catalogs.shopify_columns import OPTION_NUMBERS, find_attributes, find_columns
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product, Skip, Variant

__all__ = ["ShopifyCatalog"]

DEFAULT_OPTION = ("Title", "Default Title")
LAST_POSITION = 1 << 31

Values = Mapping[str, tuple[str, ...]]


class ShopifyCatalog:
    """The catalog of a Shopify product table. Raises CatalogError where it has no handle."""

    def __init__(self, feed: Feed, options: CatalogOptions) -> None:
        self._feed = feed
        self._options = options
        self._columns = find_columns(feed.columns)
        for name in ("handle", "title"):
            if name not in self._columns:
                raise CatalogError(f"{feed.path}: no Shopify table: it has no column '{name}'")

    @property
    def source(self) -> str:
        """The feed's identity."""
        return self._feed.source

    def read(self) -> Iterator[Product | Skip]:
        """Yield products and skips. Raises CatalogError."""
        return read_with_photos(
            self._feed,
            self._options,
            lambda shelf, photos: _Reading(
                self._feed, self._columns, shelf, photos, self._options.currency
            ).go(),
        )


@dataclass(frozen=True, slots=True)
class _Offer:
    """A variant, what it cost before, and its barcode."""

    value: Variant
    regular_price: Decimal | None
    barcode: str
    skips: tuple[Skip, ...]


@dataclass(slots=True)
class _Reading:
    feed: Feed
    columns: Mapping[str, str]
    shelf: Shelf
    photos: PhotoJoin
    currency: str | None
    # Shopify writes numbers with a point, whatever the shop's language.
    numbers: Numbers = field(default_factory=lambda: Numbers(lambda: "."))
    metafields: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.metafields = find_attributes(self.feed.columns)

    def go(self) -> Iterator[Product | Skip]:
        rows: list[Row] = []
        for row in self.feed.rows():
            handle = self._cell(row, "handle")
            if rows and handle != self._cell(rows[0], "handle"):
                yield from self._product(rows)
                rows = []
            if isinstance(row, BadRow):
                yield self.feed.skip(row, row.reason, reference=handle)
            elif not handle:
                yield self.feed.skip(row, "no handle in this row")
            else:
                rows.append(row)
        if rows:
            yield from self._product(rows)

    def _product(self, rows: Sequence[Row]) -> Iterator[Product | Skip]:
        """One product of the rows of a handle."""
        first = rows[0]
        handle = self._cell(first, "handle")
        earlier = self.shelf.remember("handle", handle, first.number)
        if earlier is not None:
            reason = f"the handle '{handle}' was used before, in row {earlier}, which counts"
            yield self.feed.skip(first, reason, reference=handle)
            return
        if not self._cell(first, "title"):
            reason = "no title in the first row of this handle that can be read"
            yield self.feed.skip(first, reason, reference=handle)
            return
        photos, skips = separate_skips(
            self.photos.find((handle,), self._images(rows), first.number)
        )
        found = list(self._offers(rows, handle))
        offers = [item for item in found if isinstance(item, _Offer)]
        yield from (item for item in found if isinstance(item, Skip))
        if found and not offers:
            yield self.feed.skip(first, "none of its variants can be used", reference=handle)
            return
        for refused in (skips, *(offer.skips for offer in offers)):
            yield from refused
        yield self._unite(handle, first, photos, offers)

    def _unite(
        self, handle: str, first: Row, photos: tuple[str, ...], offers: Sequence[_Offer]
    ) -> Product:
        only = offers[0] if len(offers) == 1 and not offers[0].value.options else None
        price = lowest(offer.value.price for offer in offers)
        cheapest = next((offer for offer in offers if offer.value.price == price), None)
        attributes = dict(self._attributes(first))
        if only is not None:
            own = {
                "sku": only.value.id if self._cell(first, "sku") else "",
                "barcode": only.barcode,
            }
            attributes |= {name: (value,) for name, value in own.items() if value}
        if cheapest is not None and cheapest.regular_price is not None:
            attributes["regular_price"] = (str(cheapest.regular_price),)
        of_variants = (photo for offer in offers for photo in offer.value.photos)
        return Product(
            id=handle,
            title=html_to_line(self._cell(first, "title")),
            description=html_to_text(self._cell(first, "description")),
            price=price,
            currency=None if price is None else self.currency,
            own_stock=None if only is None else only.value.stock,
            categories=self._categories(first),
            brand=html_to_line(self._cell(first, "vendor")) or None,
            attributes=attributes,
            variants=() if only is not None else tuple(offer.value for offer in offers),
            photos=tuple(dict.fromkeys((*photos, *of_variants))),
            source=self.feed.source,
        )

    def _offers(self, rows: Sequence[Row], handle: str) -> Iterator[_Offer | Skip]:
        names = {
            number: html_to_line(self._cell(rows[0], f"option{number}_name"))
            for number in OPTION_NUMBERS
        }
        taken: set[str] = set()
        for row in rows:
            if not any(self._cell(row, name) for name in ("option1_value", "sku", "price")):
                continue
            try:
                offer = self._offer(row, handle, names)
                if offer.value.id in taken:
                    raise RowError(f"the variant '{offer.value.id}' stands above")
            except RowError as error:
                reference = self._cell(row, "sku") or handle
                yield self.feed.skip(row, str(error), reference=reference)
            else:
                taken.add(offer.value.id)
                yield offer

    def _offer(self, row: Row, handle: str, names: Mapping[int, str]) -> _Offer:
        options = self._options(row, names)
        variant_id = self._cell(row, "sku") or "/".join(
            (handle, *(value for values in options.values() for value in values))
        )
        price = self._price(row, "price")
        before = self._price(row, "regular_price")
        photos, skips = separate_skips(
            self.photos.find(
                (variant_id,), filter(None, [self._cell(row, "variant_image")]), row.number
            )
        )
        barcode = self._cell(row, "barcode").lstrip("'")
        if barcode and options:
            options["barcode"] = (barcode,)
        variant = Variant(variant_id, options, price, self._stock(row), photos)
        is_reduced = price is not None and before is not None and before > price
        return _Offer(variant, before if is_reduced else None, barcode, skips)

    def _options(self, row: Row, names: Mapping[int, str]) -> dict[str, tuple[str, ...]]:
        options: dict[str, tuple[str, ...]] = {}
        for number in OPTION_NUMBERS:
            name = names[number] or f"Option {number}"
            value = html_to_line(self._cell(row, f"option{number}_value"))
            if value and (name, value) != DEFAULT_OPTION:
                options[name] = (value,)
        return options

    def _stock(self, row: Row) -> int | None:
        """Pieces; unknown where nobody counts them."""
        if "tracker" in self.columns and not self._cell(row, "tracker"):
            return None
        return self.numbers.stock(row, self._column("quantity"))

    def _images(self, rows: Sequence[Row]) -> list[str]:
        """The product's images by their position; those without one come last."""
        found = [
            (int(position) if position.isdecimal() else LAST_POSITION, image)
            for row in rows
            if (image := self._cell(row, "image"))
            for position in (self._cell(row, "position").removesuffix(".0"),)
        ]
        return [image for _, image in sorted(found, key=lambda pair: pair[0])]

    def _categories(self, first: Row) -> tuple[tuple[str, ...], ...]:
        """Shopify's own category as a path, and the shop's word for it."""
        path = self._cell(first, "category").split(">")
        paths = (path, [self._cell(first, "type")])
        cleaned = (tuple(filter(None, map(html_to_line, levels))) for levels in paths)
        return tuple(dict.fromkeys(filter(None, cleaned)))

    def _attributes(self, first: Row) -> Iterator[tuple[str, tuple[str, ...]]]:
        tags = (html_to_line(tag) for tag in self._cell(first, "tags").split(","))
        if found := tuple(dict.fromkeys(filter(None, tags))):
            yield "tags", found
        for name in ("gender", "age_group", "condition", "mpn"):
            if value := html_to_line(self._cell(first, name)):
                yield name, (value,)
        for column, name in self.metafields.items():
            if values := attribute_values(first.cells.get(column, "").replace(";", "|")):
                yield name, values
        if status := self._status(first):
            yield "status", (status,)

    def _status(self, first: Row) -> str:
        status = self._cell(first, "status").casefold()
        if status in ("", "active"):
            is_hidden = self._cell(first, "published").casefold() in ("false", "0", "no")
            return "unpublished" if is_hidden else ""
        return status

    def _price(self, row: Row, name: str) -> Decimal | None:
        return amount_of(self.numbers.price(row, self._column(name)))

    def _cell(self, row: Row | BadRow, name: str) -> str:
        return row.cells.get(self._column(name), "").strip()

    def _column(self, name: str) -> str:
        return self.columns.get(name, name)

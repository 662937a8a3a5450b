"""WooCommerce's product table: variations are rows of their own that name their parent.

The table is read twice: first to set the variations aside on disk, wherever they stand, then
to give out products, so memory holds one product with its variations. `Parent` is `id:12` or
a SKU. The id of a product is its ID, or its SKU where the table has no IDs; both are known to
photo lists. What a variable product's own row says about price and stock is ignored where its
variations say it. A private product or draft has an attribute `status`; a variation that is
switched off is left out. The table names no currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from goodsight.catalogs.cells import (
    Numbers,
    amount_of,
    lowest,
    read_date,
    search_decimal_mark,
    separate_skips,
    web_address,
)
from goodsight.catalogs.feeds import Feed
from goodsight.catalogs.html_text import html_to_line, html_to_text
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.photo_lists import PhotoJoin, read_with_photos
from goodsight.catalogs.rows import BadRow, Row, RowError
from goodsight.catalogs.shelf import Shelf
from goodsight.catalogs.special_prices import current_price, is_within, local_today
from goodsight.catalogs.woocommerce_cells import (
    find_columns,
    kinds_of,
    split_attributes,
    split_categories,
    split_values,
    unescape_lines,
)
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product, Skip, Variant

__all__ = ["WooCommerceCatalog"]

STATUSES = {"0": "private", "-1": "draft"}
ID_PREFIX = "id:"
BRAND_NAMES = ("brand", "manufacturer")


class WooCommerceCatalog:
    """The catalog of a WooCommerce table. Raises CatalogError where it has no id and no sku."""

    def __init__(self, feed: Feed, options: CatalogOptions) -> None:
        self._feed = feed
        self._options = options
        self._columns = find_columns(feed.columns)
        if not {"id", "sku"} & self._columns.keys() or "title" not in self._columns:
            raise CatalogError(
                f"{feed.path}: no WooCommerce table: it needs a column 'ID' or 'SKU', and 'Name'"
            )

    @property
    def source(self) -> str:
        """The feed's identity."""
        return self._feed.source

    def read(self) -> Iterator[Product | Skip]:
        """Yield products and skips. Raises CatalogError."""
        today = self._options.today or local_today()
        return read_with_photos(
            self._feed,
            self._options,
            lambda shelf, photos: _Reading(
                self._feed, self._columns, shelf, photos, self._options.currency, today
            ).go(),
        )


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a row says about price, stock, attributes and photos."""

    price: Decimal | None
    regular_price: Decimal | None
    stock: int | None
    attributes: dict[str, tuple[str, ...]]
    photos: tuple[str, ...]
    skips: tuple[Skip, ...]


@dataclass(slots=True)
class _Reading:
    feed: Feed
    columns: Mapping[str, str]
    shelf: Shelf
    photos: PhotoJoin
    currency: str | None
    today: date
    numbers: Numbers = field(init=False)

    def __post_init__(self) -> None:
        prices = [self._column("price"), self._column("sale_price")]
        # Prices are written in the way of the shop's country.
        self.numbers = Numbers(lambda: search_decimal_mark(self.feed, prices))

    def go(self) -> Iterator[Product | Skip]:
        for row in self.feed.rows():
            if isinstance(row, Row) and self._is_variation(row):
                self.shelf.add_row("variation", self._cell(row, "parent"), row)
        for row in self.feed.rows():
            if isinstance(row, BadRow):
                yield self.feed.skip(row, row.reason, reference=self._reference(row))
            elif not self._is_variation(row):
                try:
                    yield from self._product(row)
                except RowError as error:
                    yield self.feed.skip(row, str(error), reference=self._reference(row))
        for parent in self.shelf.keys("variation"):
            reason = f"its parent '{parent}' is not in the feed" if parent else "it has no parent"
            for row in self.shelf.rows("variation", parent):
                yield self.feed.skip(row, reason, reference=self._reference(row))
        # `keys` begins behind the empty key.
        for row in self.shelf.rows("variation", ""):
            yield self.feed.skip(row, "it has no parent", reference=self._reference(row))

    def _product(self, row: Row) -> Iterator[Product | Skip]:
        product_id = self._reference(row)
        if not product_id:
            raise RowError("no ID and no SKU in this row")
        earlier = self.shelf.remember("id", product_id, row.number)
        if earlier is not None:
            raise RowError(f"the id '{product_id}' was used before, in row {earlier}, which counts")
        variations = list(self._variations(row))
        offers = [item for item in variations if not isinstance(item, Skip)]
        yield from (item for item in variations if isinstance(item, Skip))
        if variations and not offers:
            raise RowError("none of its variations can be used")
        own = self._offer(row, is_sold=not offers)
        for offer in (own, *(offer for _, offer in offers)):
            yield from offer.skips
        yield self._unite(product_id, row, own, offers)

    def _variations(self, parent: Row) -> Iterator[tuple[Row, _Offer] | Skip]:
        """The rows that name this product as their parent; they are taken off the shelf."""
        sku, number = self._cell(parent, "sku"), self._cell(parent, "id")
        names = [name for name in (f"{ID_PREFIX}{number}" if number else "", sku) if name]
        taken: set[str] = set()
        for name in dict.fromkeys(names):
            rows = list(self.shelf.rows("variation", name))
            self.shelf.remove("variation", name)
            for row in rows:
                if self._cell(row, "published") in STATUSES:
                    continue
                variant_id = self._reference(row)
                try:
                    if not variant_id or variant_id in taken:
                        raise RowError(
                            f"the variation '{variant_id}' stands above"
                            if variant_id
                            else "no ID and no SKU in this row"
                        )
                    yield row, self._offer(row)
                except RowError as error:
                    reference = variant_id or self._reference(parent)
                    yield self.feed.skip(row, str(error), reference=reference)
                else:
                    taken.add(variant_id)

    def _unite(
        self, product_id: str, row: Row, own: _Offer, variations: Sequence[tuple[Row, _Offer]]
    ) -> Product:
        offers = [offer for _, offer in variations]
        price = lowest(offer.price for offer in offers) if offers else own.price
        cheapest = next((offer for offer in offers if offer.price == price), own)
        attributes = dict(own.attributes)
        brand = self._brand(row, attributes)
        if cheapest.regular_price is not None:
            attributes["regular_price"] = (str(cheapest.regular_price),)
        variants = tuple(
            Variant(self._reference(of), offer.attributes, offer.price, offer.stock, offer.photos)
            for of, offer in variations
        )
        return Product(
            id=product_id,
            title=html_to_line(self._cell(row, "title")) or product_id,
            description=self._text(row, "description") or self._text(row, "short_description"),
            price=price,
            currency=None if price is None else self.currency,
            own_stock=own.stock,
            categories=split_categories(self._cell(row, "categories")),
            brand=brand,
            url=web_address(self._cell(row, "url")) or None,
            attributes=attributes | self._facts(row, product_id),
            variants=variants,
            photos=tuple(dict.fromkeys(p for offer in (own, *offers) for p in offer.photos)),
            source=self.feed.source,
        )

    def _brand(self, row: Row, attributes: dict[str, tuple[str, ...]]) -> str | None:
        """The first brand of its column, else of an attribute, which then is none."""
        stated = next(split_values(self._cell(row, "brand")), None)
        name = next((name for name in attributes if name.casefold() in BRAND_NAMES), None)
        if stated is None and name is not None:
            return attributes.pop(name)[0]
        return stated

    def _facts(self, row: Row, product_id: str) -> dict[str, tuple[str, ...]]:
        sku = self._cell(row, "sku")
        facts = {
            "sku": (sku,) if sku != product_id else (),
            "gtin": (self._cell(row, "gtin").lstrip("'"),),
            "tags": tuple(dict.fromkeys(split_values(self._cell(row, "tags")))),
            "status": (STATUSES.get(self._cell(row, "published"), ""),),
        }
        return {name: values for name, values in facts.items() if any(values)}

    def _offer(self, row: Row, *, is_sold: bool = True) -> _Offer:
        price, regular_price = self._price(row) if is_sold else (None, None)
        ids = [cell for name in ("id", "sku") if (cell := self._cell(row, name))]
        images = list(split_values(self._cell(row, "images")))
        photos, skips = separate_skips(self.photos.find(ids, images, row.number))
        return _Offer(
            price=price,
            regular_price=regular_price,
            stock=self._stock(row) if is_sold else None,
            attributes=split_attributes(row, self.columns),
            photos=photos,
            skips=skips,
        )

    def _price(self, row: Row) -> tuple[Decimal | None, Decimal | None]:
        price = self.numbers.price(row, self._column("price"))
        sale = self.numbers.price(row, self._column("sale_price"))
        if sale is not None:
            first, last = (
                read_date(row, self._column(name), self._cell(row, name))
                for name in ("sale_from", "sale_to")
            )
            sale = sale if is_within(self.today, first, last) else None
        return current_price(amount_of(price), amount_of(sale))

    def _stock(self, row: Row) -> int | None:
        """Pieces where they are counted, else one or none as the shop says."""
        if self._cell(row, "in_stock").casefold() in ("0", "backorder"):
            return 0
        # A variation whose stock is its parent's says so in words.
        is_counted = self._cell(row, "stock").casefold() not in ("", "parent")
        return self.numbers.stock(row, self._column("stock" if is_counted else "in_stock"))

    def _is_variation(self, row: Row | BadRow) -> bool:
        return "variation" in kinds_of(self._cell(row, "kind"))

    def _reference(self, row: Row | BadRow) -> str:
        return self._cell(row, "id") or self._cell(row, "sku")

    def _text(self, row: Row, name: str) -> str:
        return html_to_text(unescape_lines(self._cell(row, name)))

    def _cell(self, row: Row | BadRow, name: str) -> str:
        return row.cells.get(self._column(name), "").strip()

    def _column(self, name: str) -> str:
        return self.columns.get(name, name)

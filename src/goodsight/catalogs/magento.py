"""Magento 2's product export: simple rows first, then the configurable row that unites them.

A configurable row names its variants in `configurable_variations`; each of them is a row of
its own. The feed is read twice: first to learn which rows are variants, then to give out
products. Variants wait on disk until their parent's row comes, so memory holds one product
with its variants; a parent that stands before one of its variants is given out at the end.

A configurable product has the lowest price and the sum of the stock of its variants; what
its own row says about both is ignored. Every row that is nobody's variant is a product of
its own, whatever its visibility; a disabled one has the attribute `status` = `disabled`.
Rows of further store views (translations) are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from goodsight.catalogs.cells import Numbers, amount_of, lowest, read_date, separate_skips
from goodsight.catalogs.feeds import Feed
from goodsight.catalogs.html_text import html_to_line, html_to_text
from goodsight.catalogs.magento_cells import (
    Attributes,
    Variation,
    split_attributes,
    split_categories,
    split_images,
    split_variations,
)
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.photo_lists import PhotoJoin, read_with_photos
from goodsight.catalogs.rows import BadRow, Row, RowError
from goodsight.catalogs.shelf import Shelf
from goodsight.catalogs.special_prices import current_price, is_within, local_today
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product, Skip, Variant

__all__ = ["MagentoCatalog", "is_magento"]

COLUMNS = frozenset(
    {
        "sku", "store_view_code", "attribute_set_code", "product_type", "categories",
        "product_websites", "name", "description", "short_description", "product_online",
        "visibility", "price", "special_price", "url_key", "base_image", "additional_images",
        "additional_attributes", "qty", "is_in_stock", "manage_stock",
        "configurable_variations",
    }
)  # fmt: skip
_BRAND_NAMES = ("manufacturer", "brand")
_WITNESSES = frozenset({"attribute_set_code", "additional_attributes", "configurable_variations"})


def is_magento(columns: frozenset[str]) -> bool:
    """Whether a header is that of a Magento export."""
    return {"sku", "product_type"} <= columns and bool(columns & _WITNESSES)


class MagentoCatalog:
    """The catalog of a Magento 2 product export. Raises CatalogError where it has no sku."""

    def __init__(self, feed: Feed, options: CatalogOptions) -> None:
        if "sku" not in feed.columns:
            raise CatalogError(f"{feed.path}: no Magento export: it has no column 'sku'")
        self._feed = feed
        self._options = options

    @property
    def source(self) -> str:
        """The feed's absolute path."""
        return self._feed.source

    def read(self) -> Iterator[Product | Skip]:
        """Yield products and skips. Raises CatalogError."""
        today = self._options.today or local_today()
        return read_with_photos(
            self._feed,
            self._options,
            lambda shelf, photos: _Reading(
                self._feed, shelf, photos, self._options.currency, today
            ).go(),
        )


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a row says about price, stock and photos, as variant or as product."""

    price: Decimal | None
    regular_price: Decimal | None
    stock: int | None
    attributes: Attributes
    photos: tuple[str, ...]
    skips: tuple[Skip, ...]


@dataclass(slots=True)
class _Reading:
    feed: Feed
    shelf: Shelf
    photos: PhotoJoin
    currency: str | None
    today: date
    # Magento writes numbers with a point, whatever the shop's language.
    numbers: Numbers = field(default_factory=lambda: Numbers(lambda: "."))

    def go(self) -> Iterator[Product | Skip]:
        self._learn_variants()
        for row in self.feed.rows():
            if isinstance(row, BadRow):
                yield self.feed.skip(row, row.reason, reference=row.cells.get("sku", ""))
                continue
            yield from self._guarded(row, self._row)
        for sku in self.shelf.keys("late parent"):
            for row in self.shelf.rows("late parent", sku):
                yield from self._guarded(row, self._configurable)

    def _guarded(
        self, row: Row, read: Callable[[Row], Iterator[Product | Skip]]
    ) -> Iterator[Product | Skip]:
        try:
            yield from read(row)
        except RowError as error:
            yield self.feed.skip(row, str(error), reference=row.cells.get("sku", ""))

    def _learn_variants(self) -> None:
        for row in self.feed.rows():
            for variation in split_variations(row.cells.get("configurable_variations", "")):
                self.shelf.add("parent of", variation.sku, row.cells.get("sku", ""))

    def _row(self, row: Row) -> Iterator[Product | Skip]:
        sku = row.cells.get("sku", "")
        if not sku:
            raise RowError("no sku in this row")
        is_translation = bool(row.cells.get("store_view_code"))
        if is_translation and self.shelf.line_of("sku", sku) is not None:
            return
        earlier = self.shelf.remember("sku", sku, row.number)
        if earlier is not None:
            raise RowError(f"the sku '{sku}' was used before, in row {earlier}, which counts")
        variations = split_variations(row.cells.get("configurable_variations", ""))
        if variations and any(not self.shelf.has("variant", v.sku) for v in variations):
            self.shelf.add_row("late parent", sku, row)
        elif variations:
            yield from self._configurable(row)
        elif self.shelf.has("parent of", sku):
            self.shelf.add_row("variant", sku, row)
        else:
            offer = self._offer(row)
            yield from offer.skips
            yield self._product(row, offer)

    def _configurable(self, row: Row) -> Iterator[Product | Skip]:
        """One product of a configurable row and its variants' rows."""
        sku = row.cells["sku"]
        own = self._offer(row, is_sold=False)
        variants: list[Variant] = []
        offers: list[_Offer] = []
        for variation in split_variations(row.cells.get("configurable_variations", "")):
            found = next(self.shelf.rows("variant", variation.sku), None)
            if found is None:
                reason = f"a variant of {sku} without a row of its own"
                yield self.feed.skip(row, reason, reference=variation.sku)
                continue
            try:
                offer = self._offer(found)
            except RowError as error:
                yield self.feed.skip(found, str(error), reference=variation.sku)
                continue
            yield from offer.skips
            offers.append(offer)
            variants.append(_variant(variation, offer, own.attributes))
        own = own if offers else self._offer(row)
        yield from own.skips
        yield self._product(row, own, variants, offers)

    def _product(
        self,
        row: Row,
        own: _Offer,
        variants: Sequence[Variant] = (),
        offers: Sequence[_Offer] = (),
    ) -> Product:
        price = lowest(offer.price for offer in offers) if offers else own.price
        cheapest = next((offer for offer in offers if offer.price == price), own)
        attributes = {
            name: values for name, values in own.attributes.items() if name not in _BRAND_NAMES
        }
        if cheapest.regular_price is not None:
            attributes["regular_price"] = (str(cheapest.regular_price),)
        if row.cells.get("product_online", "1") != "1":
            attributes["status"] = ("disabled",)
        brands = [own.attributes[name][0] for name in _BRAND_NAMES if name in own.attributes]
        cells = row.cells
        return Product(
            id=cells["sku"],
            title=html_to_line(cells.get("name", "")) or cells["sku"],
            description=html_to_text(cells.get("description", ""))
            or html_to_text(cells.get("short_description", "")),
            price=price,
            currency=None if price is None else self.currency,
            own_stock=own.stock,
            categories=split_categories(cells.get("categories", "")),
            brand=brands[0] if brands else None,
            attributes=attributes,
            variants=tuple(variants),
            photos=tuple(dict.fromkeys(p for offer in (own, *offers) for p in offer.photos)),
            source=self.feed.source,
        )

    def _offer(self, row: Row, *, is_sold: bool = True) -> _Offer:
        """Read a row's price (special on its days), stock, attributes and photos."""
        price, regular_price = self._price(row) if is_sold else (None, None)
        photos, skips = separate_skips(
            self.photos.find((row.cells["sku"],), split_images(row), row.number)
        )
        return _Offer(
            price=price,
            regular_price=regular_price,
            stock=self._stock(row) if is_sold else None,
            attributes=split_attributes(row.cells.get("additional_attributes", "")),
            photos=photos,
            skips=skips,
        )

    def _price(self, row: Row) -> tuple[Decimal | None, Decimal | None]:
        price = self.numbers.price(row, "price")
        special = self.numbers.price(row, "special_price")
        if special is not None:
            first, last = (
                read_date(row, column, row.cells.get(column, ""))
                for column in ("special_price_from_date", "special_price_to_date")
            )
            special = special if is_within(self.today, first, last) else None
        return current_price(amount_of(price), amount_of(special))

    def _stock(self, row: Row) -> int | None:
        """Pieces; none where marked as out of stock, unknown where stock is not managed."""
        if row.cells.get("is_in_stock") == "0":
            return 0
        if row.cells.get("manage_stock") == row.cells.get("use_config_manage_stock") == "0":
            return None
        return self.numbers.stock(row, "qty")


def _variant(variation: Variation, offer: _Offer, shared: Attributes) -> Variant:
    """A variant with its options and what else sets it apart from the product."""
    options = dict(variation.options)
    for name, values in offer.attributes.items():
        if shared.get(name) != values:
            options.setdefault(name, values)
    return Variant(variation.sku, options, offer.price, offer.stock, offer.photos)

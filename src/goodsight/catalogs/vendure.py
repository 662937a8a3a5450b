"""Vendure's product import table: a named row is a product, nameless rows below are variants.

The row that names a product is its first variant at the same time. Option values stand in
`optionValues`, in the order of the product's `optionGroups`; facets are `name:value` pairs
of which `category` and `brand` have their own place and all others are attributes. Assets
are file names. Memory holds one product with its variants. The table names no currency.

Of columns in several languages (`name:en`, `name:de`) the first language counts. Variants of
one product that share a sku are told apart by their option values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from goodsight.catalogs.cells import Numbers, amount_of, lowest, separate_skips
from goodsight.catalogs.feeds import Feed
from goodsight.catalogs.html_text import html_to_line, html_to_text
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.photo_lists import PhotoJoin, read_with_photos
from goodsight.catalogs.rows import BadRow, Row, RowError, several
from goodsight.catalogs.shelf import Shelf
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product, Skip, Variant

__all__ = ["COLUMNS", "VendureCatalog", "is_vendure"]

COLUMNS = frozenset(
    {
        "name", "slug", "description", "assets", "facets", "optiongroups", "optionvalues",
        "sku", "price", "taxcategory", "stockonhand", "trackinventory", "variantassets",
        "variantfacets",
    }
)  # fmt: skip
_WITNESSES = frozenset({"slug", "optiongroups", "optionvalues", "sku"})


def is_vendure(columns: frozenset[str]) -> bool:
    """Whether a header, its names in normal form, is that of a Vendure import table."""
    return {name.partition(":")[0] for name in columns} >= _WITNESSES


@dataclass(frozen=True, slots=True)
class _Variant:
    """A variant, with what it adds to its product."""

    value: Variant
    facets: Mapping[str, tuple[str, ...]]
    skips: tuple[Skip, ...]


class VendureCatalog:
    """The catalog of a Vendure import table. Raises CatalogError where it has no name or sku."""

    def __init__(self, feed: Feed, options: CatalogOptions) -> None:
        self._feed = feed
        self._options = options
        self._columns = _plain_columns(feed)
        for name in ("name", "sku"):
            if name not in self._columns:
                raise CatalogError(f"{feed.path}: no Vendure table: it has no column '{name}'")

    @property
    def source(self) -> str:
        """The feed's absolute path."""
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


def _plain_columns(feed: Feed) -> dict[str, str]:
    """Name without language, lower case -> the feed's first such column."""
    columns: dict[str, str] = {}
    for column in feed.columns:
        columns.setdefault(column.partition(":")[0].strip().casefold(), column)
    return columns


@dataclass(slots=True)
class _Reading:
    feed: Feed
    columns: Mapping[str, str]
    shelf: Shelf
    photos: PhotoJoin
    currency: str | None
    numbers: Numbers = field(default_factory=lambda: Numbers(lambda: "."))

    def go(self) -> Iterator[Product | Skip]:
        rows: list[Row] = []
        orphaned = "a variant, but no product stands above it"
        for row in self.feed.rows():
            is_product = bool(self._cell(row, "name"))
            # A bad row closes the product above unless it is clearly one of its variants.
            is_variant = bool(self._cell(row, "sku")) and not is_product
            if is_product or (isinstance(row, BadRow) and not is_variant):
                yield from self._product(rows)
                rows = []
            if isinstance(row, BadRow):
                reference = self._cell(row, "sku") if is_variant else self._id(row)
                yield self.feed.skip(row, row.reason, reference=reference)
                orphaned = f"a variant of the product in row {row.number}, which cannot be read"
            elif is_product or rows:
                rows.append(row)
            else:
                yield self.feed.skip(row, orphaned, reference=self._cell(row, "sku"))
        yield from self._product(rows)

    def _product(self, rows: Sequence[Row]) -> Iterator[Product | Skip]:
        """One product of its rows, the first of which names it."""
        if not rows:
            return
        first = rows[0]
        product_id = self._id(first)
        earlier = self.shelf.remember("id", product_id, first.number)
        if earlier is not None:
            reason = f"the slug '{product_id}' was used before, in row {earlier}, which counts"
            yield self.feed.skip(first, reason, reference=product_id)
            return
        groups = [_group_name(text) for text in several(self._cell(first, "optiongroups"))]
        # The product's own photos first: they are likelier to show where the photos are.
        own_photos, skips = separate_skips(
            self.photos.find((product_id,), several(self._cell(first, "assets")), first.number)
        )
        found = list(self._variants(rows, groups))
        variants = [item for item in found if isinstance(item, _Variant)]
        yield from (item for item in found if isinstance(item, Skip))
        if not variants:
            reason = "none of its variants can be used"
            yield self.feed.skip(first, reason, reference=product_id)
            return
        for refused in (skips, *(variant.skips for variant in variants)):
            yield from refused
        yield self._unite(product_id, first, own_photos, variants)

    def _unite(
        self, product_id: str, first: Row, own_photos: tuple[str, ...], variants: Sequence[_Variant]
    ) -> Product:
        photos = (own_photos, *(variant.value.photos for variant in variants))
        price = lowest(variant.value.price for variant in variants)
        facets = _merge(_facets(self._cell(first, "facets")), *(v.facets for v in variants))
        brands = facets.pop("brand", ())
        return Product(
            id=product_id,
            title=html_to_line(self._cell(first, "name")),
            description=html_to_text(self._cell(first, "description")),
            price=price,
            currency=None if price is None else self.currency,
            categories=tuple((name,) for name in facets.pop("category", ())),
            brand=brands[0] if brands else None,
            attributes=facets,
            variants=tuple(variant.value for variant in variants),
            photos=tuple(dict.fromkeys(photo for some in photos for photo in some)),
            source=self.feed.source,
        )

    def _variants(self, rows: Sequence[Row], groups: Sequence[str]) -> Iterator[_Variant | Skip]:
        taken: set[str] = set()
        for row in rows:
            try:
                variant = self._variant(row, groups, taken)
            except RowError as error:
                reference = self._cell(row, "sku") or self._id(row)
                yield self.feed.skip(row, str(error), reference=reference)
            else:
                taken.add(variant.value.id)
                yield variant

    def _variant(self, row: Row, groups: Sequence[str], taken: set[str]) -> _Variant:
        sku = self._cell(row, "sku")
        if not sku:
            raise RowError("no sku in this row")
        values = [html_to_line(text) for text in self._cell(row, "optionvalues").split("|")]
        if len([value for value in values if value]) != len(groups):
            raise RowError(
                f"{len(list(filter(None, values)))} values for the {len(groups)} option groups",
                column="optionValues",
                value=self._cell(row, "optionvalues"),
            )
        variant_id = sku if sku not in taken else f"{sku} {' '.join(values)}"
        if variant_id in taken:
            raise RowError(f"the sku '{sku}' with the same options stands above")
        price = self.numbers.price(row, self._column("price"))
        is_tracked = self._cell(row, "trackinventory").casefold() not in ("false", "0")
        stock = self.numbers.stock(row, self._column("stockonhand")) if is_tracked else None
        photos, skips = separate_skips(
            self.photos.find((sku,), several(self._cell(row, "variantassets")), row.number)
        )
        options = {name: (value,) for name, value in zip(groups, values, strict=False)}
        variant = Variant(variant_id, options, amount_of(price), stock, photos)
        return _Variant(variant, _facets(self._cell(row, "variantfacets")), skips)

    def _id(self, row: Row | BadRow) -> str:
        name = self._cell(row, "name")
        return self._cell(row, "slug") or "-".join(name.casefold().split())

    def _cell(self, row: Row | BadRow, name: str) -> str:
        return row.cells.get(self._column(name), "")

    def _column(self, name: str) -> str:
        return self.columns.get(name, name)


def _group_name(text: str) -> str:
    """`size:shoe-size` is a group shown as size."""
    return html_to_line(text.partition(":")[0])


def _facets(cell: str) -> dict[str, tuple[str, ...]]:
    """`category:Computers|brand:Apple` -> names and values."""
    found: dict[str, tuple[str, ...]] = {}
    for text in several(cell):
        name, separator, value = (part.strip() for part in text.partition(":"))
        if name.casefold() in ("brand", "category"):
            name = name.casefold()
        if separator and name and value:
            known = found.get(name, ())
            found[name] = known if value in known else (*known, html_to_line(value))
    return found


def _merge(*all_facets: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for facets in all_facets:
        for name, values in facets.items():
            merged[name] = tuple(dict.fromkeys((*merged.get(name, ()), *values)))
    return merged

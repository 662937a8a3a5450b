"""Which format a source is in, told by what it contains and never by its name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from goodsight.catalogs import magento, shopify_columns, vendure, woocommerce_cells
from goodsight.catalogs.columns import is_known_name
from goodsight.catalogs.currencies import currency_code
from goodsight.catalogs.feeds import Feed, open_feed
from goodsight.catalogs.folder import FolderCatalog
from goodsight.catalogs.generic import GenericCatalog
from goodsight.catalogs.google_merchant import GoogleMerchantCatalog, is_google_merchant
from goodsight.catalogs.magento import MagentoCatalog
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.rows import is_unicode, normal_name
from goodsight.catalogs.shopify import ShopifyCatalog
from goodsight.catalogs.vendure import VendureCatalog
from goodsight.catalogs.woocommerce import WooCommerceCatalog
from goodsight.core.errors import CatalogError, UsageError
from goodsight.core.ports import Catalog

__all__ = ["FormatHelp", "formats", "open_catalog"]

_DEFAULTS = CatalogOptions()

FOLDER = "folder"
GENERIC = "generic"
GOOGLE = "google"


@dataclass(frozen=True, slots=True)
class FormatHelp:
    """A format's name, as `--format` takes it, and what it is."""

    name: str
    help: str


@dataclass(frozen=True, slots=True)
class _FeedFormat:
    name: str
    help: str
    fits: Callable[[Feed], bool]
    open: Callable[[Feed, CatalogOptions], Catalog]


# The first that fits is taken; the generic one fits every table.
_FEED_FORMATS = (
    _FeedFormat(
        "magento",
        "Magento 2 product export (CSV): configurable products with their simple variants",
        lambda feed: magento.is_magento(frozenset(feed.columns)),
        MagentoCatalog,
    ),
    _FeedFormat(
        "vendure",
        "Vendure product import table (CSV): nameless rows are variants of the row above",
        lambda feed: vendure.is_vendure(feed.normal_columns),
        VendureCatalog,
    ),
    _FeedFormat(
        "shopify",
        "Shopify product table (CSV): rows of one handle are variants and images of a product",
        lambda feed: shopify_columns.is_shopify(feed.normal_columns),
        ShopifyCatalog,
    ),
    _FeedFormat(
        "woocommerce",
        "WooCommerce product table (CSV): variable products with their variations",
        lambda feed: woocommerce_cells.is_woocommerce(feed.normal_columns),
        WooCommerceCatalog,
    ),
    _FeedFormat(
        GOOGLE,
        "Google Merchant product data (XML, TSV, CSV): rows of one item group are variants",
        lambda feed: is_google_merchant(feed.normal_columns),
        GoogleMerchantCatalog,
    ),
    _FeedFormat(
        GENERIC,
        "CSV, TSV, JSON lines or XML with columns id, title, price, stock, category, image, …",
        lambda _feed: True,
        GenericCatalog,
    ),
)
_FOLDER_HELP = FormatHelp(FOLDER, "a folder of photos: sub-folder = product, loose photo = product")


def formats() -> tuple[FormatHelp, ...]:
    """The known formats, in the order in which they are tried."""
    return (_FOLDER_HELP, *(FormatHelp(known.name, known.help) for known in _FEED_FORMATS))


def open_catalog(source: str, options: CatalogOptions = _DEFAULTS) -> Catalog:
    """Open a feed file or a folder of photos as a catalog.

    Raises CatalogError where the source cannot be read as what it is, or as what
    `options.format` says it is, and UsageError for options that make no sense.
    """
    options = _check(options)
    path = Path(source).expanduser()
    if not is_unicode(str(path.resolve())):
        shown = os.fsencode(path).decode("utf-8", errors="replace")
        raise CatalogError(f"{shown}: the path is not valid Unicode: rename it")
    if options.format == FOLDER or (options.format is None and path.is_dir()):
        return FolderCatalog(path, options)
    if path.is_dir():
        raise CatalogError(f"{path}: a folder, but format '{options.format}' is that of a file")
    feed = replace(
        open_feed(path, lambda name: _is_known(name, options)),
        address=options.address,
        name=options.name,
    )
    if options.format is not None:
        forced = next(known for known in _FEED_FORMATS if known.name == options.format)
    else:
        forced = next(known for known in _FEED_FORMATS if known.fits(feed))
    if options.column_map and forced.name not in (GENERIC, GOOGLE):
        raise UsageError(
            f"--map names columns of the generic format, and {path} is a {forced.name} feed:"
            " leave it out, or add --format generic"
        )
    return forced.open(feed, options)


def _check(options: CatalogOptions) -> CatalogOptions:
    names = [known.name for known in formats()]
    if options.format is not None and options.format not in names:
        raise UsageError(f"unknown format '{options.format}': choose from {', '.join(names)}")
    if options.media_root is not None and not options.media_root.is_dir():
        raise UsageError(f"--media {options.media_root}: no such folder")
    if options.currency is None:
        return options
    code = currency_code(options.currency)
    if code is None:
        raise UsageError(f"'{options.currency}' is no currency: give an ISO 4217 code such as EUR")
    return replace(options, currency=code)


def _is_known(name: str, options: CatalogOptions) -> bool:
    return (
        is_known_name(name)
        or name in magento.COLUMNS
        or name.partition(":")[0] in vendure.COLUMNS
        or name in shopify_columns.COLUMNS
        or name in woocommerce_cells.COLUMNS
        or woocommerce_cells.is_attribute_column(name)
        or name in map(normal_name, options.column_map.values())
    )

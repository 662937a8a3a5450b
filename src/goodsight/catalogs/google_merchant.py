"""Google Merchant's product data, as TSV, CSV or XML: rows of the generic feed in all but little.

Rows of one `item_group_id` become one product. The shop's own `product_type` is the category,
Google's taxonomy only where that is missing and is no bare number. What Google's advertising
and shipping need of a product says nothing of it and is left out. Facebook's and Pinterest's
catalogues have the same columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from goodsight.catalogs.feeds import Feed
from goodsight.catalogs.generic import GenericCatalog
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.rows import ITEM_SEPARATOR, BadRow, Row, normal_name

__all__ = ["GoogleMerchantCatalog", "is_google_merchant"]

_WITNESSES = frozenset(
    {"availability", "google_product_category", "condition", "gtin", "identifier_exists"}
)
_TECHNICAL = frozenset(
    {
        "ads_redirect", "adult", "auto_pricing_min_price", "availability_date", "canonical_link",
        "cost_of_goods_sold", "display_ads_id", "display_ads_link", "display_ads_similar_ids",
        "display_ads_title", "display_ads_value", "excluded_destination", "expiration_date",
        "external_seller_id", "google_product_category", "identifier_exists",
        "included_destination", "installment", "is_bundle", "lifestyle_image_link", "link_template",
        "loyalty_points", "max_handling_time", "min_handling_time", "mobile_link",
        "mobile_link_template", "multipack", "pause", "pickup_method", "pickup_sla",
        "product_type", "promotion_id", "return_address_label", "return_policy_label",
        "sell_on_google_quantity", "short_title", "subscription_cost", "tax", "tax_category",
        "transit_time_label", "unit_pricing_base_measure", "unit_pricing_measure",
        "virtual_model_link", "guid", "pubdate", "updated",
    }
)  # fmt: skip
_TECHNICAL_PREFIXES = ("shipping", "tax.", "shopping_ads_", "installment.", "subscription_cost.")
CATEGORY = "category"


def is_google_merchant(columns: frozenset[str]) -> bool:
    """Whether column names, in normal form, are those of Google Merchant's product data."""
    return {"id", "title", "image_link"} <= columns and bool(columns & _WITNESSES)


class GoogleMerchantCatalog(GenericCatalog):
    """The catalog of Google Merchant's product data."""

    def __init__(self, feed: Feed, options: CatalogOptions) -> None:
        columns = (*(name for name in feed.columns if not _is_technical(name)), CATEGORY)
        super().__init__(replace(feed, columns=columns, read=lambda: _translated(feed)), options)


def _translated(feed: Feed) -> Iterator[Row | BadRow]:
    for row in feed.rows():
        yield replace(row, cells=_cells(row))


def _cells(row: Row | BadRow) -> dict[str, str]:
    kept: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for column, cell in row.cells.items():
        by_name.setdefault(normal_name(column), cell)
        if not _is_technical(column):
            kept[column] = cell
    of_google = by_name.get("google_product_category", "")
    if own := by_name.get("product_type"):
        kept[CATEGORY] = own if ITEM_SEPARATOR in own else _listed(*_paths(own))
    elif of_google and not of_google.isdecimal():
        kept[CATEGORY] = _listed(of_google)
    return kept


def _paths(cell: str) -> list[str]:
    """`Food, drink > Tea, Home > Cups` -> paths; a comma parts where both sides have levels."""
    paths: list[str] = []
    for part in cell.split(","):
        if paths and not (">" in part and ">" in paths[-1]):
            paths[-1] += f",{part}"
        else:
            paths.append(part.strip())
    return paths


def _listed(*values: str) -> str:
    return ITEM_SEPARATOR.join([*values, ""])


def _is_technical(column: str) -> bool:
    name = normal_name(column)
    return name in _TECHNICAL or name.startswith(_TECHNICAL_PREFIXES) or name == CATEGORY

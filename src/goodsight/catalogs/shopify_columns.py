"""Which column of a Shopify product table means what, under its older and its newer name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from goodsight.catalogs.rows import normal_name

__all__ = ["COLUMNS", "OPTION_NUMBERS", "find_attributes", "find_columns", "is_shopify"]

OPTION_NUMBERS = (1, 2, 3)

# Names in normal form: the older export first, then the newer one.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "handle": ("handle", "url_handle"),
    "title": ("title",),
    "description": ("body_(html)", "body_html", "description"),
    "vendor": ("vendor",),
    "category": ("product_category", "standard_product_type"),
    "type": ("type", "product_type", "custom_product_type"),
    "tags": ("tags",),
    "published": ("published", "published_on_online_store"),
    "status": ("status",),
    "sku": ("variant_sku", "sku"),
    "barcode": ("variant_barcode", "barcode"),
    "price": ("variant_price", "price"),
    "regular_price": ("variant_compare_at_price", "compare_at_price"),
    "tracker": ("variant_inventory_tracker", "inventory_tracker"),
    "quantity": ("variant_inventory_qty", "inventory_quantity"),
    "image": ("image_src", "product_image_url"),
    "position": ("image_position",),
    "variant_image": ("variant_image", "variant_image_url"),
    "gender": ("google_shopping_/_gender",),
    "age_group": ("google_shopping_/_age_group",),
    "condition": ("google_shopping_/_condition",),
    "mpn": ("google_shopping_/_mpn", "google_shopping_/_manufacturer_part_number_(mpn)"),
    **{f"option{n}_name": (f"option{n}_name",) for n in OPTION_NUMBERS},
    **{f"option{n}_value": (f"option{n}_value",) for n in OPTION_NUMBERS},
}
COLUMNS = frozenset(name for names in _NAMES.values() for name in names)
_WITNESSES = frozenset(
    {
        "option1_name", "variant_sku", "variant_price", "variant_inventory_qty", "image_src",
        "product_image_url", "published_on_online_store",
    }
)  # fmt: skip
# `Fabric (product.metafields.custom.fabric)`: what shops add to products themselves.
_METAFIELD = " (product.metafields."


def is_shopify(columns: frozenset[str]) -> bool:
    """Whether a header, its names in normal form, is that of a Shopify product table."""
    has_handle = any(name in columns for name in _NAMES["handle"])
    return has_handle and "title" in columns and bool(columns & _WITNESSES)


def find_columns(columns: Iterable[str]) -> dict[str, str]:
    """Field -> the column of the table that holds it, for the fields that it has."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(normal_name(column), column)
    return {
        field: by_name[found]
        for field, names in _NAMES.items()
        if (found := next((name for name in names if name in by_name), None)) is not None
    }


def find_attributes(columns: Iterable[str]) -> dict[str, str]:
    """Metafield column -> the name of the attribute it holds."""
    return {column: column.partition(_METAFIELD)[0] for column in columns if _METAFIELD in column}

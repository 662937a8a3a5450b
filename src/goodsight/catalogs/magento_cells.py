"""What Magento packs into one cell: attributes, variations, categories, images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from goodsight.catalogs.cells import CategoryPath, attribute_values
from goodsight.catalogs.html_text import html_to_line
from goodsight.catalogs.rows import Row

__all__ = [
    "Attributes",
    "Variation",
    "split_attributes",
    "split_categories",
    "split_images",
    "split_variations",
]

Attributes = dict[str, tuple[str, ...]]

ROOT_CATEGORY = "default category"
NO_IMAGE = "no_selection"

# Values may contain commas: a pair ends only where the next `name=` begins, or the cell. The
# length of names is bounded so that no cell makes the search slow.
_PAIR = re.compile(
    r"""(?<![^,]) (?P<name>[A-Za-z]\w{0,99})=
        (?: "(?P<quoted>(?:[^"]|"")*)" (?=,|$) | (?P<value>.*?) (?=,[A-Za-z]\w{0,99}=|$) )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_NEXT_VARIATION = re.compile(r"\|(?=\s*sku=)")
_LEVEL_END = re.compile(r"(?<!\\)/")

# Switches of the shop system, not properties of the product.
_TECHNICAL = frozenset(
    {
        "has_options", "required_options", "options_container", "msrp",
        "msrp_display_actual_price_type", "gift_message_available", "gift_wrapping_available",
        "gift_wrapping_price", "custom_layout", "custom_design", "page_layout", "price_type",
        "price_view", "sku_type", "weight_type", "shipment_type", "samples_title",
        "links_title", "links_purchased_separately", "links_exist",
        "quantity_and_stock_status", "tax_class_id", "swatch_image", "is_returnable",
        "allow_message", "allow_open_amount", "email_template", "giftcard_type",
        "is_redeemable", "lifetime", "use_config_allow_message", "use_config_email_template",
        "use_config_is_redeemable", "use_config_lifetime", "related_tgtr_position_behavior",
        "related_tgtr_position_limit", "upsell_tgtr_position_behavior",
        "upsell_tgtr_position_limit", "ts_dimensions_height", "ts_dimensions_length",
        "ts_dimensions_width", "url_path", "old_id",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variation:
    """What a configurable row says about one of its variants."""

    sku: str
    options: Attributes = field(default_factory=dict)


def split_attributes(cell: str) -> Attributes:
    """`size=XS,climate=Cool|Windy` -> names and values, without the shop system's switches."""
    return {
        name: values
        for name, text in _pairs(cell)
        if name not in _TECHNICAL and (values := attribute_values(text))
    }


def split_variations(cell: str) -> list[Variation]:
    """`sku=A-XS,size=XS|sku=A-S,size=S` -> the variants in their order, each once."""
    found: dict[str, Variation] = {}
    for part in _NEXT_VARIATION.split(cell) if cell else ():
        options = {
            name: values
            for name, text in _pairs(part.strip())
            if (values := attribute_values(text))
        }
        sku = options.pop("sku", ("",))[0]
        if sku:
            found.setdefault(sku, Variation(sku, options))
    return list(found.values())


def split_categories(cell: str) -> tuple[CategoryPath, ...]:
    r"""Paths separated by commas, without the root level; `\/` is a slash within a name.

    A comma with a space behind it belongs to a name, unless the root category follows.
    """
    parts: list[str] = []
    for part in cell.split(","):
        is_new = not part.startswith(" ") or part.strip().casefold().startswith(ROOT_CATEGORY)
        if is_new or not parts:
            parts.append(part.strip())
        else:
            parts[-1] += "," + part
    paths: dict[CategoryPath, None] = {}
    for part in parts:
        levels = [html_to_line(text.replace("\\/", "/")) for text in _LEVEL_END.split(part)]
        if levels[0].casefold() == ROOT_CATEGORY:
            del levels[0]
        if any(levels):
            paths[tuple(filter(None, levels))] = None
    return tuple(paths)


def split_images(row: Row) -> Iterator[str]:
    """The base image, else a smaller one, then the additional images."""
    names = ("base_image", "small_image", "thumbnail_image")
    main = (row.cells.get(name, "") for name in names)
    first = next((image for image in main if image and image != NO_IMAGE), None)
    if first is not None:
        yield first
    for image in row.cells.get("additional_images", "").split(","):
        if image.strip() and image.strip() != NO_IMAGE:
            yield image.strip()


def _pairs(cell: str) -> Iterator[tuple[str, str]]:
    for found in _PAIR.finditer(cell):
        quoted = found["quoted"]
        yield found["name"], found["value"] if quoted is None else quoted.replace('""', '"')

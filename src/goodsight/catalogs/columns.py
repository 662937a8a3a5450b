"""Which column of a generic feed means what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from goodsight.catalogs.rows import normal_name

__all__ = ["ID_NAMES", "Columns", "assign_columns", "is_image_name", "is_known_name"]

# Names in normal form, most trusted first.
ID_NAMES = (
    "id", "sku", "product_id", "item_id", "article_number", "product_code", "item_number",
    "code", "商品id", "商品编号", "商品编码", "货号", "编号",
)  # fmt: skip
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ID_NAMES,
    "group": ("item_group_id", "parent_id", "variant_of", "parent_sku"),
    "title": ("title", "name", "product_name", "product_title", "item_name", "标题", "商品名称",
              "商品标题", "名称"),
    "description": ("description", "product_description", "long_description", "desc",
                    "body_html", "body_(html)", "short_description", "summary", "content",
                    "描述", "商品描述", "详情"),
    "price": ("price", "unit_price", "regular_price", "价格", "售价", "单价"),
    "special_price": ("special_price", "sale_price", "促销价", "特价"),
    "special_from": ("special_price_from_date", "special_price_from", "sale_price_from"),
    "special_to": ("special_price_to_date", "special_price_to", "sale_price_to"),
    "special_dates": ("sale_price_effective_date",),
    "currency": ("currency", "currency_code", "price_currency", "货币", "币种"),
    "stock": ("stock", "qty", "quantity", "stock_quantity", "stock_on_hand", "inventory",
              "availability", "in_stock", "库存", "库存数量", "数量"),
    "category": ("category", "categories", "category_path", "product_type", "分类", "商品分类",
                 "类目", "类别"),
    "brand": ("brand", "manufacturer", "vendor", "品牌"),
    "url": ("url", "link", "product_url", "product_link", "链接", "网址"),
}  # fmt: skip
_IMAGE_NAME = re.compile(
    r"(?:additional_)?(?:product_)?(?:image|photo|picture|图片|主图|照片|商品图片)s?"
    r"(?:_(?:url|link|src|path|file))?s?(?:_?\d+)?"
)
# The first of these columns with content counts; of other fields only the first column does,
# and what else bears one of its names is an attribute (`sku` beside `id`).
_CHAINED = frozenset({"description", "special_price", "special_from", "special_to", "stock"})
_JOINED = frozenset({"category"})


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a feed by field, most trusted first; all others are `attributes`.

    `attributes` are pairs of attribute name and column; `other_ids` those of these columns
    that could have been the id, by which photo lists may name the product (`sku`).
    """

    fields: Mapping[str, tuple[str, ...]]
    attributes: tuple[tuple[str, str], ...]
    other_ids: tuple[str, ...] = ()


def is_image_name(name: str) -> bool:
    """Whether a name in normal form is one of a column of photos."""
    return _IMAGE_NAME.fullmatch(name) is not None


def is_known_name(name: str) -> bool:
    """Whether a name in normal form means a field of a generic feed."""
    return is_image_name(name) or any(name in names for names in _NAMES.values())


def assign_columns(columns: tuple[str, ...], column_map: Mapping[str, str]) -> Columns:
    """Give each column its field; `column_map` (field or attribute -> column) goes first."""
    free = {column: normal_name(column) for column in columns}
    fields: dict[str, tuple[str, ...]] = {}
    attributes: list[tuple[str, str]] = []
    for field, wanted in column_map.items():
        column = find_column(columns, wanted)
        if column is None:
            continue
        free.pop(column, None)
        if field in _NAMES or field == "image":
            fields[field] = (column,)
        else:
            attributes.append((field, column))
    for field, names in _NAMES.items():
        if field not in fields:
            fields[field] = _take(free, field, names)
    if "image" not in fields:
        fields["image"] = tuple(column for column, name in free.items() if is_image_name(name))
    taken = {column for of_field in fields.values() for column in of_field}
    attributes += [(column, column) for column in free if column not in taken]
    other_ids = tuple(column for _, column in attributes if normal_name(column) in ID_NAMES)
    return Columns(fields, tuple(attributes), other_ids)


def find_column(columns: tuple[str, ...], wanted: str) -> str | None:
    """The column of that very name, else of the same name in normal form."""
    if wanted in columns:
        return wanted
    normal = normal_name(wanted)
    return next((column for column in columns if normal_name(column) == normal), None)


def _take(free: dict[str, str], field: str, names: tuple[str, ...]) -> tuple[str, ...]:
    found = [column for wanted in names for column, name in free.items() if name == wanted]
    if field not in _CHAINED and field not in _JOINED:
        found = found[:1]
    for column in found:
        del free[column]
    return tuple(found)

from __future__ import annotations

import pytest

from goodsight.catalogs.columns import assign_columns, is_image_name, is_known_name


def test_names_are_recognised_in_any_dress() -> None:
    columns = assign_columns(("SKU", "Product Name", "Unit-Price", "Qty", "Photo", "Colour"), {})
    assert columns.fields["id"] == ("SKU",)
    assert columns.fields["title"] == ("Product Name",)
    assert columns.fields["price"] == ("Unit-Price",)
    assert columns.fields["stock"] == ("Qty",)
    assert columns.fields["image"] == ("Photo",)
    assert columns.attributes == (("Colour", "Colour"),)


def test_the_plainest_name_wins_and_the_other_is_an_attribute() -> None:
    columns = assign_columns(("sku", "id", "name", "title"), {})
    assert columns.fields["id"] == ("id",)
    assert columns.fields["title"] == ("title",)
    assert columns.attributes == (("sku", "sku"), ("name", "name"))
    assert columns.other_ids == ("sku",)


def test_the_map_goes_first() -> None:
    names = ("id", "title", "name", "farbe", "Bild")
    columns = assign_columns(names, {"title": "name", "color": "farbe", "image": "bild"})
    assert columns.fields["title"] == ("name",)
    assert columns.fields["image"] == ("Bild",)
    assert columns.attributes == (("color", "farbe"), ("title", "title"))


def test_a_map_to_a_column_some_lines_lack() -> None:
    columns = assign_columns(("id", "title"), {"title": "name"})
    assert columns.fields["title"] == ("title",)


def test_chinese_names() -> None:
    columns = assign_columns(("货号", "商品名称", "价格", "库存", "图片"), {})
    assert [columns.fields[field] for field in ("id", "title", "price", "stock", "image")] == [
        ("货号",), ("商品名称",), ("价格",), ("库存",), ("图片",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["image", "images", "image_2", "photo", "image_url", "image_link", "additional_image_link",
     "picture_1", "product_image", "图片"],
)  # fmt: skip
def test_image_names(name: str) -> None:
    assert is_image_name(name)


@pytest.mark.parametrize("name", ["image_alt_text", "imagery", "label"])
def test_no_image_names(name: str) -> None:
    assert not is_image_name(name)


def test_known_names() -> None:
    assert is_known_name("qty")
    assert is_known_name("item_group_id")
    assert not is_known_name("colour")

"""WooCommerce's product table, after the public schema of its import and export."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed, records
from goodsight.core.types import Product, Variant

HEADER = [
    "ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Is featured?",
    "Visibility in catalog", "Short description", "Description", "Date sale price starts",
    "Date sale price ends", "Tax status", "In stock?", "Stock", "Backorders allowed?",
    "Weight (kg)", "Sale price", "Regular price", "Categories", "Tags", "Images", "Parent",
    "External URL", "Position", "Brands", "Attribute 1 name", "Attribute 1 value(s)",
    "Attribute 1 visible", "Attribute 2 name", "Attribute 2 value(s)", "Meta: _note",
]  # fmt: skip
PHOTO = "https://shop.example/wp-content/uploads/"
HOODIE: dict[str, object] = {
    "ID": 10, "Type": "variable", "SKU": "HOOD", "Name": "Hoodie &#8211; warm", "Published": 1,
    "Description": "<b>Warm</b>\\nand soft", "In stock?": 1, "Weight (kg)": "0,5",
    "Categories": r"Clothing > Hoodies, Sale, Big\, bold > New", "Tags": "winter, new",
    "Images": f"{PHOTO}a.jpg, {PHOTO}b.jpg", "Brands": "Acme",
    "Attribute 1 name": "Colour", "Attribute 1 value(s)": "Blue, Red",
    "Attribute 2 name": "Logo", "Attribute 2 value(s)": "Yes", "Meta: _note": "x",
}  # fmt: skip
BLUE: dict[str, object] = {
    "ID": 11, "Type": "variation", "SKU": "HOOD-B", "Published": 1, "In stock?": 1, "Stock": 4,
    "Regular price": 45, "Sale price": 42, "Parent": "HOOD", "Images": PHOTO + "blue.jpg",
    "Attribute 1 name": "Colour", "Attribute 1 value(s)": "Blue",
}  # fmt: skip
RED: dict[str, object] = BLUE | {
    "ID": 12, "SKU": "", "Parent": "id:10", "In stock?": 0, "Stock": "", "Sale price": "",
    "Images": "", "Attribute 1 value(s)": "Red",
}  # fmt: skip


def test_variations_join_their_parent_wherever_they_stand(write_feed: WriteFeed) -> None:
    feed = write_feed(records(HEADER, [BLUE, HOODIE, RED]))
    assert only_product(feed, currency="EUR") == Product(
        id="10",
        title="Hoodie – warm",
        description="Warm and soft",
        price=Decimal(42),
        currency="EUR",
        categories=(("Clothing", "Hoodies"), ("Sale",), ("Big, bold", "New")),
        brand="Acme",
        attributes={
            "Colour": ("Blue", "Red"), "Logo": ("Yes",), "regular_price": ("45",),
            "sku": ("HOOD",), "tags": ("winter", "new"),
        },
        variants=(
            Variant("12", {"Colour": ("Red",)}, Decimal(45), 0),
            Variant("11", {"Colour": ("Blue",)}, Decimal(42), 4, (PHOTO + "blue.jpg",)),
        ),
        photos=tuple(PHOTO + name for name in ("a.jpg", "b.jpg", "blue.jpg")),
        source=str(feed.resolve()),
    )  # fmt: skip


def test_a_variation_switched_off_is_left_out(write_feed: WriteFeed) -> None:
    product = only_product(write_feed(records(HEADER, [HOODIE, BLUE, RED | {"Published": 0}])))
    assert [variant.id for variant in product.variants] == ["11"]


@pytest.mark.parametrize(
    ("cells", "stock"),
    [
        ({"In stock?": 1, "Stock": ""}, 1),
        ({"In stock?": 1, "Stock": 7}, 7),
        ({"In stock?": 0, "Stock": 7}, 0),
        ({"In stock?": "backorder"}, 0),
        ({"In stock?": 1, "Stock": "parent"}, 1),
        ({}, None),
    ],
)
def test_stock(write_feed: WriteFeed, cells: dict[str, object], stock: int | None) -> None:
    row = {"ID": 1, "Type": "simple", "Name": "Cap", **cells}
    assert only_product(write_feed(records(HEADER, [row]))).stock == stock


def test_sale_prices_have_days(write_feed: WriteFeed) -> None:
    row = {
        "ID": 1, "Type": "simple, virtual", "Name": "Cap", "Regular price": "20", "Sale price": "9",
        "Date sale price starts": "2026-03-01 00:00:00", "Date sale price ends": "2026-03-31",
    }  # fmt: skip
    feed = write_feed(records(HEADER, [row]))
    assert only_product(feed, today=date(2026, 3, 31)).price == Decimal(9)
    assert only_product(feed, today=date(2026, 4, 1)).price == Decimal(20)


def test_prices_as_the_shops_country_writes_them(write_feed: WriteFeed) -> None:
    rows = [
        {"ID": 1, "Type": "simple", "Name": "Sofa", "Regular price": "1.299", "Published": -1},
        {"ID": 2, "Type": "external", "Name": "Vase", "Regular price": "12,50",
         "External URL": "https://other.example/vase"},
    ]  # fmt: skip
    (sofa, vase), _ = read_feed(write_feed(records(HEADER, rows)))
    assert (sofa.price, sofa.attributes["status"]) == (Decimal(1299), ("draft",))
    assert (vase.price, vase.url) == (Decimal("12.50"), "https://other.example/vase")


def test_a_messy_table(write_feed: WriteFeed) -> None:
    """As a shop's plug-in wrote it: Latin-1, semicolons, orphans, repeats."""
    rows = [
        {"ID": 1, "Type": "simple", "SKU": "M", "Name": "Müsli", "Regular price": "4.50"},
        {"Type": "simple", "Name": "Nobody"},
        {"ID": 1, "Type": "simple", "Name": "Müsli again"},
        {"ID": 5, "Type": "variation", "Parent": "id:99", "Regular price": "1"},
        {"ID": 6, "Type": "variation", "Regular price": "1"},
        {"ID": 7, "Type": "variable", "SKU": "V", "Name": "Vest"},
        {"ID": 8, "Type": "variation", "SKU": "V-S", "Parent": "V", "Regular price": "free"},
    ]  # fmt: skip
    text = records(HEADER, rows).replace('"GTIN, UPC, EAN, or ISBN"', "GTIN").replace(",", ";")
    feed = write_feed(text, encoding="cp1252")
    products, skips = read_feed(feed)
    assert [(product.id, product.title) for product in products] == [("1", "Müsli")]
    assert [(skip.reference, skip.reason, skip.row) for skip in skips] == [
        (str(feed.resolve()), "no ID and no SKU in this row", 3),
        ("1", "the id '1' was used before, in row 2, which counts", 4),
        ("8", "Regular price 'free': not a price", 8),
        ("7", "none of its variations can be used", 7),
        ("5", "its parent 'id:99' is not in the feed", 5),
        ("6", "it has no parent", 6),
    ]

"""Google Merchant's product data as TSV, RSS and Atom, after the public attribute reference."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed, records
from goodsight.core.types import Product, Variant

HEADER = [
    "id", "title", "description", "link", "image link", "additional image link", "availability",
    "price", "sale price", "google product category", "product type", "brand", "gtin", "condition",
    "color", "size", "item group id", "shipping", "custom label 0",
]  # fmt: skip
PHOTO = "https://img.shop.example/"
ROW: dict[str, object] = {
    "id": "T-S", "title": "Shirt", "description": "Soft &amp; light", "link": "https://shop.example/t",
    "image link": PHOTO + "a.jpg", "additional image link": f"{PHOTO}b.jpg,{PHOTO}c.jpg",
    "availability": "in_stock", "price": "15.00 USD", "sale price": "12.50 USD",
    "google product category": "212", "product type": "Home > Women, Sale > Women",
    "brand": "Acme", "gtin": "4006381333931", "condition": "new", "color": "Blue", "size": "S",
    "item group id": "T", "shipping": "US:CA:Overnight:16.00 USD",
}  # fmt: skip


def test_a_tab_separated_feed(write_feed: WriteFeed) -> None:
    other = ROW | {"id": "T-M", "size": "M", "availability": "out_of_stock", "sale price": ""}
    feed = write_feed(records(HEADER, [ROW, other]).replace(",", "\t").replace('"', ""))
    # The commas within cells are back.
    text = feed.read_text().replace("b.jpg\thttps", "b.jpg,https").replace("Women\t S", "Women, S")
    feed.write_text(text)
    shared = {"gtin": ("4006381333931",), "condition": ("new",), "color": ("Blue",)}
    photos = tuple(PHOTO + name for name in ("a.jpg", "b.jpg", "c.jpg"))
    assert only_product(feed) == Product(
        id="T",
        title="Shirt",
        description="Soft & light",
        price=Decimal("12.50"),
        currency="USD",
        own_stock=1,
        categories=(("Home", "Women"), ("Sale", "Women")),
        brand="Acme",
        url="https://shop.example/t",
        attributes={**shared, "regular_price": ("15.00",)},
        variants=(
            Variant("T-S", {"size": ("S",)}, Decimal("12.50"), 1, photos),
            Variant("T-M", {"size": ("M",)}, Decimal("15.00"), 0, photos),
        ),
        photos=photos,
        source=str(feed.resolve()),
    )


RSS = """<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0">
<channel><title>Shop</title><link>https://shop.example</link>
<item>
  <title>Read elsewhere</title><g:title>Lamp</g:title>
  <g:id>L1</g:id><link>https://shop.example/lamp?a=1&amp;b=2</link>
  <description><![CDATA[<p>Bright & warm</p>]]></description>
  <g:image_link>https://img.shop.example/l.jpg</g:image_link>
  <g:additional_image_link>https://img.shop.example/l2.jpg</g:additional_image_link>
  <g:additional_image_link>https://img.shop.example/l3.jpg</g:additional_image_link>
  <g:availability>preorder</g:availability><g:price>1299.00 EUR</g:price>
  <g:google_product_category>Home &amp; Garden &gt; Lighting</g:google_product_category>
  <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
  <g:product_detail><g:section_name>Light</g:section_name>
    <g:attribute_name>Socket</g:attribute_name><g:attribute_value>E27</g:attribute_value>
  </g:product_detail>
</item>
</channel></rss>"""


def test_rss(write_feed: WriteFeed) -> None:
    feed = write_feed(RSS, "feed.xml")
    assert only_product(feed) == Product(
        id="L1",
        title="Lamp",
        description="Bright & warm",
        price=Decimal("1299.00"),
        currency="EUR",
        own_stock=0,
        categories=(("Home & Garden", "Lighting"),),
        url="https://shop.example/lamp?a=1&b=2",
        attributes={"Socket": ("E27",)},
        photos=tuple(PHOTO + name for name in ("l.jpg", "l2.jpg", "l3.jpg")),
        source=str(feed.resolve()),
    )


def test_atom(write_feed: WriteFeed) -> None:
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
    <title>Shop</title><link rel="self" href="https://shop.example/feed"/>
    <entry><title>Vase</title><link rel="self" href="x"/><link href="https://shop.example/v"/>
    <summary>Blue glass</summary><g:id>V</g:id><g:price>9.00 GBP</g:price>
    <g:image_link>https://img.shop.example/v.jpg</g:image_link>
    <g:availability>in stock</g:availability></entry></feed>"""
    vase = only_product(write_feed(text))
    assert (vase.id, vase.title, vase.url) == ("V", "Vase", "https://shop.example/v")
    assert (vase.description, vase.price, vase.currency) == ("Blue glass", Decimal("9.00"), "GBP")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_xml(write_feed: WriteFeed, encoding: str) -> None:
    text = RSS.replace('"1.0"?>', '"1.0" encoding="ISO-8859-1"?>').replace(
        "Lamp", "Lämpchen für 5 €"
    )
    assert only_product(write_feed(text, encoding=encoding)).title == "Lämpchen für 5 €"


def test_rows_that_lack_what_is_needed(write_feed: WriteFeed) -> None:
    rows = [
        ROW | {"id": ""},
        ROW | {"id": "A", "item group id": "", "price": "15.00 USD", "sale price": "9 EUR"},
        ROW | {"id": "B", "item group id": "", "image link": "", "additional image link": ""},
    ]
    (bare,), skips = read_feed(write_feed(records(HEADER, rows)))
    assert (bare.id, bare.photos) == ("B", ())
    assert [(skip.row, skip.reason) for skip in skips] == [
        (2, "no id in this row"), (3, "the row names two currencies: EUR and USD"),
    ]  # fmt: skip


def test_commas_in_categories(write_feed: WriteFeed) -> None:
    row = ROW | {"item group id": "", "product type": "Food, drink > Tea,Home > Cups, mugs"}
    product = only_product(write_feed(records(HEADER, [row])))
    assert product.categories == (("Food, drink", "Tea"), ("Home", "Cups, mugs"))
    row |= {"product type": "", "google product category": "Food, Beverages > Tea, Coffee"}
    product = only_product(write_feed(records(HEADER, [row])))
    assert product.categories == (("Food, Beverages", "Tea, Coffee"),)

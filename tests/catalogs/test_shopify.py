"""Shopify's product table, after the public references of both its generations of columns."""

from __future__ import annotations

from decimal import Decimal

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed, records
from goodsight.core.types import Product, Skip, Variant

OLDER = [
    "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published",
    "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Variant SKU",
    "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Price",
    "Variant Compare At Price", "Variant Barcode", "Image Src", "Image Position",
    "Image Alt Text", "Gift Card", "SEO Title", "Google Shopping / Gender",
    "Google Shopping / Custom Label 0", "Fabric (product.metafields.custom.fabric)",
    "Variant Image", "Cost per item", "Status",
]  # fmt: skip
NEWER = [
    "Title", "URL handle", "Description", "Vendor", "Product category", "Type", "Tags",
    "Published on online store", "Status", "SKU", "Barcode", "Option1 name", "Option1 value",
    "Price", "Compare-at price", "Inventory tracker", "Inventory quantity", "Product image URL",
    "Image position", "Variant image URL",
]  # fmt: skip
PHOTO = "https://cdn.shop.example/"


def older(*rows: dict[str, object]) -> str:
    return records(OLDER, rows)


SHIRT: dict[str, object] = {
    "Handle": "shirt", "Title": "Shirt &amp; Tie", "Body (HTML)": "<p>Soft.</p><ul><li>Cotton",
    "Vendor": "Acme", "Product Category": "Apparel &amp; Accessories > Clothing", "Type": "Shirts",
    "Tags": "summer, sale, summer", "Published": "TRUE", "Option1 Name": "Size",
    "Option1 Value": "S", "Option2 Name": "Colour", "Option2 Value": "Blue", "Variant SKU": "S-B",
    "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": 3, "Variant Price": "19.90",
    "Variant Compare At Price": "25.00", "Variant Barcode": "'4006381333931",
    "Image Src": PHOTO + "2.jpg", "Image Position": 2, "Gift Card": "FALSE", "SEO Title": "buy",
    "Google Shopping / Gender": "unisex", "Google Shopping / Custom Label 0": "x",
    "Fabric (product.metafields.custom.fabric)": "cotton; linen", "Cost per item": "4.00",
    "Status": "active",
}  # fmt: skip


def test_rows_of_a_handle_are_one_product(write_feed: WriteFeed) -> None:
    feed = write_feed(
        older(
            SHIRT,
            {"Handle": "shirt", "Option1 Value": "M", "Option2 Value": "Red", "Variant SKU": "",
             "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": -2,
             "Variant Price": "21.50", "Image Src": PHOTO + "1.jpg", "Image Position": 1,
             "Variant Image": PHOTO + "red.jpg"},
            {"Handle": "shirt", "Image Src": PHOTO + "3.jpg", "Image Position": "3"},
        )
    )  # fmt: skip
    assert only_product(feed, currency="EUR") == Product(
        id="shirt",
        title="Shirt & Tie",
        description="Soft.\nCotton",
        price=Decimal("19.90"),
        currency="EUR",
        categories=(("Apparel & Accessories", "Clothing"), ("Shirts",)),
        brand="Acme",
        attributes={
            "tags": ("summer", "sale"), "gender": ("unisex",), "Fabric": ("cotton", "linen"),
            "regular_price": ("25.00",),
        },
        variants=(
            Variant(
                "S-B", {"Size": ("S",), "Colour": ("Blue",), "barcode": ("4006381333931",)},
                Decimal("19.90"), 3,
            ),
            Variant(
                "shirt/M/Red", {"Size": ("M",), "Colour": ("Red",)}, Decimal("21.50"), 0,
                (PHOTO + "red.jpg",),
            ),
        ),
        photos=tuple(PHOTO + name for name in ("1.jpg", "2.jpg", "3.jpg", "red.jpg")),
        source=str(feed.resolve()),
    )  # fmt: skip


def test_the_newer_columns_and_a_product_without_variants(write_feed: WriteFeed) -> None:
    row = {
        "Title": "Mug", "URL handle": "mug", "Description": "For tea", "SKU": "M1",
        "Barcode": "123", "Option1 name": "Title", "Option1 value": "Default Title",
        "Price": "1,299.00", "Inventory quantity": 7, "Published on online store": "FALSE",
        "Product image URL": PHOTO + "mug.jpg",
    }  # fmt: skip
    hidden = only_product(
        write_feed(records([c for c in NEWER if c != "Inventory tracker"], [row]))
    )
    assert (hidden.id, hidden.title, hidden.description) == ("mug", "Mug", "For tea")
    assert (hidden.price, hidden.stock, hidden.variants) == (Decimal("1299.00"), 7, ())
    assert hidden.photos == (PHOTO + "mug.jpg",)
    assert hidden.attributes == {"sku": ("M1",), "barcode": ("123",), "status": ("unpublished",)}
    # With the column for it empty nobody counts what there is.
    assert only_product(write_feed(records(NEWER, [row]))).stock is None


def test_a_draft_says_so(write_feed: WriteFeed) -> None:
    product = only_product(write_feed(older(SHIRT | {"Status": "Draft"})))
    assert product.attributes["status"] == ("draft",)


def test_a_messy_table(write_feed: WriteFeed) -> None:
    """As a spreadsheet writes it: a mark of UTF-16, semicolons, rows cut short and too long."""
    text = (
        "Handle;Title;Variant SKU;Variant Price;Image Src\n"
        "café;Café;C1;3.50\n"
        ";Nameless;N1;1.00;n.jpg\n"
        "cup;Cup;K1;cheap;cup.jpg\n"
        "pot;Pot;P1;8.00;;surplus\n"
        "pot;;P2;9.00;\n"
        "café;Café again;C9;2.00;\n"
        "tea;Tea;T1;2.00;../../etc/passwd\n"
        "tea;;T1;2.50;\n"
    )
    feed = write_feed(text, encoding="utf-16")
    products, skips = read_feed(feed)
    assert [(p.id, p.title, p.price) for p in products] == [
        ("café", "Café", Decimal("3.50")), ("tea", "Tea", Decimal("2.00")),
    ]  # fmt: skip
    assert [(skip.reference, skip.row) for skip in skips] == [
        (str(feed.resolve()), 3), ("K1", 4), ("cup", 4), ("pot", 5), ("pot", 6), ("café", 7),
        ("T1", 9), ("../../etc/passwd", 8),
    ]  # fmt: skip
    assert [skip.reason for skip in skips][:-1] == [
        "no handle in this row",
        "Variant Price 'cheap': not a price",
        "none of its variants can be used",
        "6 cells where the header has 5",
        "no title in the first row of this handle that can be read",
        "the handle 'café' was used before, in row 2, which counts",
        "the variant 'T1' stands above",
    ]
    assert "leads out of the media folder" in skips[-1].reason


def test_photo_lists_know_handles_and_skus(write_feed: WriteFeed) -> None:
    listed = write_feed("sku,image\nshirt,a.jpg\nS-B,b.jpg\n", "list.csv")
    product = only_product(write_feed(older(SHIRT)), photo_lists=(listed,))
    folder = listed.parent.resolve()
    assert product.photos == (PHOTO + "2.jpg", str(folder / "a.jpg"), str(folder / "b.jpg"))
    assert product.variants[0].photos == (str(folder / "b.jpg"),)


def test_skips_are_no_products(write_feed: WriteFeed) -> None:
    _, skips = read_feed(write_feed(older(SHIRT | {"Title": ""})))
    assert skips == [Skip("shirt", "no title in the first row of this handle that can be read", 2)]

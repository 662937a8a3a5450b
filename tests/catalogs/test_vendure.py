from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product, Skip, Variant

HEADER = ["name", "slug", "description", "assets", "facets", "optionGroups", "optionValues", "sku",
          "price", "taxCategory", "stockOnHand", "trackInventory", "variantAssets",
          "variantFacets"]  # fmt: skip


def padded(*rows: Sequence[str]) -> str:
    """The layout of the real table: columns padded to equal width, padding behind the quotes."""
    cells = [[f'"{c}"' if set(c) & set(',|"') else c for c in row] for row in (HEADER, *rows)]
    widths = [max(map(len, column)) + 2 for column in zip(*cells, strict=True)]
    lines = (",".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(lines) + "\n"


def product_row(name: str, slug: str, sku: str, price: str = "10.00", **cells: str) -> list[str]:
    row = dict.fromkeys(HEADER, "") | {
        "name": name, "slug": slug, "sku": sku, "price": price, "stockOnHand": "100",
    }  # fmt: skip
    return list((row | cells).values())


def variant_row(sku: str, price: str = "10.00", **cells: str) -> list[str]:
    return product_row("", "", sku, price, **cells)


def test_nameless_rows_are_variants_of_the_row_above(write_feed: WriteFeed) -> None:
    feed = write_feed(
        padded(
            product_row(
                "Laptop", "laptop", "L13", "1299.00", description='A "fine", light machine',
                assets="a.jpg|b.jpg",
                facets="category:Electronics|category:Computers|brand:Apple|port:a:b",
                optionGroups="screen size:screen|RAM", optionValues="13 inch|8GB",
            ),
            variant_row("L15", "1199.00", optionValues="15 inch|8GB", variantAssets="c.jpg",
                        variantFacets="color:red", stockOnHand="3"),
            product_row("Mouse", "mouse", "M1", "18.99"),
        ).replace('""', '"')
        .replace('"A "fine", light machine"', '"A ""fine"", light machine"')
    )  # fmt: skip
    images = feed.parent / "images"
    images.mkdir()
    (images / "a.jpg").write_bytes(b"photo")
    (laptop, mouse), skips = read_feed(feed, currency="USD")
    root = images.resolve()
    assert skips == []
    assert laptop == Product(
        id="laptop",
        title="Laptop",
        description='A "fine", light machine',
        price=Decimal("1199.00"),
        currency="USD",
        categories=(("Electronics",), ("Computers",)),
        brand="Apple",
        attributes={"port": ("a:b",), "color": ("red",)},
        variants=(
            Variant("L13", {"screen size": ("13 inch",), "RAM": ("8GB",)}, Decimal("1299.00"), 100),
            Variant(
                "L15", {"screen size": ("15 inch",), "RAM": ("8GB",)}, Decimal("1199.00"), 3,
                (str(root / "c.jpg"),),
            ),
        ),
        photos=tuple(str(root / name) for name in ("a.jpg", "b.jpg", "c.jpg")),
        source=str(feed.resolve()),
    )  # fmt: skip
    assert (mouse.id, mouse.stock, mouse.variants) == (
        "mouse", 100, (Variant("M1", {}, Decimal("18.99"), 100),),
    )  # fmt: skip


def test_variants_that_share_a_sku_are_told_apart(write_feed: WriteFeed) -> None:
    feed = write_feed(
        padded(
            product_row("Chair", "chair", "404", optionGroups="color", optionValues="mustard"),
            variant_row("404", optionValues="mint"),
            variant_row("404", optionValues="mint"),
        )
    )
    (product,), skips = read_feed(feed)
    assert [variant.id for variant in product.variants] == ["404", "404 mint"]
    assert skips == [Skip("404", "the sku '404' with the same options stands above", 4)]


def test_untracked_stock_is_unknown(write_feed: WriteFeed) -> None:
    feed = write_feed(padded(product_row("A", "a", "A1", trackInventory="false", stockOnHand="0")))
    assert only_product(feed).stock is None


def test_columns_with_a_language(write_feed: WriteFeed) -> None:
    header = "name:en,name:de,slug:en,optionGroups:en,optionValues:en,sku,price\n"
    product = only_product(write_feed(header + "Bag,Tasche,bag,,,B1,5\n"))
    assert (product.id, product.title) == ("bag", "Bag")


def test_an_empty_slug_is_made_of_the_name(write_feed: WriteFeed) -> None:
    assert only_product(write_feed(padded(product_row("Big Bag", "", "B")))).id == "big-bag"


def test_bad_rows_are_reported_and_the_rest_goes_in(write_feed: WriteFeed) -> None:
    sizes = {"optionGroups": "size"}
    feed = write_feed(
        padded(
            variant_row("orphan"),
            product_row("A", "a", "A1", "free", optionValues="S", **sizes),
            variant_row("A2", optionValues="M"),
            variant_row("", optionValues="L"),
            variant_row("A4"),
            product_row("B", "b", "B1", "free"),
            product_row("C", "c", "C1"),
            product_row("C", "c", "C2"),
        )
    )
    products, skips = read_feed(feed)
    assert [(p.id, [v.id for v in p.variants]) for p in products] == [("a", ["A2"]), ("c", ["C1"])]
    assert [(skip.reference.split("/")[-1], skip.row) for skip in skips] == [
        ("orphan", 2), ("A1", 3), ("feed.csv", 5), ("A4", 6), ("B1", 7), ("b", 7), ("c", 9),
    ]  # fmt: skip
    assert "optionValues '': 0 values for the 1 option groups" in skips[3].reason


def test_variants_of_an_unreadable_product_join_no_other(write_feed: WriteFeed) -> None:
    header = "name,slug,optionGroups,optionValues,sku,price\n"
    feed = write_feed(
        header
        + "A,a,,,A1,5\nB,b,size,S,B1,5,surplus\n,,,M,B2,6\n"
        + "C,c,size,S,C1,7\n,,,M,C2,8,surplus\n,,,L,C3,9\n"
    )
    products, skips = read_feed(feed)
    assert [(p.id, [v.id for v in p.variants]) for p in products] == [
        ("a", ["A1"]), ("c", ["C1", "C3"]),
    ]  # fmt: skip
    assert [(skip.reference, skip.row) for skip in skips] == [("b", 3), ("B2", 4), ("C2", 6)]
    assert skips[1].reason == "a variant of the product in row 3, which cannot be read"


def test_no_vendure_table(write_feed: WriteFeed) -> None:
    with pytest.raises(CatalogError, match="no column 'sku'"):
        read_feed(write_feed("name,slug\nA,a\n"), format="vendure")

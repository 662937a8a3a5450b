from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed, records
from goodsight.core.errors import CatalogError
from goodsight.core.types import Variant

HEADER = ["sku", "store_view_code", "attribute_set_code", "product_type", "categories", "name",
          "description", "short_description", "product_online", "visibility", "price",
          "special_price", "special_price_from_date", "special_price_to_date", "base_image",
          "additional_images", "additional_attributes", "qty", "is_in_stock", "manage_stock",
          "use_config_manage_stock", "configurable_variations"]  # fmt: skip


def simple(sku: str, **cells: object) -> dict[str, object]:
    row: dict[str, object] = {
        "sku": sku, "product_type": "simple", "name": sku, "price": "52.000000", "qty": "10.0000",
        "is_in_stock": 1, "visibility": "Not Visible Individually", "product_online": 1,
    }  # fmt: skip
    return row | cells


def configurable(sku: str, *variants: str, **cells: object) -> dict[str, object]:
    variations = "|".join(f"sku={name},size={name[-1]}" for name in variants)
    row: dict[str, object] = {
        "sku": sku, "product_type": "configurable", "name": f"The {sku}", "price": "99", "qty": 0,
        "is_in_stock": 1, "product_online": 1, "configurable_variations": variations,
    }  # fmt: skip
    return row | cells


def test_variants_and_their_parent_become_one_product(write_feed: WriteFeed) -> None:
    feed = write_feed(
        records(
            HEADER,
            [
                simple(
                    "H-S", price=50, base_image="/h/s.jpg",
                    additional_attributes="size=S,fit=slim",
                ),
                simple("H-M", price=52, base_image="/h/m.jpg", additional_images="/h/m2.jpg"),
                configurable(
                    "H", "H-S", "H-M", base_image="/h/m.jpg",
                    categories="Default Category/Men,Default Category",
                    description="<p>Warm &amp; dry</p>",
                    additional_attributes="has_options=1,manufacturer=Acme,material=Wool|Nylon",
                ),
            ],
        )
    )  # fmt: skip
    product = only_product(feed, currency="USD")
    folder = feed.parent.resolve()
    small, medium, back = (str(folder / f"h/{name}.jpg") for name in ("s", "m", "m2"))
    assert (product.id, product.title, product.description) == ("H", "The H", "Warm & dry")
    assert (product.price, product.currency, product.stock) == (Decimal(50), "USD", 20)
    assert (product.categories, product.brand) == ((("Men",),), "Acme")
    assert product.attributes == {"material": ("Wool", "Nylon")}
    assert product.photos == (medium, small, back)
    assert product.variants == (
        Variant("H-S", {"size": ("S",), "fit": ("slim",)}, Decimal(50), 10, (small,)),
        Variant("H-M", {"size": ("M",)}, Decimal(52), 10, (medium, back)),
    )
    assert product.source == str(feed.resolve())


def test_a_parent_before_its_variants_comes_last(write_feed: WriteFeed) -> None:
    rows = [configurable("H", "H-S", "H-M"), simple("H-S"), simple("X"), simple("H-M")]
    products, skips = read_feed(write_feed(records(HEADER, rows)))
    assert skips == []
    assert [(p.id, [v.id for v in p.variants]) for p in products] == [
        ("X", []), ("H", ["H-S", "H-M"]),
    ]  # fmt: skip


def test_rows_without_a_parent_are_products(write_feed: WriteFeed) -> None:
    rows = [simple("A", product_online=2, short_description="<b>Short</b>"), simple("B")]
    (first, second), _ = read_feed(write_feed(records(HEADER, rows)))
    assert (first.id, first.attributes, first.description) == (
        "A",
        {"status": ("disabled",)},
        "Short",
    )
    assert (second.price, second.own_stock, second.currency) == (Decimal("52.00"), 10, None)


@pytest.mark.parametrize(
    ("cells", "stock"),
    [
        ({"qty": "7.5"}, 7),
        ({"qty": "-2"}, 0),
        ({"qty": 7, "is_in_stock": 0}, 0),
        ({"qty": 7, "manage_stock": 0, "use_config_manage_stock": 0}, None),
        ({"qty": 7, "manage_stock": 0, "use_config_manage_stock": 1}, 7),
        ({"qty": ""}, None),
    ],
)
def test_stock(write_feed: WriteFeed, cells: dict[str, object], stock: int | None) -> None:
    assert only_product(write_feed(records(HEADER, [simple("A", **cells)]))).stock == stock


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [("", "", True), ("3/1/26", "3/31/26", True), ("4/1/26", "", False), ("", "2026-02-28", False)],
)
def test_special_prices_count_on_their_days(
    write_feed: WriteFeed, first: str, last: str, counts: bool
) -> None:
    special = simple(
        "H-S", special_price=40, special_price_from_date=first, special_price_to_date=last
    )
    feed = write_feed(records(HEADER, [special, simple("H-M"), configurable("H", "H-S", "H-M")]))
    product = only_product(feed, today=date(2026, 3, 15))
    assert product.price == (40 if counts else 52)
    assert product.attributes.get("regular_price") == (("52.00",) if counts else None)


def test_bad_rows_are_reported_and_the_rest_goes_in(write_feed: WriteFeed) -> None:
    rows = [
        simple("H-S", price="cheap"), simple("H-M"), configurable("H", "H-S", "H-M", "H-L"),
        simple("A", qty="lots"), simple("B", special_price=3, special_price_from_date="soon"),
        simple("C"), simple("C"), {"product_type": "simple", "name": "nameless"},
    ]  # fmt: skip
    products, skips = read_feed(write_feed(records(HEADER, rows)))
    assert [(p.id, [v.id for v in p.variants]) for p in products] == [("C", []), ("H", ["H-M"])]
    assert {(skip.reference.split("/")[-1], skip.row) for skip in skips} == {
        ("H-S", 2), ("H-L", 4), ("A", 5), ("B", 6), ("C", 8), ("feed.csv", 9),
    }  # fmt: skip
    reasons = {skip.reference: skip.reason for skip in skips}
    assert reasons["H-S"] == "price 'cheap': not a price"
    assert reasons["H-L"] == "a variant of H without a row of its own"
    assert reasons["B"].startswith("special_price_from_date 'soon': not a date")


def test_a_parent_without_usable_variants_stands_for_itself(write_feed: WriteFeed) -> None:
    (product,), skips = read_feed(write_feed(records(HEADER, [configurable("H", "H-S", qty=3)])))
    assert (product.price, product.stock, product.variants) == (Decimal(99), 3, ())
    assert len(skips) == 1


def test_translations_are_left_out(write_feed: WriteFeed) -> None:
    rows = [simple("A", name="Bag"), simple("A", store_view_code="de", name="Tasche")]
    assert only_product(write_feed(records(HEADER, rows))).title == "Bag"


def test_an_export_of_one_store_view_alone(write_feed: WriteFeed) -> None:
    rows = [simple("A", store_view_code="de", name="Tasche")]
    assert only_product(write_feed(records(HEADER, rows))).title == "Tasche"


def test_no_magento_export(write_feed: WriteFeed) -> None:
    with pytest.raises(CatalogError, match="no column 'sku'"):
        read_feed(write_feed("id,name\n1,Bag\n"), format="magento")

from __future__ import annotations

from decimal import Decimal

import pytest

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed, table
from goodsight.core.types import Variant

HEADER = ["id", "item_group_id", "title", "price", "stock", "color", "material", "image"]


def test_a_group_without_a_row_of_its_own(write_feed: WriteFeed) -> None:
    feed = write_feed(
        table(
            HEADER,
            ["S-red", "S", "Shirt", "12", "3", "red", "wool", "r.jpg"],
            ["S-blue", "S", "Shirt blue", "10", "0", "blue", "wool", "b.jpg|r.jpg"],
        )
    )
    product = only_product(feed, currency="EUR")
    folder = feed.parent.resolve()
    red, blue = str(folder / "r.jpg"), str(folder / "b.jpg")
    assert (product.id, product.title, product.price) == ("S", "Shirt", Decimal(10))
    assert (product.stock, product.currency) == (3, "EUR")
    assert product.attributes == {"material": ("wool",)}
    assert product.photos == (red, blue)
    assert product.variants == (
        Variant("S-red", {"color": ("red",)}, Decimal(12), 3, (red,)),
        Variant("S-blue", {"color": ("blue",)}, Decimal(10), 0, (blue, red)),
    )


@pytest.mark.parametrize("parent_first", [True, False])
def test_a_parents_row_lends_its_texts(write_feed: WriteFeed, parent_first: bool) -> None:
    parent = ["S", "", "Shirt", "99", "0", "", "wool", "s.jpg"]
    variants = [
        ["S-red", "S", "x", "12", "3", "red", "wool", ""],
        ["S-b", "S", "y", "", "", "b", "", ""],
    ]
    rows = [parent, *variants] if parent_first else [*variants, parent]
    product = only_product(write_feed(table(HEADER, *rows)))
    assert (product.title, product.price, product.stock) == ("Shirt", Decimal(12), 3)
    assert product.attributes == {"material": ("wool",)}
    assert [dict(variant.options) for variant in product.variants] == [
        {"color": ("red",)}, {"color": ("b",)},
    ]  # fmt: skip


def test_groups_may_be_scattered_among_other_products(write_feed: WriteFeed) -> None:
    feed = write_feed(
        table(
            ["id", "parent_id"],
            ["a1", "a"], ["x", ""], ["b1", "b"], ["a2", "a"], ["y", "0"], ["b2", "b"], ["z", ""],
        )
    )  # fmt: skip
    products, skips = read_feed(feed)
    assert skips == []
    assert [(p.id, len(p.variants)) for p in products] == [
        ("x", 0), ("a", 2), ("y", 0), ("b", 2), ("z", 0),
    ]  # fmt: skip


def test_bad_variants_are_reported_and_the_rest_goes_in(write_feed: WriteFeed) -> None:
    header = ["id", "parent_id", "price", "currency"]
    feed = write_feed(
        table(
            header,
            ["a1", "a", "5", "EUR"], ["a2", "a", "bad", "EUR"], ["a1", "a", "6", "EUR"],
            ["a3", "a", "7", "USD"], ["b1", "b", "bad", "EUR"],
        )
    )  # fmt: skip
    products, skips = read_feed(feed)
    assert [(p.id, [v.id for v in p.variants]) for p in products] == [("a", ["a1"])]
    assert sorted((skip.reference, skip.row or 0) for skip in skips) == [
        ("a1", 4), ("a2", 3), ("a3", 5), ("b", 0), ("b1", 6),
    ]  # fmt: skip


def test_a_parent_whose_variants_are_all_bad(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["id", "parent_id", "price"], ["a", "", "5"], ["a1", "a", "bad"]))
    (product,), skips = read_feed(feed)
    assert (product.id, product.variants, product.price) == ("a", (), Decimal(5))
    assert len(skips) == 1


def test_json_lines_with_groups(write_feed: WriteFeed) -> None:
    text = '{"id": "a"}\n{"id": "a1", "variant_of": "a", "price": 1.299}\n'
    product = only_product(write_feed(text))
    assert (product.id, product.price) == ("a", Decimal("1.299"))


def test_the_regular_price_of_the_cheapest_variant(write_feed: WriteFeed) -> None:
    header = ["id", "parent_id", "price", "special_price"]
    feed = write_feed(table(header, ["a1", "a", "20", ""], ["a2", "a", "30", "15"]))
    product = only_product(feed)
    assert (product.price, product.attributes) == (Decimal(15), {"regular_price": ("30",)})

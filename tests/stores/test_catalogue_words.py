"""What a collection can be asked about."""

from __future__ import annotations

from decimal import Decimal

from goodsight.core.types import Product, Variant
from goodsight.core.vocabulary import Vocabulary
from stores.samples import begin

PRODUCTS = [
    Product(
        id="a",
        title="A",
        price=Decimal("20.50"),
        currency="EUR",
        categories=(("Men", "Shoes"),),
        brand="Acme",
        attributes={"Color": ("Red", "Blue"), "care": ("x" * 200,), "seen_colour": ("odd",)},
        variants=(Variant("a1", {"size": ("42",)}, stock=2),),
        source="feed.csv",
    ),
    Product(
        id="b",
        title="B",
        price=Decimal(80),
        currency="USD",
        categories=(("Shoes",),),
        attributes={"color": ("red",)},
        source="feed.csv",
    ),
]


def put(store, products) -> None:
    run = begin(store)
    run.put_products(products)
    run.finish([], remove_missing=True, complete=True)


def test_values_are_counted_as_filters_compare_them(postgres_store):
    put(postgres_store, PRODUCTS)
    found = postgres_store.open("shop").vocabulary()
    assert found.categories == {"shoes": 2, "men": 1, "men/shoes": 1}
    assert found.brands == {"acme": 1}
    assert found.attributes == {"color": {"red": 2, "blue": 1}, "size": {"42": 1}}
    assert set(found.currencies) == {"EUR", "USD"}
    assert (found.least_price, found.greatest_price) == (Decimal("20.50"), Decimal(80))
    assert found.has_stock


def test_it_is_remembered_until_the_collection_changes(embedded_store):
    put(embedded_store, PRODUCTS)
    opened = embedded_store.open("shop")
    first = opened.vocabulary()
    assert opened.vocabulary() is first
    put(embedded_store, PRODUCTS[1:])
    assert opened.vocabulary().categories == {"shoes": 1}
    assert not opened.vocabulary().has_stock


def test_an_empty_collection_has_none(embedded_store):
    put(embedded_store, [])
    assert embedded_store.open("shop").vocabulary() == Vocabulary()

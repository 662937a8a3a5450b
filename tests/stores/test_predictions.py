"""Predictions kept beside what feeds say."""

from __future__ import annotations

import pytest

from goodsight.core.errors import CollectionNotFound
from goodsight.core.filter_parser import parse_filter
from goodsight.core.labelling import Prediction
from goodsight.core.store_ports import BrowseQuery, ProductChange
from goodsight.core.types import Product
from stores.samples import begin

PRODUCTS = [
    Product("a", "Alpha", attributes={"colour": ("red",)}, source="feed.csv"),
    Product("b", "Beta", source="feed.csv"),
    Product("c", "Gamma", source="feed.csv"),
]


def put(store, products):
    run = begin(store)
    changes = run.put_products(products)
    run.finish([], remove_missing=True, complete=True)
    return list(changes)


def passing(store, text):
    query = BrowseQuery(where=parse_filter(text))
    return {found.product.id for found in store.open("shop").browse(query).products}


@pytest.fixture
def store(postgres_store):
    put(postgres_store, PRODUCTS)
    keeper = postgres_store.predictions("shop")
    keeper.keep("kind", [Prediction("a", "Shoe", 0.876), Prediction("b", "Bag 鞋", 0.5)])
    keeper.finish()
    return postgres_store


def test_predictions_are_attributes_that_filters_see(store):
    [alpha] = store.open("shop").get(["a"])
    assert alpha.attributes == {
        "colour": ("red",),
        "predicted_kind": ("Shoe",),
        "predicted_kind_confidence": ("0.88",),
    }
    assert passing(store, "predicted_kind = 'shoe'") == {"a"}
    assert passing(store, "predicted_kind_confidence >= 0.5") == {"a", "b"}
    assert passing(store, "predicted_kind_confidence > 0.5") == {"a"}
    assert passing(store, "colour = 'red'") == {"a"}


def test_words_do_not_find_them_and_requests_are_not_read_as_them(store):
    opened = store.open("shop")
    assert not opened.browse(BrowseQuery(words="shoe")).products
    assert opened.vocabulary().attributes == {"colour": {"red": 1}}
    assert "predicted_kind_confidence" not in opened.narrowings()


def test_a_feed_that_says_the_same_leaves_them(store):
    assert put(store, PRODUCTS) == [ProductChange.UNCHANGED] * 3
    assert passing(store, "predicted_kind = 'Bag 鞋'") == {"b"}


def test_a_feed_that_says_something_new_takes_its_products_away(store):
    put(
        store, [PRODUCTS[0], Product("b", "Beta", attributes={"kind": ("Bag",)}, source="feed.csv")]
    )
    assert passing(store, "predicted_kind = 'Bag 鞋'") == set()
    assert passing(store, "predicted_kind = 'Shoe'") == {"a"}


def test_they_are_replaced_and_taken_away(store):
    keeper = store.predictions("shop")
    before = store.open("shop").info().index_version
    keeper.keep("kind", [Prediction("a", "Boot", 1.0), Prediction("b", None)])
    keeper.finish()
    assert passing(store, "predicted_kind = 'Shoe'") == set()
    assert passing(store, "predicted_kind = 'Boot'") == {"a"}
    assert store.open("shop").get(["b"])[0].attributes == {}
    assert store.open("shop").info().index_version > before


def test_products_that_have_gone_are_passed_over(store):
    store.predictions("shop").keep("kind", [Prediction("gone", "Shoe", 1.0)])
    with pytest.raises(CollectionNotFound):
        store.predictions("nowhere").keep("kind", [])

"""Dominant colours of photos narrow a search and are counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from goodsight.core.filter_parser import parse_filter
from goodsight.core.looks import PhotoLooks
from goodsight.core.store_ports import BrowseQuery
from goodsight.core.types import Product
from stores.samples import begin, photo, place, query, random_units

SHOWN = {"a": ("red", "navy"), "b": ("red",), "c": ("white",), "d": None}
COLOURS = np.array([1, 0], dtype=np.float32)


@pytest.fixture
def products(postgres_store):
    run = begin(postgres_store)
    run.put_products(
        [Product(id=key, title=key, photos=(key,), source="feed.csv") for key in SHOWN]
    )
    vectors = random_units(len(SHOWN))
    run.put_photos(
        [
            replace(photo(key, vector), looks=names and PhotoLooks(COLOURS, names, 1, COLOURS))
            for (key, names), vector in zip(SHOWN.items(), vectors, strict=True)
        ],
        [place(key, key) for key in SHOWN],
    )
    run.finish([], remove_missing=True, complete=True)
    return postgres_store.open("shop")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("seen_colour = 'red'", "ab"),
        ("seen_colour = '红色'", "ab"),
        ("seen_colour in ('藏青', 'White')", "ac"),
        ("seen_colour != 'red'", "c"),
        ("not seen_colour = 'red'", "cd"),
        ("seen_colour = 'reddish'", ""),
        ("seen_colour = 1", ""),
        ("seen_colour", ""),
        ("seen_colour > 1", ""),
        ("seen_colour = 'red' and not seen_colour = 'navy'", "b"),
    ],
)
def test_filters_choose_by_what_is_seen(products, where, expected):
    tree = parse_filter(where)

    browsed = products.browse(BrowseQuery(where=tree)).products
    searched = products.search(query(random_units(1)[0], where=tree)).products

    assert sorted(item.product.id for item in browsed) == list(expected)
    assert sorted(item.product.id for item in searched) == list(expected)


def test_counts_are_of_products_and_not_bound_by_their_own_condition(products):
    counts = products.facets(["seen_colour"], parse_filter("seen_colour = 'navy'"), None)
    bound = products.facets(["seen_colour"], parse_filter("id = 'a'"), None)

    assert counts == {"seen_colour": {"red": 2, "navy": 1, "white": 1}}
    assert bound == {"seen_colour": {"navy": 1, "red": 1}}


def narrowings_of(store, *shown):
    """The facets worth showing where each product has one photo with these colours."""
    run = begin(store, "narrow")
    keys = [f"p{number}" for number in range(len(shown))]
    own = {"seen_colour": ("loud", "quiet"), "colour": ("red", "blue")}
    run.put_products(
        [
            Product(id=key, title=key, photos=(key,), source="feed.csv", attributes=own)
            for key in keys
        ]
    )
    run.put_photos(
        [
            replace(
                photo(key, vector),
                looks=None if names is None else PhotoLooks(COLOURS, names, 1, COLOURS),
            )
            for key, names, vector in zip(keys, shown, random_units(len(keys)), strict=True)
        ],
        [place(key, key) for key in keys],
    )
    run.finish([], remove_missing=True, complete=True)
    return store.open("narrow").narrowings()


@pytest.mark.parametrize(
    ("shown", "times"),
    [
        ([("red",), ("navy",)], 1),
        ([("red", "navy"), None], 1),
        ([("red",), ("red",)], 0),
        ([(), ("red",)], 0),
        ([None, None], 0),
    ],
)
def test_colours_are_worth_showing_where_there_are_several(postgres_store, shown, times):
    """Once at most, though the feed has an attribute of that name."""
    names = narrowings_of(postgres_store, *shown)

    assert names.count("seen_colour") == times
    assert "colour" in names


def test_colours_are_shown_before_what_only_some_feeds_have(products):
    assert products.narrowings() == ("seen_colour",)

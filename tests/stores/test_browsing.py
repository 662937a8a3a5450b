"""Looking through a collection without a photo: words, pages, prices, facets."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from goodsight.core.facets import without_name
from goodsight.core.filter_parser import parse_filter
from goodsight.core.filters import matches
from goodsight.core.store_ports import BrowseQuery
from goodsight.core.types import Product, Sort, Variant
from stores.samples import BARE, SHIRT, begin, photo, place, unit

SHOES = [
    Product(
        id=f"S{number}",
        title=f"Running shoe {number}",
        description="Light.",
        price=Decimal(10 * number) if number else None,
        currency="EUR",
        own_stock=number % 3,
        categories=(("Shoes", "Running"),) if number % 2 else (("Shoes", "Trail"), ("Sale",)),
        brand="Acme" if number % 2 else "Übel & Söhne",
        attributes={"Color": ("Red", "Blue") if number % 2 else ("red",), "fit": ("Wide",)},
        variants=(Variant(f"S{number}-42", {"Size": ("42",)}, None, number % 3, ()),),
        source="shoes.csv",
    )
    for number in range(12)
]


@pytest.fixture
def shoes(postgres_store):
    run = begin(postgres_store, "shoes")
    run.put_products([*SHOES, SHIRT, BARE])
    run.put_photos(
        [photo("a", unit(1)), photo("b", unit(0, 1))],
        [place("MH01", "a.jpg", "a"), place("MH01", "b.jpg", "b")],
    )
    run.finish([], remove_missing=False, complete=True)
    return postgres_store.open("shoes")


def ids(found):
    return [scored.product.id for scored in found.products]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("shoes", {shoe.id for shoe in SHOES}),
        ("RUNNING sho", {shoe.id for shoe in SHOES}),
        ("S7", {"S7"}),
        ("S7-42", {"S7"}),
        ("trail red", {shoe.id for shoe in SHOES[::2]}),
        ('"running shoe" -trail', {shoe.id for shoe in SHOES[1::2]}),
        ("washable", {"MH01"}),
        ("zebra", set()),
        ("'; drop table products; --", set()),
        ("!!! & |", set()),
    ],
)
def test_words_are_looked_for_in_title_ids_and_attributes(shoes, words, expected):
    found = shoes.browse(BrowseQuery(words=words, limit=50))
    assert set(ids(found)) == expected
    assert found.total == len(expected)


def test_better_fitting_words_come_first(shoes):
    found = shoes.browse(BrowseQuery(words="acme or shirt", limit=3))
    assert ids(found)[0] == "MH01"


def test_pages_follow_each_other_without_gap_or_repeat(shoes):
    pages = [ids(shoes.browse(BrowseQuery(limit=5, offset=offset))) for offset in (0, 5, 10)]
    assert [len(page) for page in pages] == [5, 5, 4]
    assert len({product for page in pages for product in page}) == 14
    assert shoes.browse(BrowseQuery(limit=5)).total == 14


def test_prices_are_put_in_order_with_the_unknown_last(shoes):
    up = shoes.browse(BrowseQuery(words="shoe", limit=50, sort=Sort.PRICE))
    assert ids(up) == [*(f"S{number}" for number in range(1, 12)), "S0"]
    down = shoes.browse(BrowseQuery(words="shoe", limit=50, sort=Sort.PRICE_DOWN))
    assert ids(down) == [*(f"S{number}" for number in range(11, 0, -1)), "S0"]


def test_the_first_photo_of_the_feed_is_shown(shoes):
    [shirt] = shoes.browse(BrowseQuery(words="MH01")).products
    assert shirt.photo == "a.jpg"
    assert [kept.reference for kept in shoes.photos("MH01")] == ["a.jpg", "b.jpg"]
    assert shoes.photo(shirt.content_hash).reference == "a.jpg"
    assert shoes.photo("0" * 64) is None
    assert shoes.browse(BrowseQuery(words="S7")).products[0].photo == ""


@pytest.mark.parametrize(
    "where", [None, "color = 'blue'", "brand = 'Acme' and price > 40", "in_stock", "price > 9999"]
)
def test_facets_count_what_choosing_a_value_would_bring(shoes, where):
    tree = None if where is None else parse_filter(where)
    everything = [*SHOES, SHIRT, BARE]
    counted = shoes.facets(["brand", "Color", "category", "in_stock"], tree, None)
    for name, values in counted.items():
        others = without_name(tree, name)
        left = [p for p in everything if others is None or matches(others, p)]
        for value, count in values.items():
            condition = "in_stock" if name == "in_stock" else f"{name} = '{value}'"
            if value == "false":
                condition = "in_stock = false"
            chosen = parse_filter(condition)
            assert sum(matches(chosen, product) for product in left) == count, (name, value)


def test_facets_show_values_as_the_catalogue_spells_them(shoes):
    counted = shoes.facets(["brand", "color", "category"], None, None)
    assert counted["brand"] == {"Acme": 7, "Übel & Söhne": 6}
    assert set(counted["color"]) == {"Red", "Blue"} or set(counted["color"]) == {"red", "Blue"}
    assert counted["category"]["Shoes/Running"] == 6
    assert "Running" not in counted["category"]
    assert shoes.facets(["nothing"], None, None) == {"nothing": {}}


def test_price_buckets_hold_every_priced_product_once(shoes):
    counted = shoes.facets(["price"], None, None)["price"]
    assert sum(counted.values()) == 12
    assert len(counted) > 2
    found = Counter()
    for bucket in counted:
        low, _, high = bucket.partition("-")
        for shoe in [*SHOES, SHIRT]:
            if shoe.price is not None and (not low or shoe.price >= Decimal(low)):
                found[bucket] += not high or shoe.price < Decimal(high)
    assert found == Counter(counted)


def test_words_bind_facets_too(shoes):
    assert shoes.facets(["brand"], None, "trail")["brand"] == {"Übel & Söhne": 6}


def test_facets_follow_an_edit_at_once(shoes, postgres_store):
    assert shoes.facets(["brand"], None, "S7")["brand"] == {"Acme": 1}
    run = begin(postgres_store, "shoes")
    run.put_products([Product(id="S7", title="S7", brand="Other")])
    run.finish([], remove_missing=False, complete=False)
    assert shoes.facets(["brand"], None, "S7")["brand"] == {"Other": 1}


def test_facets_worth_showing_are_shared_by_many(shoes):
    names = shoes.narrowings()
    assert names[:4] == ("category", "brand", "price", "in_stock")
    assert "Color" in names
    assert "fit" not in names  # one value narrows nothing


def test_removed_products_take_their_photos_with_them(shoes, postgres_store):
    [shirt] = shoes.browse(BrowseQuery(words="MH01")).products
    assert postgres_store.remove_products("shoes", ["MH01", "nothing"]) == 1
    assert shoes.get(["MH01"]) == []
    assert shoes.photo(shirt.content_hash) is None
    assert shoes.thumbnails([shirt.content_hash]) == {}
    assert postgres_store.remove_products("shoes", ["MH01"]) == 0

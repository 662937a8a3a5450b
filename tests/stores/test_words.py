"""Searching by words: what comes first, what is forgiven, and in which writing."""

from __future__ import annotations

import pytest

from goodsight.core.filter_parser import parse_filter
from goodsight.core.store_ports import BrowseQuery
from goodsight.core.types import Metric, Product, Variant
from stores.samples import begin, filled, query, unit

GARMENTS = [
    Product("J1", "Juno Jacket", "Wear it with the Ajax Hoodie.", brand="Luma"),
    Product(
        "J2",
        "Stellar Solar Jacket",
        "Keeps the wind away on long days.",
        attributes={"barcode": ("4006381333931",)},
    ),
    Product("H1", "Ajax Hoodie", "A jacket's best friend.", categories=(("Men", "Hoodies"),)),
    Product("H2", "Ajax Full-Zip Hoodie", variants=(Variant("H2-XS-GRÜN", {"color": ("Grün",)}),)),
    Product("T1", "Cargo trousers", "Like a hoodie, for legs.", attributes={"style": ("Jacket",)}),
    Product("D1", "红色连衣裙", "真丝面料"),
    Product("D2", "蓝色连衣裙"),
    Product("The", "The"),
]


@pytest.fixture
def garments(postgres_store):
    run = begin(postgres_store, "garments")
    run.put_products(GARMENTS)
    run.finish([], remove_missing=False, complete=True)
    return postgres_store.open("garments")


def ids(store, words, **changes):
    found = store.browse(BrowseQuery(words=words, limit=50, **changes))
    return [scored.product.id for scored in found.products]


def test_the_title_tells_more_than_attributes_and_these_more_than_the_description(garments):
    assert ids(garments, "jacket") == ["J1", "J2", "T1", "H1"]


def test_the_product_of_that_name_comes_first(garments):
    assert ids(garments, "ajax hoodie")[0] == "H1"
    assert ids(garments, "Ajax full zip hoodie")[0] == "H2"
    assert ids(garments, "the") == ["The"], "a name, though the word counts for nothing"


@pytest.mark.parametrize("code", ["H2", "h2-xs-grün", "Ｈ２-XS-grun", " H2 "])
def test_an_id_finds_its_product_first(garments, code):
    assert ids(garments, code)[0] == "H2"
    assert garments.browse(BrowseQuery(words=code)).products[0].score == 1


def test_a_barcode_finds_its_product(garments):
    assert ids(garments, "4006381333931") == ["J2"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("连衣裙", {"D1", "D2"}),
        ("红色连衣裙", {"D1"}),
        ("裙", {"D1", "D2"}),
        ("真丝", {"D1"}),
        ("ＨＯＯＤＩＥ", {"H1", "H2", "J1", "T1"}),
        ("hóodie", {"H1", "H2", "J1", "T1"}),
    ],
)
def test_width_accents_and_chinese(garments, words, expected):
    assert set(ids(garments, words)) == expected


@pytest.mark.parametrize(
    ("words", "read_as", "first"),
    [
        ("jaket", "jacket", "J1"),
        ("Juno jakcet", "Juno jacket", "J1"),
        ("ajx hoodie", None, "H1"),  # too short to be misspelt: most of the words will do
        ("ajaz hodie", "ajax hoodie", "H1"),
        ("cargo trouzers", "cargo trousers", "T1"),
        ("jackets", None, "J1"),
        ("hood", None, "H1"),
    ],
)
def test_misspelt_words_are_put_right(garments, words, read_as, first):
    found = garments.browse(BrowseQuery(words=words))
    assert found.read_as == read_as
    assert found.products[0].product.id == first


def test_words_of_the_catalogue_are_never_put_right(garments):
    assert garments.browse(BrowseQuery(words="friend")).read_as is None
    assert ids(garments, "friend") == ["H1"], "a word of a description"


def test_one_word_too_many_does_not_empty_the_page(garments):
    assert ids(garments, "juno jacket unicorn")[0] == "J1"
    assert ids(garments, "juno hoodie jacket trousers")[:2] == ["J1", "T1"]
    assert ids(garments, "unicorn zebra") == []


def test_what_must_not_be_there_is_not_forgiven(garments):
    assert set(ids(garments, "ajax unicorn -zip")) == {"H1", "J1"}


def test_counts_and_filters_go_by_the_same_reading(garments):
    assert garments.facets(["brand"], None, "jakket")["brand"] == {"Luma": 1}
    where = parse_filter("brand = 'Luma'")
    assert ids(garments, "jakket", where=where) == ["J1"]
    assert garments.browse(BrowseQuery(words="jakket", where=where)).total == 1


def test_new_words_are_found_at_once(garments, postgres_store):
    assert ids(garments, "anorak") == []
    run = begin(postgres_store, "garments")
    run.put_products([Product("A1", "Anorak")])
    run.finish([], remove_missing=False, complete=False)
    assert ids(garments, "anorak") == ["A1"]


@pytest.mark.parametrize("metric", [Metric.COSINE, Metric.KL])
def test_a_photo_with_a_misspelt_word_is_ranked_among_what_was_meant(postgres_store, metric):
    products = [
        Product("J", "Jacket", photos=("j.jpg",)),
        Product("H", "Hoodie", photos=("h.jpg",)),
    ]
    store = filled(postgres_store, products, {"j.jpg": unit(1), "h.jpg": unit(0, 1)})
    found = store.search(query(unit(0.1, 1), words="jakcet", metric=metric))
    assert [scored.product.id for scored in found.products] == ["J"]
    assert found.read_as == "jacket"

from decimal import Decimal

import pytest

from goodsight.core.filter_parser import parse_filter
from goodsight.core.filters import (
    Comparison,
    Operator,
    category_terms,
    fold_attributes,
    matches,
    parse_number,
)
from goodsight.core.types import Product, Variant

HOODIE = Product(
    id="MH01",
    title="Chaz Hoodie",
    price=Decimal("52.00"),
    currency="USD",
    categories=(("Men", "Tops", "Hoodies & Sweatshirts"), ("Eco Friendly",)),
    attributes={"Material": ("Wool", "Fleece"), "weight": ("0.4",), "new": ("No",)},
    variants=(
        Variant("MH01-S-Black", {"color": ("Black",), "size": ("S",)}, stock=2),
        Variant("MH01-M-Gray", {"color": ("Gray",), "size": ("M",)}, stock=0),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "price < 53",
        "price = 52",
        "stock = 2",
        "in_stock",
        "in_stock = true",
        "category = 'tops'",
        "category = 'Men/Tops'",
        "category = 'TOPS/hoodies & sweatshirts'",
        "color in ('red', 'black')",
        "material = 'fleece'",
        "weight <= 0.40",
        "weight = 0.4",
        "not new",
        "new = false",
        "not brand = 'X'",
        "title = 'chaz hoodie' and id = 'mh01'",
        "color != 'red'",
    ],
)
def test_passes(text):
    assert matches(parse_filter(text), HOODIE)


@pytest.mark.parametrize(
    "text",
    [
        "price >= 53",
        "category = 'Women'",
        "category = 'Men/Hoodies & Sweatshirts'",
        "brand = 'X'",
        "brand != 'X'",
        "not material = 'Wool'",
        "material != 'wool'",
        "material < 5",
        "new",
        "unheard_of",
    ],
)
def test_does_not_pass(text):
    assert not matches(parse_filter(text), HOODIE)


@pytest.mark.parametrize("price", ["10.00", "1E+1", "10"])
@pytest.mark.parametrize(
    "text", ["price = 10", "price = '10'", "price in (9, '10.0')", "price < 11"]
)
def test_numbers_compare_as_numbers_however_they_are_written(text, price):
    assert matches(parse_filter(text), Product(id="1", title="x", price=Decimal(price)))


def test_truth_is_no_number():
    one = Product(id="1", title="x", price=Decimal(1), own_stock=1)
    for name in ("price", "stock"):
        assert not matches(Comparison(name, Operator.EQUAL, True), one)
        assert matches(Comparison(name, Operator.UNEQUAL, True), one)


def test_unknown_stock_is_neither_in_nor_out_of_stock():
    unknown = Product(id="1", title="x")
    assert unknown.in_stock is None
    for text in ("in_stock", "in_stock = true", "in_stock = false", "stock < 1"):
        assert not matches(parse_filter(text), unknown)


def test_category_terms_are_all_runs_of_levels():
    terms = category_terms(Product(id="1", title="x", categories=(("A", "B", "C"),)))
    assert terms == {"a", "b", "c", "a/b", "b/c", "a/b/c"}


def test_attributes_of_variants_are_merged_and_folded():
    assert fold_attributes(HOODIE)["color"] == ["black", "gray"]
    assert fold_attributes(HOODIE)["material"] == ["fleece", "wool"]


@pytest.mark.parametrize(
    "text", ["", "NaN", "Infinity", "1e5", "1_000", "٣", "five", "1,5", "1" * 101]
)
def test_not_numbers(text):
    assert parse_number(text) is None

"""Filters without one of their names, round numbers, price ranges."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.core.facets import bucket_name, nice_number, without_name
from goodsight.core.filter_parser import parse_filter


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("color = 'red'", "color", None),
        ("Color = 'red'", "color", None),
        ("color = 'red' and price < 5", "color", "price < 5"),
        ("price < 5 and price > 1 and in_stock", "price", "in_stock"),
        ("(color = 'red' or color = 'blue') and in_stock", "color", "in_stock"),
        ("not color = 'red' and in_stock and brand = 'A'", "color", "in_stock and brand = 'A'"),
        ("color = 'red' or price < 5", "color", "color = 'red' or price < 5"),
        (
            "(color = 'red' or price < 5) and in_stock",
            "color",
            "(color = 'red' or price < 5) and in_stock",
        ),
        ("price < 5", "color", "price < 5"),
    ],
)
def test_conditions_that_stand_alone_are_taken_away(text, name, left):
    expected = None if left is None else parse_filter(left)
    assert without_name(parse_filter(text), name) == expected


def test_no_filter_stays_none():
    assert without_name(None, "price") is None


@given(st.decimals(min_value="0.000001", max_value="1e12", allow_nan=False))
def test_nice_numbers_are_short_and_near(value):
    nice = nice_number(value)
    assert len(nice.normalize().as_tuple().digits) <= 2
    assert Decimal("0.8") <= nice / value <= Decimal("1.25")


def test_ranges_are_named_by_their_ends():
    assert bucket_name(None, Decimal(25)) == "-25"
    assert bucket_name(Decimal("2.5"), Decimal(10)) == "2.5-10"
    assert bucket_name(Decimal(100), None) == "100-"
    assert bucket_name(Decimal("1E+2"), None) == "100-"

"""A filter's tree as text reads as the same tree."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.core.filter_parser import parse_filter
from goodsight.core.filter_text import filter_label, filter_text, sayable
from goodsight.core.filters import And, Comparison, Flag, Membership, Not, Operator, Or

NAMES = st.text(min_size=1, max_size=12).filter(
    lambda name: sayable(name) and name.lower() not in {"price", "stock", "in_stock"}
)
VALUES = st.one_of(
    st.text(max_size=12), st.booleans(), st.integers(-999, 9999).map(lambda n: Decimal(n) / 100)
)
CONDITIONS = st.one_of(
    st.builds(Comparison, NAMES, st.sampled_from([Operator.EQUAL, Operator.UNEQUAL]), VALUES),
    st.builds(Membership, NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
    st.just(Flag("in_stock")),
)
TREES = st.one_of(
    CONDITIONS,
    CONDITIONS.map(Not),
    st.lists(st.one_of(CONDITIONS, CONDITIONS.map(Not)), min_size=2, max_size=3).flatmap(
        lambda terms: st.sampled_from(
            [Or(tuple(terms)), And(tuple(terms)), Not(Or(tuple(terms))), Not(And(tuple(terms)))]
        )
    ),
)


def folded(tree):
    """Column names lose their case when they are read."""
    return filter_text(tree).lower()


@given(TREES)
def test_the_text_of_a_tree_reads_as_that_tree(tree):
    assert folded(parse_filter(filter_text(tree))) == folded(tree)


def test_the_tree_itself_comes_back():
    tree = And((Or((Comparison("size", Operator.EQUAL, "4'2"), Flag("new"))), Not(Flag("sale"))))
    assert parse_filter(filter_text(tree)) == tree


@pytest.mark.parametrize(
    ("tree", "label"),
    [
        (Comparison("category", Operator.EQUAL, "shoes"), "shoes"),
        (Membership("color", ("red", "blue")), "color = red or blue"),
        (Not(Comparison("material", Operator.EQUAL, "wool")), "not material = wool"),
        (Comparison("price", Operator.LESS, Decimal(50)), "price < 50"),
        (Flag("in_stock"), "in stock"),
    ],
)
def test_labels_are_for_people(tree, label):
    assert filter_label(tree) == label

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.core.errors import FilterError
from goodsight.core.filter_parser import parse_filter
from goodsight.core.filters import And, Comparison, Flag, Membership, Not, Operator, Or


def test_the_example_of_the_interface():
    tree = parse_filter(
        "price < 50 and in_stock and category = 'Shoes'"
        " and color in ('red', 'blue') and not brand = 'X'"
    )
    assert tree == And(
        (
            Comparison("price", Operator.LESS, Decimal(50)),
            Flag("in_stock"),
            Comparison("category", Operator.EQUAL, "Shoes"),
            Membership("color", ("red", "blue")),
            Not(Comparison("brand", Operator.EQUAL, "X")),
        )
    )


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1 or b = 2 and c = 3", "or"),
        ("(a = 1 or b = 2) and c = 3", "and"),
    ],
)
def test_and_binds_tighter_than_or(text, tree):
    assert isinstance(parse_filter(text), Or if tree == "or" else And)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("brand = 'O''Neill'", Comparison("brand", Operator.EQUAL, "O'Neill")),
        ("\"screen size\" = '13'", Comparison("screen size", Operator.EQUAL, "13")),
        ("PRICE <> 5", Comparison("price", Operator.UNEQUAL, Decimal(5))),
        ("颜色 = '红色'", Comparison("颜色", Operator.EQUAL, "红色")),
        ("price >= -1.50", Comparison("price", Operator.GREATER_OR_EQUAL, Decimal("-1.50"))),
        ("sale = true", Comparison("sale", Operator.EQUAL, True)),
        ("size not in (1)", Not(Membership("size", (Decimal(1),)))),
        ("NOT In_Stock", Not(Flag("in_stock"))),
    ],
)
def test_single_conditions(text, tree):
    assert parse_filter(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "cause"),
    [
        ("", 0, "expected the name"),
        ("price <", 7, "expected a number"),
        ("price < 'cheap'", 6, "compares numbers"),
        ("price = 'cheap'", 6, "compares numbers"),
        ("price in ('cheap')", 6, "compares numbers"),
        ("price", 5, "expected a comparison"),
        ("brand = 'open", 8, "cannot read"),
        ("a = 1 b = 2", 6, "expected 'and'"),
        ("(a = 1", 6, "expected ')'"),
        ("a in 1", 5, "expected '('"),
        ("a ; b", 2, "cannot read"),
        ("price < 1e400", 8, "cannot read"),
    ],
)
def test_errors_name_the_place_and_the_cause(text, position, cause):
    with pytest.raises(FilterError, match=cause.replace("(", r"\(").replace(")", r"\)")) as error:
        parse_filter(text)
    assert error.value.position == position


def test_deep_nesting_is_an_error_not_a_crash():
    with pytest.raises(FilterError, match="nested deeper"):
        parse_filter("(" * 100_000 + "a" + ")" * 100_000)
    with pytest.raises(FilterError, match="nested deeper"):
        parse_filter("not " * 100_000 + "a")


@given(st.text())
def test_any_text_parses_or_is_refused_with_a_filter_error(text):
    position = 0
    try:
        parse_filter(text)
    except FilterError as error:
        position = error.position
    assert 0 <= position <= len(text)


def spell(tree):
    """A tree back as text, fully parenthesised."""
    match tree:
        case And(terms):
            return "(" + " and ".join(map(spell, terms)) + ")"
        case Or(terms):
            return "(" + " or ".join(map(spell, terms)) + ")"
        case Not(term):
            return f"not ({spell(term)})"
        case Flag(name):
            return f'"{name}"'
        case Membership(name, values):
            return f'"{name}" in ({", ".join(map(spell_value, values))})'
        case Comparison(name, operator, value):
            return f'"{name}" {operator} {spell_value(value)}'


def spell_value(value):
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, Decimal) else "'" + value.replace("'", "''") + "'"


names = st.sampled_from(["color", "screen size", "材质", "brand"])
values = st.one_of(
    st.booleans(),
    st.decimals(-1000, 1000, places=2),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=8),
)
leaves = st.one_of(
    st.builds(Comparison, names, st.sampled_from([Operator.EQUAL, Operator.UNEQUAL]), values),
    st.builds(Membership, names, st.lists(values, min_size=1, max_size=3).map(tuple)),
    st.builds(Flag, st.sampled_from(["in_stock", "sale"])),
)


def grow(children):
    pairs = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, children), st.builds(And, pairs), st.builds(Or, pairs))


@given(st.recursive(leaves, grow, max_leaves=8))
def test_every_tree_survives_being_spelled_and_read(tree):
    assert parse_filter(spell(tree)) == tree

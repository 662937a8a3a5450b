"""The filter in SQL means what the filter in the core means, for any tree and any product."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from goodsight.core.filter_parser import parse_filter
from goodsight.core.filters import (
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
    And,
    Comparison,
    Flag,
    Membership,
    Not,
    Operator,
    Or,
    matches,
)
from goodsight.core.types import Product, Variant
from goodsight.stores.postgres.filters import condition_of
from stores.samples import begin

# What PostgreSQL cannot hold is replaced when it is kept; everything else is compared as is.
storable = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
words = st.one_of(
    st.sampled_from(["red", "Red ", "ROT", "Straße", "STRASSE", "İ", "ſ", "ǅ", "a/b", "", " "]),
    st.sampled_from(["1", "1.0", "+1", "01", "-0", "13", "1e3", "1,5", ".5", "5.", "٣", "no"]),
    st.sampled_from(["yes", "TRUE", "false", "0", "it's", 'a "b"', "back\\slash", "$x[*]", "%s"]),
    st.sampled_from(["long " * 30, "Long " * 30, "9" * 101, "\x01", "\n", "{}"]),
    st.text(storable, max_size=4),
)
names = st.one_of(
    st.sampled_from(
        ["color", "Color", "size", "screen size", "title", "Brand", ":color", '"', "ß"]
    ),
    st.text(storable, min_size=1, max_size=2),
)
numbers = st.decimals(-3, 3000, places=2) | st.sampled_from(
    [Decimal(1), Decimal("1.0"), Decimal(0)]
)
attributes = st.dictionaries(names, st.lists(words, max_size=3).map(tuple), max_size=3)
products = st.builds(
    Product,
    id=words,
    title=words,
    description=words,
    price=st.none() | numbers,
    currency=st.none() | words,
    own_stock=st.none() | st.integers(-1, 3),
    categories=st.lists(st.lists(words, max_size=3).map(tuple), max_size=2).map(tuple),
    brand=st.none() | words,
    url=st.none() | words,
    attributes=attributes,
    variants=st.lists(
        st.builds(Variant, id=words, options=attributes, stock=st.none() | st.integers(-1, 2)),
        max_size=2,
    ).map(tuple),
    source=words,
)

values = st.one_of(words, numbers, st.booleans())
# As the parser makes them: orderings compare numbers, and so do price and stock.
number_values = numbers | st.sampled_from(["1", " 1.00 ", "13", "-1", ".5"])
free_names = st.one_of(names, st.sampled_from([*TEXT_COLUMNS, "category", "in_stock"]))
operators = st.sampled_from([Operator.EQUAL, Operator.UNEQUAL])
conditions = st.one_of(
    st.builds(Comparison, free_names, operators, values),
    st.builds(Comparison, free_names, st.sampled_from(Operator), number_values),
    st.builds(
        Comparison, st.sampled_from(NUMBER_COLUMNS), st.sampled_from(Operator), number_values
    ),
    st.builds(
        Membership,
        st.one_of(free_names, st.sampled_from(NUMBER_COLUMNS)),
        st.lists(values, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Flag, names | st.just("in_stock")),
)
trees = st.recursive(
    conditions,
    lambda terms: st.one_of(
        st.builds(Not, terms),
        st.builds(And, st.lists(terms, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(terms, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@pytest.fixture
def shelf(embedded_store):
    """Puts products in place of the former ones and tells which positions pass a filter."""
    run = begin(embedded_store)
    session = run._connection

    def passing(shown, trees):
        with session.transaction(force_rollback=True):
            run.put_products([_numbered(product, i) for i, product in enumerate(shown)])
            return [_positions(session, tree) for tree in trees]

    yield passing
    run.finish([], remove_missing=False, complete=False)


def _numbered(product: Product, position: int) -> Product:
    """The same product under an id that tells its position."""
    return Product(
        **{name: getattr(product, name) for name in product.__slots__ if name != "id"},
        id=f"{product.id}#{position}",
    )


def _positions(session, tree) -> set[int]:
    condition = condition_of(tree)
    statement = sql.SQL("SELECT product_key FROM products p WHERE {}").format(condition.text)
    rows = session.execute(statement, condition.values)
    return {int(key.rpartition("#")[2]) for (key,) in rows}


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(products, min_size=1, max_size=5), st.lists(trees, min_size=1, max_size=8))
def test_sql_agrees_with_the_core(shelf, shown, asked):
    numbered = [_numbered(product, i) for i, product in enumerate(shown)]
    for tree, passing in zip(asked, shelf(shown, asked), strict=True):
        expected = {i for i, product in enumerate(numbered) if matches(tree, product)}
        assert passing == expected, tree


@pytest.mark.parametrize(
    "text",
    [
        "price < 50 and in_stock and category = 'Shoes' and color in ('red', 'blue')",
        "not brand = 'X' or \"screen size\" = '13 inch'",
        "not not title != 'O''Reilly'",
        "price in (1, 2, '3') or stock >= 1000000000000000000000000000",
        "description = '%(query)s %s {} \\'",
    ],
)
def test_any_filter_that_parses_runs(shelf, text):
    product = Product(id="1", title="O'Reilly", price=Decimal(3))
    tree = parse_filter(text)
    assert shelf([product], [tree]) == [{0} if matches(tree, product) else set()]


def test_text_that_cannot_be_kept_finds_nothing_and_breaks_nothing(shelf):
    trees = [parse_filter("title = 'a\0b'"), parse_filter("color = '\ud800'")]
    product = Product(id="1", title="ab", attributes={"color": ("red",)})
    assert shelf([product], trees) == [set(), set()]


def test_values_never_become_part_of_the_statement():
    hostile = "'; DROP TABLE products; --"
    tree = And((Comparison("brand", Operator.EQUAL, hostile), Flag(hostile)))
    condition = condition_of(tree)
    assert "DROP" not in condition.text.as_string()
    assert len(condition.values) == 2


def test_the_index_serves_equality(shelf, embedded_store):
    """A plan may use the index for a condition that names a value."""
    with embedded_store.database.connect() as session:
        session.execute("SET enable_seqscan = off")
        condition = condition_of(parse_filter("brand = 'x' and color in ('red', 'blue')"))
        explain = sql.SQL("EXPLAIN SELECT FROM products p WHERE {}").format(condition.text)
        plan = "\n".join(line for (line,) in session.execute(explain, condition.values))
    assert "products_by_facts" in plan

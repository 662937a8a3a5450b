"""Prices in words, in two languages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from goodsight.core.filter_text import filter_text
from goodsight.core.price_words import price_at
from goodsight.core.request_tokens import tokenize
from goodsight.core.vocabulary import Vocabulary

PRICED = Vocabulary(least_price=Decimal(1), greatest_price=Decimal(100))


def read(text: str, vocabulary: Vocabulary = PRICED) -> str | None:
    """The filter of a price that takes the whole text."""
    tokens = tokenize(text)
    price = price_at(tokens, 0, vocabulary)
    return None if price is None or price.tokens != len(tokens) else filter_text(price.tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("under 50", "price < 50"),
        ("cheaper than 30 euros", "price < 30"),
        ("less than $20.50", "price < 20.5"),
        ("at most fifty", "price <= 50"),
        ("no more than 1,299.90", "price <= 1299.9"),
        ("not over 40", "price <= 40"),
        ("over 100", "price > 100"),
        ("at least 20€", "price >= 20"),
        ("from 20", "price >= 20"),
        ("<= 20", "price <= 20"),
        ("50 or less", "price <= 50"),
        ("50 and up", "price >= 50"),
        ("between 20 and 40", "price >= 20 and price <= 40"),
        ("from 40 to 20 dollars", "price >= 20 and price <= 40"),
        ("20-40€", "price >= 20 and price <= 40"),
        ("price: 20 to 30", "price >= 20 and price <= 30"),
        ("budget 80", "price <= 80"),
        ("around 50", "price >= 40 and price <= 60"),
        ("50 bucks", "price >= 40 and price <= 60"),
        ("五十以下", "price <= 50"),
        ("不到五十", "price < 50"),
        ("低于三十欧元", "price < 30"),
        ("不超过一百二十元", "price <= 120"),
        ("超过两千块", "price > 2000"),
        ("一百以上", "price >= 100"),
        ("二十到四十元", "price >= 20 and price <= 40"),
        ("20至40之间", "price >= 20 and price <= 40"),
        ("五十左右", "price >= 40 and price <= 60"),
        ("比五十便宜", "price < 50"),
        ("比五十贵", "price > 50"),
        ("预算一百二", "price <= 120"),
        ("５０元以内", "price <= 50"),
    ],
)
def test_prices_are_read(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["50", "fifty", "20-40", "under 50 kg", "over 3 years", "at most two", "up to date", "五十",
     "32码", "不到三岁", "比五十", "from paris", "between 20"],
)  # fmt: skip
def test_numbers_of_other_things_are_no_prices(text):
    assert read(text) is None


def test_a_catalogue_without_prices_reads_none():
    assert read("under 50", Vocabulary()) is None


@pytest.mark.parametrize(
    ("currencies", "text", "filter_", "label"),
    [
        (("EUR",), "under 50 euros", "price < 50", "price < 50"),
        # Nothing is converted; the label says what the number was taken for.
        (("EUR",), "under 50 dollars", "price < 50", "price < 50 EUR"),
        (("EUR", "USD"), "under $50", "price < 50 and currency = 'USD'", "price < 50 USD"),
        (("EUR", "USD"), "under 50", "price < 50", "price < 50"),
        ((), "五十元以下", "price <= 50", "price <= 50"),
    ],
)
def test_a_currency_counts_where_the_catalogue_has_several(currencies, text, filter_, label):
    vocabulary = Vocabulary(greatest_price=Decimal(100), currencies=currencies)
    price = price_at(tokenize(text), 0, vocabulary)
    assert price is not None
    assert (filter_text(price.tree), price.label) == (filter_, label)

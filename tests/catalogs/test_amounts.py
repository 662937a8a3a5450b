from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.catalogs.amounts import (
    AmbiguousAmount,
    AmountError,
    Money,
    decimal_mark,
    parse_price,
    parse_stock,
)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("52", "52", None),
        ("52.00", "52.00", None),
        ("1,299.00", "1299.00", None),
        ("1.299,00 €", "1299.00", "EUR"),
        ("$52", "52", "USD"),
        ("US$ 52", "52", "USD"),
        ("USD 52", "52", "USD"),
        ("52.00 EUR", "52.00", "EUR"),
        ("５２．５０", "52.50", None),
        ("￥１，２９９．００", "1299.00", None),
        ("199元", "199", "CNY"),
        ("1 299,00 kr", "1299.00", None),
        ("1\u202f299,00 €", "1299.00", "EUR"),
        ("CHF 1'299.00", "1299.00", "CHF"),
        ("₹12,34,567.50", "1234567.50", "INR"),
        ("R$ 1.234,56", "1234.56", "BRL"),
        ("1,234,567", "1234567", None),
        ("52,5", "52.5", None),
        ("52,-", "52", None),
        (".5", "0.5", None),
        ("0.299", "0.299", None),
        ("1299.000", "1299.00", None),
        ("52.000000", "52.00", None),
        ("19.990000000000002", "19.99", None),
        ("£5 GBP", "5", "GBP"),
        ("0", "0", None),
    ],
)
def test_prices_as_shops_write_them(text: str, amount: str, currency: str | None) -> None:
    found = parse_price(text)
    assert (str(found.amount), found.currency) == (amount, currency)


@pytest.mark.parametrize("text", ["1.299", "1,299", "999.999", "€ 1.299"])
def test_a_number_with_two_readings_is_refused(text: str) -> None:
    with pytest.raises(AmbiguousAmount, match="can be read as"):
        parse_price(text)


def test_the_feeds_decimal_mark_settles_it() -> None:
    assert parse_price("1.299", mark=".").amount == Decimal("1.299")
    assert parse_price("1.299", mark=",").amount == Decimal(1299)
    assert parse_price("1,299", mark=".").amount == Decimal(1299)
    assert parse_price("1,299", mark=",").amount == Decimal("1.299")


@pytest.mark.parametrize(
    "text",
    [
        "abc", "", "free", "from 52", "10-20", "10 - 20", "1.2.3", "1,299,50", "1..5", "1e3", "NaN",
        "Infinity", "EUR", "52 EUR 48 USD", "$5 EUR", "52%", "9" * 30, "1 2", "12 345 67", "--5",
    ],
)  # fmt: skip
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        parse_price(text)


@pytest.mark.parametrize("text", ["-5", "$-5", "-$5", "−5.00"])
def test_a_price_below_zero_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match=r"below zero|not a price"):
        parse_price(text)


def test_a_shared_sign_means_the_currency_named_elsewhere() -> None:
    assert parse_price("$5", hint="CAD").currency == "CAD"
    assert parse_price("$5", hint="EUR").currency == "USD"
    assert parse_price("¥5", hint="CNY").currency == "CNY"
    assert parse_price("¥5").currency is None
    assert parse_price("5", hint="EUR").currency == "EUR"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1.299,00", ","), ("1,299.00", "."), ("19.99", "."), ("19,99 €", ","), ("1,234,567", "."),
        ("1.299", None), ("1,299", None), ("52", None), ("abc", None), ("0.299", "."), ("", None),
    ],
)  # fmt: skip
def test_what_a_price_tells_about_the_decimal_mark(text: str, mark: str | None) -> None:
    assert decimal_mark(text) == mark


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("100", 100), ("100.0000", 100), ("0", 0), ("-3", 0), ("2.5", 2), ("10+", 10), (">5", 5),
        ("1,000.00", 1000), ("in stock", 1), ("In_Stock", 1), ("out of stock", 0), ("true", 1),
        ("有货", 1), ("缺货", 0), ("１２", 12), ("preorder", 0),
    ],
)  # fmt: skip
def test_stock_as_shops_write_it(text: str, pieces: int) -> None:
    assert parse_stock(text) == pieces


@pytest.mark.parametrize("text", ["many", "", "3 or 4", "99999999999", "1.000"])
def test_what_is_no_stock_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        parse_stock(text)


@given(
    cents=st.integers(0, 10**11),
    style=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("", "."), ("", ",")]),
)
def test_two_decimals_are_never_misread(cents: int, style: tuple[str, str]) -> None:
    group, mark = style
    whole = f"{cents // 100:,}".replace(",", group)
    found = parse_price(f"{whole}{mark}{cents % 100:02}")
    assert found == Money(Decimal(cents).scaleb(-2), None)


@given(st.text(max_size=30))
def test_any_text_is_a_price_or_an_error(text: str) -> None:
    try:
        found = parse_price(text)
    except AmountError:
        return
    assert found.amount.is_finite()
    assert found.amount >= 0

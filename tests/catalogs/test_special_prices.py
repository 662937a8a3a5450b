from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from goodsight.catalogs.special_prices import DateError, current_price, day, is_within

MARCH, APRIL, MAY = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)


@pytest.mark.parametrize(
    "text",
    ["2026-03-31", "2026-03-31 00:00:00", "2026-03-31T10:00:00Z", "3/31/26", "3/31/2026, 1:00 AM"],
)
def test_days(text: str) -> None:
    assert day(text) == MARCH


def test_no_day() -> None:
    assert day(" ") is None


@pytest.mark.parametrize("text", ["soon", "31/3/2026", "2026-02-30", "2026"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(DateError):
        day(text)


def test_within_counts_both_ends() -> None:
    assert is_within(APRIL, APRIL, APRIL)
    assert is_within(APRIL, None, None)
    assert is_within(APRIL, MARCH, None)
    assert not is_within(APRIL, MAY, None)
    assert not is_within(APRIL, None, MARCH)


def test_the_lower_price_counts() -> None:
    high, low = Decimal(34), Decimal(24)
    assert current_price(high, low) == (low, high)
    assert current_price(low, high) == (low, None)
    assert current_price(high, high) == (high, None)
    assert current_price(high, None) == (high, None)
    assert current_price(None, low) == (low, None)

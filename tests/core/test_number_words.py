"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.core.number_words import number_at
from goodsight.core.request_tokens import tokenize

UNITS = ((1000, "千"), (100, "百"), (10, "十"))
DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """A number below ten thousand in full, written by another way than it is read."""
    written, gap = "", False
    for unit, sign in UNITS:
        digit, number = divmod(number, unit)
        if digit:
            written += ("零" if gap and written else "") + DIGITS[digit] + sign
        gap = not digit
    if number:
        written += ("零" if gap and written else "") + DIGITS[number]
    return written


@pytest.mark.parametrize(
    ("text", "value", "tokens"),
    [
        ("50", "50", 1),
        ("1,299.90", "1299.90", 1),
        ("1.299,90", "1299.90", 1),
        ("29,90", "29.90", 1),
        ("1,500", "1500", 1),
        ("fifty", "50", 1),
        ("twenty-five", "25", 3),
        ("twenty five", "25", 2),
        ("a hundred", "100", 2),
        ("two hundred and fifty", "250", 4),
        ("two thousand five hundred", "2500", 4),
        ("2k", "2000", 2),
        ("五十", "50", 2),
        ("十五", "15", 2),
        ("百", "100", 1),
        ("一百二", "120", 3),
        ("一百零五", "105", 4),
        ("两千", "2000", 2),
        ("一千五", "1500", 3),
        ("一万二", "12000", 3),
        ("3百", "300", 2),
        ("５０", "50", 1),
    ],
)
def test_numbers_are_read(text, value, tokens):
    number = number_at(tokenize(text), 0)
    assert number is not None
    assert (number.value, number.tokens) == (Decimal(value), tokens)


@pytest.mark.parametrize("text", ["", "shoe", "a shoe", "鞋", "ms01", "9" * 40])
def test_what_is_no_number_is_none(text):
    assert number_at(tokenize(text), 0) is None


@given(st.integers(1, 9999))
def test_every_chinese_number_is_read_whole(number):
    written = chinese(number)
    read = number_at(tokenize(written), 0)
    assert read is not None
    assert (read.value, read.tokens) == (number, len(written))

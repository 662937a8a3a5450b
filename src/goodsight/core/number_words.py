"""Numbers as people write them: 1,299.90, fifty, two hundred, 2k, 五十, 一百二, 两千."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from goodsight.core.request_tokens import Kind, Token

__all__ = ["Number", "decimal_of", "number_at"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number and how many tokens say it."""

    value: Decimal
    tokens: int


# fmt: off
_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}
# fmt: on
_DIGITS = dict(zip("〇一二三四五六七八九", range(10), strict=True)) | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
MAX_DIGITS = 12


def number_at(tokens: Sequence[Token], start: int) -> Number | None:
    """The number that begins with a token; None where none does."""
    if start >= len(tokens):
        return None
    match tokens[start].kind:
        case Kind.NUMBER:
            return _written(tokens, start)
        case Kind.WORD:
            return _english(tokens, start)
        case Kind.CHINESE:
            return _chinese(tokens, start)
        case _:
            return None


def decimal_of(written: str) -> Decimal | None:
    """A number in digits: the last of `.` and `,` is the decimal one, unless three digits follow.

    None for a number longer than any price.
    """
    if sum(sign.isdigit() for sign in written) > MAX_DIGITS:
        return None
    at = max(written.rfind("."), written.rfind(","))
    mixed = "." in written and "," in written
    decimals = written[at + 1 :] if at >= 0 else ""
    if not decimals or (len(decimals) == 3 and not mixed) or written.count(written[at]) > 1:
        return Decimal(written.replace(".", "").replace(",", ""))
    return Decimal(f"{written[:at].replace('.', '').replace(',', '')}.{decimals}")


def _written(tokens: Sequence[Token], start: int) -> Number | None:
    value = decimal_of(tokens[start].text)
    if value is None:
        return None
    follows = tokens[start + 1] if start + 1 < len(tokens) else None
    if follows is None or follows.start != tokens[start].end:
        return Number(value, 1)
    if follows.text == "k":
        return Number(value * 1000, 2)
    if follows.text in _UNITS and follows.text != "十":
        return Number(value * _UNITS[follows.text], 2)
    return Number(value, 1)


def _english(tokens: Sequence[Token], start: int) -> Number | None:
    total, part, position = 0, 0, start
    if tokens[position].text in ("a", "an") and _word(tokens, position + 1) in _LARGE:
        part, position = 1, position + 1
    while position < len(tokens):
        word = _word(tokens, position)
        if word in _TENS and part % 100 == 0:
            part += _TENS[word]
        elif word in _ONES and (part % 100 == 0 or (part % 10 == 0 and _ONES[word] < 10)):
            part += _ONES[word]
        elif word == "hundred" and 0 < part < 100:
            part *= 100
        elif word == "thousand" and 0 < part < 1000 and total == 0:
            total, part = part * 1000, 0
        elif not _joins(tokens, position, part):
            break
        position += 1
    return Number(Decimal(total + part), position - start) if position > start else None


_LARGE = ("hundred", "thousand")


def _word(tokens: Sequence[Token], position: int) -> str:
    return tokens[position].text if position < len(tokens) else ""


def _joins(tokens: Sequence[Token], position: int, part: int) -> bool:
    """Whether a number goes on over this: two hundred *and* fifty, twenty*-*five."""
    word = _word(tokens, position)
    if word == "-":
        return part % 100 in _TENS.values() and 0 < _ONES.get(_word(tokens, position + 1), 0) < 10
    return word == "and" and part > 0 and part % 100 == 0 and _is_small(tokens, position + 1)


def _is_small(tokens: Sequence[Token], position: int) -> bool:
    return _word(tokens, position) in _ONES or _word(tokens, position) in _TENS


def _chinese(tokens: Sequence[Token], start: int) -> Number | None:
    """一百二 is 120: a digit after a unit, with none of its own, counts in tenths of that unit."""
    total = section = position = 0
    digit: int | None = None
    unit = 0
    signs = [token.text for token in tokens[start : start + 2 * MAX_DIGITS]]
    while position < len(signs):
        sign = signs[position]
        if sign in _DIGITS and (digit is None or digit == 0):
            unit = 0 if digit == 0 else unit
            digit = _DIGITS[sign]
            # After 零 the digit counts as it is.
            if digit == 0:
                unit = 0
        elif sign in _UNITS and (digit is not None or section == 0):
            unit = _UNITS[sign]
            section, total = (
                (0, total + (section + (digit or 0) or 1) * unit)
                if sign == "万"
                else (section + (1 if digit is None else digit) * unit, total)
            )
            digit = None
        else:
            break
        position += 1
    if position == 0:
        return None
    section += (digit or 0) * (unit // 10 if unit > 10 else 1)
    return Number(Decimal(total + section), position)

"""Prices and stock as shops write them.

The rule for numbers: where both a point and a comma occur, or one of them followed by other
than three digits, the number can mean one thing only. `1.299` and `1,299` can mean two; such
a number is read only when the other prices of the same feed show which sign is its decimal
mark, and refused otherwise. Prices below zero are refused. Stock below zero (sold before it
came) counts as none, fractions of a piece are cut off, and "in stock" without a number
counts as one piece.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from goodsight.catalogs.currencies import currency_code, currency_of_sign

__all__ = ["AmbiguousAmount", "AmountError", "Money", "decimal_mark", "parse_price", "parse_stock"]

MAX_PRICE_DIGITS = 12
# What lies beyond is the noise of binary fractions (19.990000000000002).
MAX_DECIMALS = 6
MAX_STOCK = 2**31 - 1

_NUMBER = re.compile(
    r"""(?P<whole> \d{1,3} (?P<group>[ ,.'’]) \d{3} (?: (?P=group) \d{3})*    # 1,299,000
                 | \d{1,2} (?: ,\d{2})+ ,\d{3}                               # 12,34,567
                 | \d*
        ) (?: (?P<mark>[.,]) (?P<decimals>\d+) )?""",
    re.VERBOSE | re.ASCII,
)
_MONEY = re.compile(
    r"(?P<before>\D*?) (?P<number>[.,]?\d (?:[\d.,'’\ ]*\d)?) (?P<after>\D*)",
    re.VERBOSE | re.ASCII,
)
_PLAIN = re.compile(r"\d{1,9}(?:\.\d\d?)?", re.ASCII)
_AT_LEAST = re.compile(r"^[>≥]\s*|\s*\+$")

_IN_STOCK = frozenset({
    "in stock", "instock", "in_stock", "available", "limited availability", "yes", "true", "y",
    "有货", "现货", "有",
})  # fmt: skip
_OUT_OF_STOCK = frozenset({
    "out of stock", "outofstock", "out_of_stock", "sold out", "soldout", "unavailable",
    "discontinued", "preorder", "pre-order", "pre_order", "backorder", "on backorder", "no",
    "false", "n", "缺货", "无货", "售罄", "无",
})  # fmt: skip


class AmountError(ValueError):
    """A text that is no price or stock; the message is the cause."""


class AmbiguousAmount(AmountError):
    """A number that can be read in two ways."""


@dataclass(frozen=True, slots=True)
class Money:
    """A price and its currency, None where neither its sign nor the hint tells."""

    amount: Decimal
    currency: str | None


def parse_price(text: str, *, mark: str | None = None, hint: str | None = None) -> Money:
    """Read a price with an optional currency before or behind it.

    `mark` is the feed's decimal mark where that is known; `hint` the currency named
    elsewhere. Raises AmountError, and AmbiguousAmount where `mark` would settle it.
    """
    if _PLAIN.fullmatch(text):
        return Money(Decimal(text), hint)
    found = _MONEY.fullmatch(_normalise(text))
    if found is None:
        raise AmountError("not a price")
    before, after = found["before"].strip(), found["after"].strip(" .,-")
    currency = _currency((before.strip("+- "), after), hint)
    amount = _parse_number(found["number"], mark)
    if "-" in before:
        raise AmountError("a price below zero")
    return Money(amount, currency)


def parse_stock(text: str, *, mark: str | None = None) -> int:
    """Read a number of pieces, or words such as "in stock"; 0 … 2³¹ - 1. Raises AmountError."""
    normal = _normalise(text)
    word = normal.casefold()
    if word in _IN_STOCK:
        return 1
    if word in _OUT_OF_STOCK:
        return 0
    number = _AT_LEAST.sub("", normal)
    is_negative = number.startswith("-")
    try:
        pieces = int(_parse_number(number.lstrip("+- "), mark))
    except AmbiguousAmount:
        raise
    except AmountError:
        raise AmountError("not a number of pieces") from None
    if pieces > MAX_STOCK:
        raise AmountError(f"more than {MAX_STOCK:,} pieces")
    return 0 if is_negative else pieces


def decimal_mark(text: str) -> str | None:
    """The decimal mark a price shows beyond doubt: "." or ",", else None."""
    found = _MONEY.fullmatch(_normalise(text))
    number = None if found is None else _NUMBER.fullmatch(found["number"])
    if number is None or _is_ambiguous(number):
        return None
    if number["mark"] or not number["group"]:
        return number["mark"]
    if number["whole"].startswith("0"):
        return number["group"]
    # A comma between thousands leaves the point for decimals, and the other way round.
    return {",": ".", ".": ","}.get(number["group"])


def _normalise(text: str) -> str:
    """Full-width digits and signs, odd spaces and minus signs in their plain form."""
    return unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()


def _currency(signs: tuple[str, ...], hint: str | None) -> str | None:
    codes = [code for sign in signs if (code := currency_code(sign)) is not None]
    named = set()
    for sign in filter(None, signs):
        is_money, currency = currency_of_sign(sign, hint=codes[0] if codes else hint)
        if not is_money:
            raise AmountError("not a price")
        named.add(currency)
    if len(named) > 1:
        raise AmountError("names two currencies")
    return named.pop() if named else hint


def _is_ambiguous(number: re.Match[str]) -> bool:
    """Whether the only sign is a point or comma with up to three digits before and three behind."""
    whole, group = number["whole"], number["group"]
    single = group in (".", ",") and whole.count(group) == 1 and not number["mark"]
    return bool(single) and not whole.startswith("0")


def _parse_number(text: str, mark: str | None) -> Decimal:
    number = _NUMBER.fullmatch(text)
    if number is None or not text:
        raise AmountError("not a number")
    whole, group, decimals = number["whole"], number["group"], number["decimals"] or ""
    if group and number["mark"] == group:
        raise AmountError(f"'{group}' stands both between thousands and before decimals")
    if _is_ambiguous(number) and mark is None:
        plain, small = whole.replace(group, ""), whole.replace(group, ".")
        raise AmbiguousAmount(
            f"can be read as {plain} and as {small}: write {plain}.00 or {small}0"
        )
    if group and (mark == group or whole.startswith("0")) and whole.count(group) == 1:
        whole, decimals = whole.split(group)
    digits = re.sub(r"\D", "", whole)
    if len(digits) > MAX_PRICE_DIGITS:
        raise AmountError("more digits than any price or stock has")
    amount = Decimal(f"{digits or 0}.{decimals}" if decimals else digits)
    if len(decimals) > MAX_DECIMALS:
        amount = round(amount, MAX_DECIMALS)
    # 52.000000 is shown as 52.00; 0.1234 keeps its digits.
    in_cents = round(amount, 2)
    return in_cents if len(decimals) > 2 and in_cents == amount else amount

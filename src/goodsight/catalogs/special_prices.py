"""Special prices and the days on which they count."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

__all__ = ["DateError", "current_price", "day", "is_within", "local_today"]

_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?=\D|$)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?=\D|$)")


class DateError(ValueError):
    """A text that is no date."""


def local_today() -> date:
    """The current day where the shop's computer is."""
    return datetime.now(UTC).astimezone().date()


def day(text: str) -> date | None:
    """The day of a date, with or without a time: `2026-03-31…` or Magento's `3/31/26…`.

    None for an empty text. Raises DateError.
    """
    if not text.strip():
        return None
    iso, american = _ISO.match(text.strip()), _AMERICAN.match(text.strip())
    try:
        if iso is not None:
            return date.fromisoformat(iso[0])
        if american is not None:
            month, of_month, year = (int(part) for part in american.groups())
            return date(year + 2000 if year < 100 else year, month, of_month)
    except ValueError:
        pass
    raise DateError("not a date such as 2026-03-31 or 3/31/2026")


def is_within(today: date, first: date | None, last: date | None) -> bool:
    """Whether `today` lies between two days, both included; None leaves an end open."""
    return (first is None or first <= today) and (last is None or today <= last)


def current_price(
    price: Decimal | None, special: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """What is asked now, and the regular price where that is more."""
    if special is None or (price is not None and special >= price):
        return price, None
    return special, price

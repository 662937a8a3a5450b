"""A row of a feed, whatever the file looked like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

__all__ = [
    "ITEM_SEPARATOR",
    "BadRow",
    "Row",
    "RowError",
    "clean",
    "is_unicode",
    "normal_name",
    "several",
    "shorten",
]

# Joins the items of a JSON list in one cell. `clean` removes it from all other text.
ITEM_SEPARATOR = "\x1f"
SHOWN_CHARACTERS = 60

_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACES_BETWEEN_WORDS = re.compile(r"[\s\-]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    `number` is the 1-based line of the file on which it starts. `cells` maps the feed's own
    column names to cleaned text; empty cells are left out. `numbers` are the columns whose
    value the feed itself declares a number (JSON).
    """

    number: int
    cells: Mapping[str, str]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be taken apart; `cells` holds what can be read all the same."""

    number: int
    reason: str
    cells: Mapping[str, str] = field(default_factory=dict)


class RowError(Exception):
    """A row whose content cannot be used. Never leaves this package: it becomes a `Skip`."""

    def __init__(self, cause: str, *, column: str | None = None, value: str | None = None) -> None:
        shown = None if value is None else f"'{shorten(value)}'"
        place = " ".join(part for part in (column, shown) if part)
        super().__init__(f"{place}: {cause}" if place else cause)


def clean(text: str) -> str:
    """Text without what no display and no database takes: NUL, controls, lone surrogates.

    Tabs and line ends stay, the latter as a single newline; outer spaces go.
    """
    if not text.isprintable():
        text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = text.replace("\x0b", "\n").replace("\x0c", "\n")
    return text.strip()


def is_unicode(text: str) -> bool:
    """Whether a text can be written as UTF-8, which a file's name need not."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def normal_name(name: str) -> str:
    """The form in which column names are compared: `Product Name` -> `product_name`."""
    return _SPACES_BETWEEN_WORDS.sub("_", name.strip()).casefold()


def several(cell: str) -> Iterator[str]:
    """The values in a cell: the items of a JSON list, else what `|` and newlines separate."""
    if ITEM_SEPARATOR in cell:
        parts = cell.split(ITEM_SEPARATOR)
    else:
        parts = cell.replace("|", "\n").split("\n")
    # A dict keeps the order and drops what is said twice.
    yield from dict.fromkeys(part.strip() for part in parts if part.strip())


def shorten(text: str) -> str:
    """Text short enough to be quoted in a message, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"

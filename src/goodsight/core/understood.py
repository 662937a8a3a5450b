"""What was understood of a request in words: chips that narrow, and the words that are left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Chip", "ChipKind", "Span", "Understood", "WordUse"]


class ChipKind(StrEnum):
    """What a chip is about. WORD puts words into the text and filters nothing."""

    CATEGORY = "category"
    BRAND = "brand"
    COLOUR = "colour"
    ATTRIBUTE = "attribute"
    PRICE = "price"
    STOCK = "stock"
    WORD = "word"


class WordUse(StrEnum):
    """Which of the words that are left a product has to have.

    Where none that passes the filter has them ALL, ANY of them will do, and else NONE.
    """

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of the request, from `start` up to but without `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood, with the characters of the request that say it.

    `label` is the filter as a person reads it. `filter` is a text in the filter language, ""
    for a chip that adds words alone. `words` go into the text that is searched, such as the
    English of a word that the catalogue has in English. `colours` are keys of colour names.
    """

    kind: ChipKind
    label: str
    filter: str
    start: int
    end: int
    words: str = ""
    colours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A request as it was read.

    Each word of `request` is in exactly one of `chips` or of `rest`; both are in the order of
    the request. `word_use` is how the search that was made of it used the words.
    """

    request: str
    chips: tuple[Chip, ...] = ()
    rest: tuple[Span, ...] = ()
    word_use: WordUse = WordUse.ALL

    @property
    def text(self) -> str:
        """The words to search by: those that are left, and those that chips add, in order."""
        parts = [(span.start, self.request[span.start : span.end]) for span in self.rest]
        parts += [(chip.start, chip.words) for chip in self.chips if chip.words]
        return " ".join(part for _, part in sorted(parts))

    @property
    def filter(self) -> str | None:
        """All chips as one filter; None where none filters."""
        filters = [chip.filter for chip in self.chips if chip.filter]
        return " and ".join(dict.fromkeys(filters)) or None

    @property
    def colours(self) -> tuple[str, ...]:
        """Keys of the colours asked for."""
        return tuple(dict.fromkeys(key for chip in self.chips for key in chip.colours))

    def said(self) -> str:
        """How it was read, on one line: `shoes · color = red · price < 50`."""
        said = {WordUse.ALL: "", WordUse.ANY: "any of ", WordUse.NONE: "without "}[self.word_use]
        text = f"{said}“{self.text}”" if self.text else ""
        labels = [chip.label for chip in self.chips if chip.filter]
        return " · ".join([*labels, text] if text else labels)

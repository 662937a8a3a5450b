"""What somebody who types may want to ask: titles, categories, brands and words of a catalogue."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from goodsight.core.spelling import KnownWords
from goodsight.core.wording import words_in

__all__ = ["MAX_SUGGESTIONS", "Suggestion", "SuggestionKind", "Suggestions"]

MAX_SUGGESTIONS = 10
# One letter begins half of a catalogue; the first so many are looked at.
MAX_LOOKED_AT = 20_000


class SuggestionKind(StrEnum):
    """What a suggestion is, in the order of their worth."""

    CATEGORY = "category"
    BRAND = "brand"
    WORD = "word"
    PRODUCT = "product"


_WORTH = {kind: place for place, kind in enumerate(SuggestionKind)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to ask for, and how many products it stands for."""

    text: str
    kind: SuggestionKind
    products: int


@dataclass(frozen=True)
class Suggestions:
    """All suggestions of a catalogue. Safe to use from several threads."""

    offered: Sequence[Suggestion]
    known_words: KnownWords

    def find(self, typed: str, limit: int = MAX_SUGGESTIONS) -> tuple[Suggestion, ...]:
        """Those with words that begin as typed, best first; else with misspelt words put right."""
        words = words_in(typed)
        if not words or limit < 1:
            return ()
        found = self._beginning_with(" ".join(words), limit)
        if not found:
            right = [self.known_words.nearest(word)[:1] or (word,) for word in words[:-1]]
            start = " ".join(word for (word,) in right)
            typed_last = words[-1]
            meant = (
                *self.known_words.nearest(typed_last),
                *self.known_words.beginnings(typed_last),
            )
            for last in (typed_last, *meant):
                found = self._beginning_with(f"{start} {last}".strip(), limit)
                if found:
                    break
        return found

    def _beginning_with(self, start: str, limit: int) -> tuple[Suggestion, ...]:
        starts, places = self._starts
        best: dict[str, tuple[tuple[int, int, int, str], Suggestion]] = {}
        first = bisect_left(starts, start)
        for row in range(first, min(first + MAX_LOOKED_AT, len(starts))):
            if not starts[row].startswith(start):
                break
            number, is_whole = places[row]
            offered = self.offered[number]
            # Titles begin as typed before others that have the words further on.
            rank = (_WORTH[offered.kind], not is_whole, -offered.products, offered.text)
            key = " ".join(words_in(offered.text))
            if key not in best or rank < best[key][0]:
                best[key] = (rank, offered)
        chosen = heapq.nsmallest(limit, best.values(), key=lambda item: item[0])
        return tuple(offered for _, offered in chosen)

    @cached_property
    def _starts(self) -> tuple[list[str], list[tuple[int, bool]]]:
        """Each suggestion from each of its words on, in order; and which it is, from its first?"""
        rows = []
        for number, offered in enumerate(self.offered):
            words = words_in(offered.text)
            rows += [(" ".join(words[place:]), number, place == 0) for place in range(len(words))]
        rows.sort()
        return [start for start, *_ in rows], [(number, whole) for _, number, whole in rows]

"""A catalogue's own words, and which of them a misspelt word was meant to be.

An edit is a letter too many, a letter too few, another letter, or two neighbours exchanged
(the optimal string alignment distance). Words of three letters are taken as they are, from
four letters on one edit is allowed for, from eight on two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from goodsight.core.wording import is_unspaced

__all__ = ["KnownWords", "allowed_edits", "edit_distances"]

ONE_EDIT_FROM = 4
TWO_EDITS_FROM = 8
MAX_NEAREST = 3
# Longer words are seldom typed, and a matrix as wide as the longest word would be mostly empty.
MAX_LENGTH = 32

Letters = NDArray[np.int32]


def allowed_edits(word: str) -> int:
    """How many edits away a word may be that this one was meant to be."""
    if is_unspaced(word) or word.isdigit() or len(word) < ONE_EDIT_FROM:
        return 0
    return 2 if len(word) >= TWO_EDITS_FROM else 1


@dataclass(frozen=True)
class KnownWords:
    """Words of a catalogue and how many products have each. Safe to use from several threads."""

    counts: Mapping[str, int]

    def nearest(self, word: str) -> tuple[str, ...]:
        """The known words fewest edits away, at most three, the commonest first.

        Nothing where the word is too short to be misspelt or no word is near.
        """
        most = allowed_edits(word)
        near: list[tuple[int, int, str]] = []
        for length in range(len(word) - most, len(word) + most + 1 if most else 0):
            words, letters = self._by_length.get(length, ((), np.empty((0, length), np.int32)))
            distances = edit_distances(word, letters, most)
            near += [
                (int(distances[row]), -self.counts[words[row]], words[row])
                for row in np.flatnonzero(distances <= most)
            ]
        # The first letter is seldom mistaken.
        near.sort(key=lambda item: (item[0], item[2][0] != word[0], *item[1:]))
        least = near[0][0] if near else 0
        return tuple(found for distance, _, found in near if distance == least)[:MAX_NEAREST]

    def beginnings(self, word: str) -> tuple[str, ...]:
        """Beginnings of known words that this one may be, misspelt; at most three, best first."""
        most = allowed_edits(word)
        near: list[tuple[int, int, str]] = []
        for length, (words, letters) in self._by_length.items():
            for kept in (len(word), len(word) + 1):
                if most and length >= kept:
                    distances = edit_distances(word, letters[:, :kept], most)
                    near += [
                        (int(distances[row]), -self.counts[words[row]], words[row][:kept])
                        for row in np.flatnonzero(distances <= most)
                    ]
        near.sort(key=lambda item: (item[0], item[2][0] != word[0], *item[1:]))
        return tuple(dict.fromkeys(found for *_, found in near))[:MAX_NEAREST]

    @cached_property
    def _by_length(self) -> Mapping[int, tuple[tuple[str, ...], Letters]]:
        """Length -> its words, and their letters int32 (words, length)."""
        sorted_words: dict[int, list[str]] = {}
        for word in self.counts:
            if not is_unspaced(word) and ONE_EDIT_FROM - 1 <= len(word) <= MAX_LENGTH:
                sorted_words.setdefault(len(word), []).append(word)
        return {
            length: (tuple(words), np.array([[*map(ord, word)] for word in words], np.int32))
            for length, words in sorted_words.items()
        }


def edit_distances(word: str, letters: Letters, most: int) -> NDArray[np.int8]:
    """How many edits each of n words of one length is away; int8 (n,).

    `letters` is int32 (n, length). Distances above `most` may be given too small, but not as
    small as `most`.
    """
    count, length = letters.shape
    columns = np.ascontiguousarray(letters.T)
    far = np.full(count, most + 1, np.int8)
    # before[j]: from the word's letters so far to the first j letters of each other word.
    before = [np.full(count, j, np.int8) if j <= most else far for j in range(length + 1)]
    earlier = before
    for i, letter in enumerate(map(ord, word), start=1):
        now = [np.full(count, i, np.int8) if i <= most else far, *([far] * length)]
        # Beyond the band around the diagonal every distance is larger than `most`.
        for j in range(max(1, i - most), min(length, i + most) + 1):
            same = columns[j - 1] == letter
            best = np.minimum(before[j - 1] + ~same, np.minimum(before[j], now[j - 1]) + 1)
            if i > 1 and j > 1:
                swapped = (columns[j - 2] == letter) & (columns[j - 1] == ord(word[i - 2]))
                best = np.where(swapped, np.minimum(best, earlier[j - 2] + 1), best)
            now[j] = best.astype(np.int8)
        earlier, before = before, now
    return before[length]

"""From a text to what a product needs: misspelt words put right, too many words let go.

1   all words, as they stand: done where any product has them all
2   words that no product has are replaced by their nearest known ones
3   still none has them all: a product needs one of the words that tell most, and the more
    of the others it has, weighted by how rare they are, the better; products near in meaning
    count too
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from goodsight.core.asked_words import AskedWords, Wanted, asked_words
from goodsight.core.spelling import KnownWords
from goodsight.core.wording import fold_text, is_unspaced

__all__ = ["WordCounter", "read_words"]

# Products that are weighed against each other where none has all words.
ENOUGH_PRODUCTS = 5000
# Where more of the words are unknown the text is about something else, and not misspelt.
MISSPELT_AT_EASE = 3
MAX_MISSPELT_SHARE = 0.5
# People name the thing first: so many words on, a word tells half as much.
NAMED_FIRST = 5
# Of the text encoder, whose unrelated texts have 0.79 on average and in English up to 0.838.
# Where words find nothing beside, what is near must be surely so; in Chinese all are less near.
LEAST_COSINE = 0.80
LEAST_COSINE_ALONE = 0.84
# So many words ask for a kind.
SHORT = 3
_RUNS = re.compile(r"[^\W_]+")


class WordCounter(Protocol):
    """Knows how many products have what."""

    def has_all(self, asked: AskedWords) -> bool:
        """Whether any product has all that is asked, or is the one named by its id."""
        ...

    def counts(self, wanted: Sequence[Wanted]) -> Sequence[int | None]:
        """For each thing the number of products that have it, counted up to a limit.

        None for words that count for nothing, such as "the".
        """
        ...

    def near(self, text: str) -> Sequence[tuple[int, float]]:
        """Products nearest in meaning with their cosine, nearest first; none without vectors."""
        ...

    def near_by_looks(self, text: str) -> Sequence[tuple[int, float]]:
        """The same by what photos show as well, on the same scale; none where it was not learnt."""
        ...

    def known_words(self) -> KnownWords:
        """The catalogue's words."""
        ...


def read_words(text: str, counter: WordCounter) -> AskedWords:
    """What products need to be found by a text."""
    asked = asked_words(text)
    if not asked.wanted or counter.has_all(asked):
        return asked
    counts = counter.counts(asked.wanted)
    told = [n for n, count in enumerate(counts) if count is not None]
    unknown = [n for n in told if counts[n] == 0]
    if unknown and len(unknown) <= max(MISSPELT_AT_EASE, MAX_MISSPELT_SHARE * len(told)):
        asked = _put_right(text, asked, unknown, counter.known_words())
        if asked.read_as is not None:
            if counter.has_all(asked):
                return asked
            counts = counter.counts(asked.wanted)
    asked = _relaxed(asked, counts)
    if asked.unwanted:
        return asked
    near = _near(asked, counter.near(text))
    # Looks find a kind and not a product: a sentence that means one is better left to its words.
    # And they cannot tell what is not there, so that they only add to what meaning finds.
    if near and not asked.enough and len(told) <= SHORT:
        seen = [n for n, cosine in counter.near_by_looks(text) if cosine >= LEAST_COSINE_ALONE]
        near = tuple(dict.fromkeys((*near, *seen)))
    return replace(asked, near=near)


def _near(asked: AskedWords, found: Sequence[tuple[int, float]]) -> tuple[int, ...]:
    """Those that are near enough."""
    foreign = any(is_unspaced(thing.phrases[0][0]) for thing in asked.wanted)
    least = LEAST_COSINE if asked.enough or foreign else LEAST_COSINE_ALONE
    return tuple(number for number, cosine in found if cosine >= least)


def _put_right(
    text: str, asked: AskedWords, unknown: Sequence[int], known_words: KnownWords
) -> AskedWords:
    """The words that no product has replaced by their nearest known ones, where there are any."""
    wanted = list(asked.wanted)
    right: dict[str, str] = {}
    for number in unknown:
        word = wanted[number].word
        near = known_words.nearest(word) if word is not None else ()
        if word is not None and near:
            wanted[number] = replace(
                wanted[number], phrases=tuple((found,) for found in near), beginning=False
            )
            right[word] = near[0]
    if not right:
        return asked
    read_as = _RUNS.sub(lambda run: right.get(fold_text(run[0]), run[0]), text)
    return replace(asked, wanted=tuple(wanted), read_as=read_as)


def _relaxed(asked: AskedWords, counts: Sequence[int | None]) -> AskedWords:
    """Any of the words that tell most will do; without any known word nothing is found."""
    found = [
        (count, replace(wanted, weight=1 / math.log2(2 + count) / (1 + place / NAMED_FIRST)))
        for place, (wanted, count) in enumerate(zip(asked.wanted, counts, strict=True))
        if count
    ]
    if not found:
        return asked
    enough: list[Wanted] = []
    products = 0
    for count, wanted in sorted(found, key=lambda item: item[0]):
        if enough and products + count > ENOUGH_PRODUCTS:
            break
        enough.append(wanted)
        products += count
    return replace(asked, wanted=tuple(wanted for _, wanted in found), enough=tuple(enough))

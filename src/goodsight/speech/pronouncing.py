"""How the words of a catalogue sound: from a dictionary, put together, or sounded out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from goodsight.speech.accents import without_r
from goodsight.speech.letters import sound_out

__all__ = ["Phones", "pronunciations"]

Phones = tuple[str, ...]

MOST_PRONUNCIATIONS = 4
# Shorter parts split words where nobody would.
SHORTEST_PART = 3
# Longer numbers are item numbers, which customers do not say.
LONGEST_NUMBER = 3
_SUFFIXES: Mapping[str, Phones] = {
    "ie": ("IY",),
    "ies": ("IY", "Z"),
    "y": ("IY",),
    "s": ("Z",),
    "'s": ("Z",),
    "er": ("ER",),
    "ers": ("ER", "Z"),
}
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_FRACTIONS = {"1/2": "half", "1/4": "quarter", "3/4": "three quarter"}


def pronunciations(word: str, dictionary: Mapping[str, tuple[Phones, ...]]) -> tuple[Phones, ...]:
    """The ways a word may sound, likelier ones first; none for what English letters do not spell.

    `dictionary` maps a word in lower case to the ways it sounds.
    """
    ways = _ways(word, dictionary)
    return tuple(dict.fromkeys((*ways, *(without_r(phones) for phones in ways))))


def _ways(word: str, dictionary: Mapping[str, tuple[Phones, ...]]) -> tuple[Phones, ...]:
    """The ways it may sound in the dictionary's accent."""
    if word in dictionary:
        return dictionary[word][:MOST_PRONUNCIATIONS]
    if word[0].isdecimal():
        return tuple(_said(name.split(), dictionary) for name in _number_names(word))
    if not re.fullmatch(r"[a-z']+", word):
        return ()
    found = dict.fromkeys((*_with_suffix(word, dictionary), *_compound(word, dictionary)))
    found[sound_out(word)] = None
    return tuple(phones for phones in found if phones)[:MOST_PRONUNCIATIONS]


def _with_suffix(word: str, dictionary: Mapping[str, tuple[Phones, ...]]) -> Iterator[Phones]:
    """A word of the dictionary with an ending: "hood" and "ie"."""
    for suffix, sound in _SUFFIXES.items():
        stem = word.removesuffix(suffix)
        if stem != word and len(stem) >= SHORTEST_PART:
            if stem in dictionary:
                yield dictionary[stem][0] + sound
            elif suffix in ("s", "'s"):
                yield from (phones + sound for phones in _ways(stem, dictionary)[:2])


def _compound(word: str, dictionary: Mapping[str, tuple[Phones, ...]]) -> Iterator[Phones]:
    """Two words of the dictionary put together: "draw" and "string"; else one and a name's rest."""
    places = range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1)
    parts = [(word[:place], word[place:]) for place in places]
    for first, second in parts:
        if first in dictionary and second in dictionary:
            yield dictionary[first][0] + dictionary[second][0]
    for first, second in parts:
        if len(second) > SHORTEST_PART and second in dictionary and first not in dictionary:
            yield sound_out(first) + dictionary[second][0]


def _said(names: list[str], dictionary: Mapping[str, tuple[Phones, ...]]) -> Phones:
    return tuple(
        phone
        for name in names
        for phone in (dictionary[name][0] if name in dictionary else sound_out(name))
    )


def _number_names(digits: str) -> Iterator[str]:
    """How a number or a common fraction is read out; nothing for what is no quantity."""
    if digits in _FRACTIONS:
        yield _FRACTIONS[digits]
    elif digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER:
        yield _number_name(int(digits))


def _number_name(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f" {_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" {_number_name(rest)}" if rest else "")

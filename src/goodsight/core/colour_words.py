"""A colour's name in English or Chinese -> what of this catalogue has that colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from goodsight.core.colour_names import (
    COLOUR_ATTRIBUTES,
    COLOUR_NAMES,
    SEEN_COLOUR,
    key_of_value,
)
from goodsight.core.filters import Comparison, Filter, Membership, Operator
from goodsight.core.phrases import Key, Phrases, key_of, keys_at
from goodsight.core.request_tokens import Token
from goodsight.core.vocabulary import Counts, Vocabulary

__all__ = ["ColourWords", "ReadColour"]

# What comes nearest where a catalogue knows fewer colours than people do.
_NEAREST: Mapping[str, tuple[str, ...]] = {
    "navy": ("blue",),
    "burgundy": ("red", "purple"),
    "olive": ("green",),
    "teal": ("blue", "green"),
    "beige": ("brown", "white"),
    "pink": ("purple",),
}
# Colours by the way: without a colour attribute these are more often fruit, wine or metal.
_AMBIGUOUS = Phrases.of(
    {True: "orange;olive;cream;wine;lime;gold;silver;mustard;lavender;tan;khaki"}
)
_SHADES = Phrases.of(
    {True: "light;dark;bright;pale;deep;hot;neon;pastel;royal;sky;浅;深;亮;暗;淡;鲜;荧光"}
)
_SHORT_CHINESE = frozenset("红黑白蓝绿黄紫灰粉棕橙褐")


@dataclass(frozen=True, slots=True)
class ReadColour:
    """A colour that was read, how many tokens say it, and its keys."""

    tree: Filter
    tokens: int
    keys: tuple[str, ...]


class ColourWords:
    """The colours of one catalogue: those of its feed, else those that its photos show."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        names = [name for name in vocabulary.attributes if name in COLOUR_ATTRIBUTES]
        self._name = max(
            names, key=lambda name: sum(vocabulary.attributes[name].values()), default=None
        )
        self._values: Counts = {} if self._name is None else vocabulary.attributes[self._name]
        self._seen = vocabulary.seen_colours
        self._by_phrase = {key_of(value): value for value in self._values}
        self._keys = dict(_named_colours())

    def at(self, tokens: Sequence[Token], start: int) -> ReadColour | None:
        """The colour that begins with a token; a shade before it (light, 深) goes along."""
        found = self._plain(tokens, start)
        if found is not None:
            return found
        shade = _SHADES.at(tokens, start)
        if shade is None:
            return None
        found = self._plain(tokens, start + shade.tokens)
        if found is None or tokens[start + shade.tokens].apart:
            return None
        return ReadColour(found.tree, found.tokens + shade.tokens, found.keys)

    def _plain(self, tokens: Sequence[Token], start: int) -> ReadColour | None:
        for key, length in keys_at(tokens, start):
            own = self._by_phrase.get(key)
            colour = self._keys.get(key)
            values = self._of_feed(own, colour)
            if self._name is not None and values:
                keys = () if colour is None else (colour,)
                return ReadColour(_tree(self._name, values), length, keys)
            if self._name is None and colour is not None and _AMBIGUOUS.at(tokens, start) is None:
                seen = tuple(
                    name for name in (colour, *_NEAREST.get(colour, ())) if name in self._seen
                )[:1]
                if seen:
                    return ReadColour(_tree(SEEN_COLOUR, seen), length, seen)
        return None

    def _of_feed(self, own: str | None, colour: str | None) -> tuple[str, ...]:
        """Values of the feed: the one named, those of that colour, else of the nearest."""
        named = () if own is None else (own,)
        for key in () if colour is None else (colour, *_NEAREST.get(colour, ())):
            alike = tuple(value for value in self._values if key_of_value(value) == key)
            if named or alike:
                return tuple(dict.fromkeys((*named, *alike)))
        return named


def _tree(name: str, values: tuple[str, ...]) -> Filter:
    if len(values) == 1:
        return Comparison(name, Operator.EQUAL, values[0])
    return Membership(name, values)


def _named_colours() -> Iterator[tuple[Key, str]]:
    for name in COLOUR_NAMES:
        for phrase in (name.key, name.chinese, *name.synonyms):
            yield key_of(phrase), name.key
            bare = phrase.removesuffix("色")
            if bare != phrase and (len(bare) > 1 or bare in _SHORT_CHINESE):
                yield key_of(bare), name.key

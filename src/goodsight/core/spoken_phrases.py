"""The words that customers of a catalogue may say: its titles, categories, brands, values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from goodsight.core.plain_letters import without_accents
from goodsight.core.types import Attributes, Product

__all__ = ["SpokenPhrases", "spoken_phrases_of", "spoken_words"]

# Of a catalogue: the recogniser's search space and memory grow with them.
MAX_PHRASES = 50_000
# A longer title is listened for by its beginning.
MAX_PHRASE_WORDS = 16

# A fraction is one word, and so is "women's"; hyphens and all other marks part words.
_WORD = re.compile(r"\d+/\d+|\d+|[^\W\d_]+(?:'[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class SpokenPhrases:
    """Phrases to listen for, each as its words in lower case, without repeats.

    `values` are categories, brands and attributes' values. `index_version` tells which state
    of the catalogue they are of.
    """

    titles: tuple[tuple[str, ...], ...]
    values: tuple[tuple[str, ...], ...]
    index_version: int


def spoken_words(text: str) -> tuple[str, ...]:
    """The words of a text as they are spoken and written down: lower case, without accents."""
    # The sign for a trade mark would become the letters "TM".
    plain = without_accents(text.replace("™", " ").replace("’", "'"))
    # "½" has become digits around a slash of another kind.
    return tuple(_WORD.findall(plain.replace("\u2044", "/").casefold()))


def spoken_phrases_of(products: Iterable[Product], index_version: int) -> SpokenPhrases:
    """The phrases to listen for, each kind in the order of the products."""
    titles: dict[tuple[str, ...], None] = {}
    values: dict[tuple[str, ...], None] = {}
    for product in products:
        _add(titles, [product.title])
        _add(values, _values_of(product))
        if len(titles) + len(values) >= MAX_PHRASES:
            break
    return SpokenPhrases(tuple(titles), tuple(values), index_version)


def _add(phrases: dict[tuple[str, ...], None], texts: Iterable[str]) -> None:
    for text in texts:
        words = spoken_words(text)[:MAX_PHRASE_WORDS]
        if words:
            phrases[words] = None


def _values_of(product: Product) -> Iterator[str]:
    for path in product.categories:
        yield from path
    if product.brand:
        yield product.brand
    yield from _texts(product.attributes)
    for variant in product.variants:
        yield from _texts(variant.options)


def _texts(attributes: Attributes) -> Iterator[str]:
    for texts in attributes.values():
        yield from texts

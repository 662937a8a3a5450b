"""The kinds of a catalogue's products: words that several have in common, by category or value.

They are questions with known answers, and free labels: "striped" is answered by the products
whose pattern it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.types import Product

__all__ = ["Kinds", "kinds_of"]

# Fewer products make no kind, and what most have tells nothing.
LEAST_PRODUCTS = 3
MOST_SHARE = 0.6
LEAST_LETTERS = 2
MAX_KINDS = 300
_CATEGORY = ""


@dataclass(frozen=True, slots=True)
class Kinds:
    """k words, and bool (n, k): which of n products is of which kind."""

    words: tuple[str, ...]
    held: NDArray[np.bool_]


def kinds_of(products: Sequence[Product]) -> Kinds:
    """The kinds of n products, the commonest first, at most 300.

    The last levels of categories, and attributes' values; one that several attributes have,
    as "Yes", says nothing by itself.
    """
    holders: dict[str, dict[str, set[int]]] = {}
    for number, product in enumerate(products):
        for name, word in _named(product):
            holders.setdefault(word, {}).setdefault(name, set()).add(number)
    found: dict[str, set[int]] = {}
    for word, by_name in holders.items():
        if len(by_name.keys() - {_CATEGORY}) <= 1:
            numbers = set().union(*by_name.values())
            if LEAST_PRODUCTS <= len(numbers) <= MOST_SHARE * len(products):
                found[word] = numbers
    words = sorted(found, key=lambda word: (-len(found[word]), word))[:MAX_KINDS]
    held = np.zeros((len(products), len(words)), dtype=np.bool_)
    for column, word in enumerate(words):
        held[list(found[word]), column] = True
    return Kinds(tuple(words), held)


def _named(product: Product) -> list[tuple[str, str]]:
    """(attribute, value) pairs of the product; a category's attribute has no name."""
    pairs = [(_CATEGORY, path[-1]) for path in product.categories if path]
    pairs += [(name, value) for name, values in product.attributes.items() for value in values]
    plain = ((name, " ".join(word.split())) for name, word in pairs)
    return [
        (name, word)
        for name, word in plain
        if len(word) >= LEAST_LETTERS and any(letter.isalpha() for letter in word)
    ]

"""A text encoder whose vectors are the sums of their words' own; a shop whose photos show them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray, Product

DIMENSION = 48
PATTERNS = ("striped", "dotted", "plain", "checked", "floral", "camouflage")
SHAPES = ("bottle", "jar", "box", "bag", "tube", "can")


class WordTexts:
    """Implements the port `TextEncoder`."""

    space = "words-1"

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Sums of vectors drawn from the words, float32 (n, 48) of norm 1."""
        return unit_rows(np.stack([sum(map(_vector, text.split())) for text in texts]))

    def encode_question(self, text: str) -> FloatArray:
        """The same for one text, float32 (48,)."""
        return self.encode_texts([text])[0]


def _vector(word: str) -> FloatArray:
    generator = np.random.default_rng(zlib.crc32(word.strip(",").casefold().encode()))
    return generator.standard_normal(DIMENSION).astype(np.float32)


def patterned_products(count: int) -> list[Product]:
    """Products that tell pattern and shape by their feed, not by their title; a photo each."""
    generator = np.random.default_rng(5)
    drawn = generator.integers(6, size=(count, 2))
    return [
        Product(
            id=f"p{number:03}",
            title=f"Model {number}",
            attributes={"pattern": (PATTERNS[pattern],)},
            categories=(("All", SHAPES[shape]),),
            photos=(f"{number}.jpg",),
        )
        for number, (pattern, shape) in enumerate(drawn)
    ]


def patterned_photos(products: Sequence[Product], dimension: int) -> FloatArray:
    """Vectors float32 (n, dimension) of photos that show pattern and shape, with noise."""
    generator = np.random.default_rng(6)
    seen = {word: generator.standard_normal(dimension) for word in (*PATTERNS, *SHAPES)}
    rows = [
        seen[product.attributes["pattern"][0]]
        + seen[product.categories[0][-1]]
        + generator.normal(0, 0.7, dimension)
        for product in products
    ]
    return unit_rows(np.stack(rows).astype(np.float32))

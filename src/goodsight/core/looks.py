"""What is seen in a photo beside its vector."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from goodsight.core.types import FloatArray

__all__ = ["Described", "PhotoLooks", "SeenPhoto"]


class Described(IntEnum):
    """How much is known of a photo beside its vector; each step includes those before."""

    NOT = 0
    PLAINLY = 1
    WITH_WORDS = 2


@dataclass(frozen=True, slots=True)
class PhotoLooks:
    """What a photo shows: colours, a pattern, a hash of its picture, words printed on it.

    `colours` is float32 (c,), non-negative with sum 1, see `goodsight.core.colour_space`;
    `pattern` float32 (p,) likewise, see `goodsight.looks.patterns`. `colour_names` are keys of
    `goodsight.core.colour_names`, the dominant one first. `perceptual_hash` has 64 bits,
    0 … 2**64 - 1. `printed_words` are None where nobody has read the photo, and empty where
    nothing is printed.
    """

    colours: FloatArray
    colour_names: tuple[str, ...]
    perceptual_hash: int
    pattern: FloatArray
    printed_words: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """A product's photo as the store has it: `vector` float32 (d,) of norm 1, and its looks.

    `colours`, `pattern` and `printed_words` are None where the photo was not described so far.
    """

    reference: str
    content_hash: str
    vector: FloatArray
    colours: FloatArray | None = None
    pattern: FloatArray | None = None
    printed_words: tuple[str, ...] | None = None

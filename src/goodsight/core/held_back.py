"""Photos of a catalogue held back from learning, and what is found with them.

The photos are dealt into two halves; what is learnt from one half alone is asked with the photos
of the other. Shots of one burst stay together: a query that finds its own burst says nothing
about a customer's photo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.near_duplicates import shot_chains
from goodsight.core.projecting import FeatureBatch, Projection, conditioned, in_space
from goodsight.core.proving import Shelf
from goodsight.core.scoring import unit_rows

__all__ = ["Half", "dealt_halves", "found_held_back"]

# Cosine of conditioned features from which two shots of a product count as one burst. With it
# recall across the halves comes out as it does on photos that are really new: decision 0015.
SAME_BURST = 0.9
SEED = 0

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Half:
    """Rows that are learnt from and searched, and rows of others that are asked with."""

    searched: Numbers
    asked: Numbers

    def known(self, sample: FeatureBatch) -> FeatureBatch:
        """What may be learnt from to be asked with the rest."""
        return FeatureBatch(sample.products[self.searched], sample.features[self.searched])


def dealt_halves(sample: FeatureBatch, blocks: Sequence[int], *, rooted: bool) -> tuple[Half, ...]:
    """Each half searched once, and asked with the photos of the other.

    Photos whose product has none in the half are not asked with. `blocks` and `rooted` are how
    features are conditioned, by which bursts are told. A half that nothing is asked of is left
    out.
    """
    dealt = _dealt(sample, blocks, rooted)
    halves = []
    for number in (0, 1):
        searched = dealt != number
        asked = ~searched & np.isin(sample.products, sample.products[searched])
        if asked.any():
            halves.append(Half(np.flatnonzero(searched), np.flatnonzero(asked)))
    return tuple(halves)


def found_held_back(
    sample: FeatureBatch,
    halves: Sequence[Half],
    blocks: Sequence[int],
    spaces: Sequence[Projection | None],
) -> NDArray[np.bool_]:
    """Whether each photo asked with, half by half, finds its product first.

    `spaces` has one for each half, learnt from it; None is the encoder's own. `halves` may have
    been dealt by other features of the same photos.
    """
    found = [np.zeros(0, dtype=bool)]
    for half, space in zip(halves, spaces, strict=True):
        known = half.known(sample)
        shelf = Shelf(in_space(known.features, space, blocks), known.products)
        first = shelf.first(in_space(sample.features[half.asked], space, blocks))
        found.append(first.products == sample.products[half.asked])
    return np.concatenate(found)


def _dealt(sample: FeatureBatch, blocks: Sequence[int], rooted: bool) -> Numbers:
    """A half, 0 or 1, for each photo; bursts stay whole, and go turn by turn."""
    generator = np.random.default_rng(SEED)
    half = np.zeros(len(sample.products), dtype=np.int64)
    units = unit_rows(conditioned(sample.features, blocks, rooted))
    for rows in _rows_of_products(sample.products):
        bursts = shot_chains(units[rows], SAME_BURST)
        turns = generator.permutation(bursts.max() + 1)
        half[rows] = turns[bursts] % 2
    return half


def _rows_of_products(products: Numbers) -> Iterator[Numbers]:
    ends = np.flatnonzero(products[1:] != products[:-1]) + 1
    yield from np.split(np.arange(len(products)), ends)

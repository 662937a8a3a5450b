"""Photos that are copies of one another, resized, compressed anew, a little cropped; and bursts.

Two hashes that differ in at most `MOST_BITS` of 64 are candidates. They are found by bands of
16 bits, one of which must be equal: surely so up to three differing bits, mostly up to six
(Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from goodsight.core.types import FloatArray

__all__ = ["LEAST_COSINE", "MOST_BITS", "close_pairs", "groups_of", "shot_chains"]

MOST_BITS = 6
# Plain shapes on white have like hashes; their vectors tell them apart.
LEAST_COSINE = 0.95
BANDS = 4
# A band that so many photos share is a plain background, and no sign of a copy.
MOST_SHARING = 500


def close_pairs(hashes: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """Pairs of positions in hashes uint64 (n,) that may be copies, each once, in order."""
    bands = hashes.astype("<u8").view("<u2").reshape(len(hashes), BANDS)
    found = {
        pair for band in bands.T for members in _sharing(band) for pair in _close(hashes, members)
    }
    return sorted(found)


def groups_of(pairs: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    """What hangs together by pairs, each group in order, the largest first."""
    leader: dict[int, int] = {}

    def find(item: int) -> int:
        while leader.setdefault(item, item) != item:
            item = leader[item]
        return item

    for one, other in pairs:
        first, second = sorted((find(one), find(other)))
        leader[second] = first
    groups: dict[int, list[int]] = {}
    for item in sorted(leader):
        groups.setdefault(find(item), []).append(item)
    return sorted(map(tuple, groups.values()), key=lambda group: (-len(group), group))


def shot_chains(units: FloatArray, least_cosine: float) -> NDArray[np.intp]:
    """A number for each unit row (n, f), from 0, the same within a chain of shots as near."""
    numbers = np.full(len(units), -1)
    found = 0
    for first in range(len(units)):
        if numbers[first] >= 0:
            continue
        edge = np.array([first])
        numbers[first] = found
        while len(edge):
            near = (units[edge] @ units.T >= least_cosine).any(axis=0) & (numbers < 0)
            edge = np.flatnonzero(near)
            numbers[edge] = found
        found += 1
    return numbers


def _sharing(band: NDArray[np.uint16]) -> Iterator[NDArray[np.intp]]:
    """Positions with the same value, for each value of two positions and more."""
    order = np.argsort(band, kind="stable")
    cuts = np.flatnonzero(np.diff(band[order])) + 1
    for members in np.split(order, cuts):
        if 2 <= len(members) <= MOST_SHARING:
            yield members


def _close(hashes: NDArray[np.uint64], members: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    mine = hashes[members]
    distances = np.bitwise_count(mine[:, np.newaxis] ^ mine[np.newaxis])
    for one, other in zip(*np.nonzero(np.triu(distances <= MOST_BITS, k=1)), strict=True):
        first, second = sorted((int(members[one]), int(members[other])))
        yield first, second

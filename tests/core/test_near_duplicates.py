"""Hashes with few differing bits are paired, and pairs become groups."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from goodsight.core.near_duplicates import MOST_BITS, close_pairs, groups_of


def flipped(value: int, *bits: int) -> int:
    for bit in bits:
        value ^= 1 << bit
    return value


def hashes(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


@pytest.mark.parametrize("bits", [(), (0,), (0, 17, 63), (1, 2, 3, 4, 5, 6)])
def test_few_bits_make_a_pair(bits):
    value = 0xDEAD_BEEF_0123_4567

    assert close_pairs(hashes(flipped(value, *bits), 0, value)) == [(0, 2)]


def test_more_bits_make_none():
    value = 0xDEAD_BEEF_0123_4567

    assert close_pairs(hashes(value, flipped(value, *range(MOST_BITS + 1)))) == []


@pytest.mark.parametrize("count", [0, 1])
def test_few_photos_have_no_pairs(count):
    assert close_pairs(hashes(*range(count))) == []


def test_pairs_agree_with_comparing_all():
    generator = np.random.default_rng(0)
    values = [int(value) for value in generator.integers(0, 2**63, 40)]
    values += [flipped(value, *generator.integers(0, 64, 3).tolist()) for value in values]

    expected = [
        (one, other)
        for one, other in combinations(range(len(values)), 2)
        if (values[one] ^ values[other]).bit_count() <= MOST_BITS
    ]
    assert close_pairs(hashes(*values)) == expected


def test_what_hangs_together_is_one_group():
    assert groups_of([(5, 6), (1, 2), (9, 3), (2, 3)]) == [(1, 2, 3, 9), (5, 6)]
    assert groups_of([]) == []

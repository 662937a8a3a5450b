import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.core.distributions import overlap

COUNTS = st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any)


def shares(counts) -> np.ndarray:
    return np.array(counts, dtype=np.float32) / sum(counts)


@given(COUNTS, COUNTS)
def test_overlap_is_the_sum_of_geometric_means(one, other):
    [found] = overlap(shares(one), shares(other)[np.newaxis])
    expected = sum((a / sum(one) * b / sum(other)) ** 0.5 for a, b in zip(one, other, strict=True))
    assert found == pytest.approx(expected, abs=1e-5)
    assert 0 <= found <= 1


def test_equal_ones_overlap_wholly_and_unknown_ones_not_at_all():
    one = shares([3, 1, 0, 0])
    others = np.stack([one, shares([0, 0, 1, 1]), np.zeros(4, dtype=np.float32)])
    assert overlap(one, others) == pytest.approx([1, 0, 0], abs=1e-6)

"""How alike two distributions are.

The Bhattacharyya coefficient: Bhattacharyya, "On a measure of divergence between two
statistical populations", Bulletin of the Calcutta Mathematical Society 35 (1943).
"""

from __future__ import annotations

import numpy as np

from goodsight.core.types import FloatArray

__all__ = ["overlap"]


def overlap(one: FloatArray, others: FloatArray) -> FloatArray:
    """Bhattacharyya coefficients of one distribution (b,) with n others (n, b).

    All are non-negative; of sum 1, or 0 for one that is not known. float32 (n,) in 0..1: 1 for
    equal ones, 0 for those that have nothing in common.
    """
    coefficients: FloatArray = np.sqrt(others) @ np.sqrt(one)
    return np.minimum(coefficients, np.float32(1))

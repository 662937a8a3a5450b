"""The head itself: a linear map of whitened features, and how it is fed while it learns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from goodsight.core.types import FloatArray

__all__ = ["LinearHead", "drawn_batches"]

GROUPS_PER_BATCH = 48
ROWS_PER_GROUP = 3
# An epoch of a very large catalogue sees a part of it, drawn anew each time.
MAX_BATCHES = 500


class LinearHead(nn.Module):  # type: ignore[misc]  # the base install has no torch to check with
    """Whitened features (n, k) to vectors (n, d), beginning with the map given, (k, d)."""

    def __init__(self, start: FloatArray) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.from_numpy(start.copy()))
        self.register_buffer("start", torch.from_numpy(start.copy()), persistent=False)

    def forward(self, whitened: Tensor) -> Tensor:
        """Vectors (n, d), not yet of norm 1."""
        return whitened @ self.weight

    def moved(self) -> Tensor:
        """How far the head is from its beginning, relative and squared."""
        return ((self.weight - self.start) ** 2).sum() / (self.start**2).sum()


def drawn_batches(
    groups: NDArray[np.int64], generator: np.random.Generator
) -> Iterator[NDArray[np.intp]]:
    """Rows of an epoch, batch by batch: some groups, and some rows of each.

    `groups` int64 (n,). A group is drawn as often as it has rows.
    """
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    first = np.searchsorted(sorted_groups, groups, side="left")
    count = np.searchsorted(sorted_groups, groups, side="right") - first
    size = GROUPS_PER_BATCH * ROWS_PER_GROUP
    for _ in range(min(MAX_BATCHES, -(-len(groups) // size))):
        seeds = np.repeat(generator.integers(len(groups), size=GROUPS_PER_BATCH), ROWS_PER_GROUP)
        yield order[first[seeds] + generator.integers(count[seeds])]

"""The colours of what a photo shows, without those of what it lies on."""

from __future__ import annotations

import numpy as np

from goodsight.core.colour_names import COLOUR_NAMES, code_names
from goodsight.core.types import FloatArray
from goodsight.looks.foreground import Foreground

__all__ = ["foreground_colours"]

# Dominant is a colour with this share of what is shown; the largest is in any case.
NAMED_SHARE = 0.2
MOST_NAMES = 3


def foreground_colours(shown: Foreground) -> tuple[FloatArray, tuple[str, ...]]:
    """The colours of what is shown: the descriptor and one to three names.

    The descriptor is float32 (BINS,), non-negative, of sum 1.
    """
    return np.asarray(shown.histogram, dtype=np.float32), _names(shown)


def _names(shown: Foreground) -> tuple[str, ...]:
    by_name = np.bincount(code_names()[shown.codes], shown.shares, len(COLOUR_NAMES))
    order = np.argsort(-by_name, kind="stable")[:MOST_NAMES]
    least = NAMED_SHARE * by_name.sum()
    return tuple(
        COLOUR_NAMES[index].key
        for rank, index in enumerate(order)
        if rank == 0 or by_name[index] >= least
    )

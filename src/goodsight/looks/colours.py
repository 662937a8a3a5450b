"""The colours of what a photo shows, without those of what it lies on.

Shop photos have plain backgrounds, and phone photos the table or the shelf. What is shown is
told apart by histograms alone, after the ratio of Swain and Ballard, "Color Indexing",
International Journal of Computer Vision 7 (1991): a colour counts as far as the middle has
more of it than the border. A white shirt before a white wall keeps a share that way, where a
mask would lose it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from goodsight.core.colour_names import COLOUR_NAMES, code_names
from goodsight.core.colour_space import BINS, code_bins, codes_of
from goodsight.core.types import FloatArray, PixelArray

__all__ = ["foreground_colours"]

Counts = NDArray[np.float64]

# Standard deviation of the middle's weight and width of the border, as shares of a side.
MIDDLE_SPREAD = 0.25
BORDER_SHARE = 0.08
# Dominant is a colour with this share of what is shown; the largest is in any case.
NAMED_SHARE = 0.2
MOST_NAMES = 3


def foreground_colours(pixels: PixelArray) -> tuple[FloatArray, tuple[str, ...]]:
    """Colours of pixels uint8 (H, W, 3): the descriptor and one to three names.

    The descriptor is float32 (BINS,), non-negative, of sum 1.
    """
    codes, place = np.unique(codes_of(pixels), return_inverse=True)
    middle_weight, border_weight = _weights(*pixels.shape[:2])
    middle: Counts = np.bincount(place, middle_weight, len(codes)).astype(np.float64)
    border: Counts = np.bincount(place, border_weight, len(codes)).astype(np.float64)
    bins, weights = code_bins()
    bins, weights = bins[codes], weights[codes]
    in_middle, in_border = _histogram(bins, weights, middle), _histogram(bins, weights, border)
    squared = in_middle**2
    kept = squared / np.maximum(squared + in_border**2, 1e-12)
    shown = in_middle * kept
    shares = middle * (weights * kept[bins]).sum(axis=1)
    return np.asarray(shown / shown.sum(), dtype=np.float32), _names(codes, shares)


def _names(codes: NDArray[np.int32], shares: Counts) -> tuple[str, ...]:
    by_name = np.bincount(code_names()[codes], shares, len(COLOUR_NAMES))
    order = np.argsort(-by_name, kind="stable")[:MOST_NAMES]
    least = NAMED_SHARE * by_name.sum()
    return tuple(
        COLOUR_NAMES[index].key
        for rank, index in enumerate(order)
        if rank == 0 or by_name[index] >= least
    )


def _histogram(bins: NDArray[np.int32], weights: FloatArray, counts: Counts) -> Counts:
    """Soft counts, float64 (BINS,), of sum 1."""
    found = np.bincount(bins.ravel(), (weights * counts[:, np.newaxis]).ravel(), BINS)
    return np.asarray(found / found.sum(), dtype=np.float64)


@lru_cache(maxsize=4)
def _weights(height: int, width: int) -> tuple[Counts, Counts]:
    """How much each pixel counts for the middle and for the border, both (height * width,)."""
    down, across = (
        np.exp(-(((np.arange(side) + 0.5) / side - 0.5) ** 2) / (2 * MIDDLE_SPREAD**2))
        for side in (height, width)
    )
    border = np.ones((height, width))
    thick = [max(1, round(side * BORDER_SHARE)) for side in (height, width)]
    # What is shown often reaches the lower edge: a person cut off at the hip, a pile of fruit.
    border[thick[0] :, thick[1] : -thick[1]] = 0
    return np.outer(down, across).ravel(), border.ravel()

"""What a photo shows, told apart from what it lies on.

Shop photos have plain backgrounds, and phone photos the table or the shelf. What is shown is
told apart by histograms alone, after the ratio of Swain and Ballard, "Color Indexing",
International Journal of Computer Vision 7 (1991): a colour counts as far as the middle has
more of it than the border. A white shirt before a white wall keeps a share that way, where a
mask would lose it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from goodsight.core.colour_space import BINS, code_bins, codes_of
from goodsight.core.types import PixelArray

__all__ = ["Foreground"]

Counts = NDArray[np.float64]

# Standard deviation of the middle's weight and width of the border, as shares of a side.
MIDDLE_SPREAD = 0.25
BORDER_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class Foreground:
    """A photo's colours, and how far each belongs to what is shown.

    `codes` int32 (k,) are the colours that occur (`colour_space.codes_of`) and `shares` (k,)
    how much of what is shown is in them, not of sum 1; `histogram` (BINS,) is the same by soft
    bins, of sum 1. `weights` (H, W) says how far each pixel belongs to what is shown.
    """

    codes: NDArray[np.int32]
    shares: Counts
    histogram: Counts
    weights: Counts

    @classmethod
    def of(cls, pixels: PixelArray) -> Foreground:
        """That of pixels uint8 (H, W, 3)."""
        codes, place = np.unique(codes_of(pixels), return_inverse=True)
        middle_weight, border_weight = _weights(*pixels.shape[:2])
        middle: Counts = np.bincount(place, middle_weight, len(codes)).astype(np.float64)
        border: Counts = np.bincount(place, border_weight, len(codes)).astype(np.float64)
        bins, weights = code_bins()
        bins, weights = bins[codes], weights[codes]
        in_middle, in_border = (_histogram(bins, weights, each) for each in (middle, border))
        squared = in_middle**2
        kept = squared / np.maximum(squared + in_border**2, 1e-12)
        shown = in_middle * kept
        belongs = (weights * kept[bins]).sum(axis=1)
        return cls(
            codes=codes,
            shares=middle * belongs,
            histogram=shown / shown.sum(),
            weights=(middle_weight * belongs[place]).reshape(pixels.shape[:2]),
        )


def _histogram(bins: NDArray[np.int32], weights: NDArray[np.float32], counts: Counts) -> Counts:
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

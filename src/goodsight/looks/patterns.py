"""The pattern of what a photo shows: stripes, checks, dots, prints, or none; in any colours.

Uniform local binary patterns: Ojala, Pietikäinen and Mäenpää, "Multiresolution gray-scale and
rotation invariant texture classification with local binary patterns", IEEE Transactions on
Pattern Analysis and Machine Intelligence 24 (2002). Each pixel is told by which of its eight
neighbours are lighter than it. What lies across is another pattern than what stands upright,
so nothing is made invariant to rotation. What was compared with it: docs/decisions/0014.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from goodsight.core.types import FloatArray, PixelArray
from goodsight.looks.foreground import Foreground

__all__ = ["PATTERN_BINS", "foreground_pattern"]

# How far away neighbours are, in pixels of the small copy.
RADII = (1, 2)
# Around the pixel: left or right of it, above or below.
NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
# At most two borders between lighter and darker around a pixel: an edge, a spot, a corner.
# There are 58 such codes; all others, which are noise mostly, count as one.
MOST_BORDERS = 2
CODES_PER_RADIUS = 59
PATTERN_BINS = len(RADII) * CODES_PER_RADIUS
# ITU-R BT.601, in thousandths: whole numbers, so that equal pixels stay equal.
LIGHTNESS = (299, 587, 114)


def foreground_pattern(pixels: PixelArray, shown: Foreground) -> FloatArray:
    """The pattern in pixels uint8 (H, W, 3) of which `shown` is what counts.

    float32 (PATTERN_BINS,), non-negative, of sum 1.
    """
    light = pixels.astype(np.int32) @ np.array(LIGHTNESS, dtype=np.int32)
    weights = shown.weights.ravel()
    counts = [
        np.bincount(_uniform_codes()[_codes(light, radius)].ravel(), weights, CODES_PER_RADIUS)
        for radius in RADII
    ]
    found = np.concatenate(counts)
    return np.asarray(found / found.sum(), dtype=np.float32)


def _codes(light: NDArray[np.int32], radius: int) -> NDArray[np.uint8]:
    """A bit for each neighbour that is lighter, (H, W); the edge goes on beyond itself."""
    height, width = light.shape
    padded = np.pad(light, radius, mode="edge")
    codes = np.zeros(light.shape, dtype=np.uint8)
    for bit, (down, across) in enumerate(NEIGHBOURS):
        top, left = radius * (1 + down), radius * (1 + across)
        lighter = padded[top : top + height, left : left + width] > light
        codes |= lighter.astype(np.uint8) << np.uint8(bit)
    return codes


@cache
def _uniform_codes() -> NDArray[np.intp]:
    """The bin of each code (256,)."""
    bits = np.arange(256)[:, np.newaxis] >> np.arange(8) & 1
    uniform = (bits != np.roll(bits, 1, axis=1)).sum(axis=1) <= MOST_BORDERS
    return np.where(uniform, np.cumsum(uniform) - 1, CODES_PER_RADIUS - 1)

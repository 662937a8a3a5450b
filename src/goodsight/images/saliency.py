"""What stands out of a photo's ground, by colour alone.

A pixel belongs to the foreground as far as its colour is away from every colour of the
photo's edge, after the boundary prior of Wei et al., "Geodesic saliency using background
priors", ECCV 2012, and as it is near the middle. What lies between two such pixels belongs to
it too: a white carton on white is its print, its outline and all within. Simple on purpose:
it needs no model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from goodsight.core.types import FloatArray, PixelArray

__all__ = ["foreground"]

WORK_SIDE_PIXELS = 96
EDGE_PIXELS = 3
EDGE_COLOURS = 12
MIDDLE_SPREAD = 0.7
# Softness of the mask's border, as a share of the picture's shorter side.
FEATHER_SHARE = 0.01


def foreground(pixels: PixelArray) -> FloatArray:
    """How far each pixel of uint8 (H, W, 3) is foreground; float32 (H, W) in 0…1.

    A photo without a ground that can be told apart is foreground as a whole.
    """
    picture = Image.fromarray(pixels)
    small = picture.resize((WORK_SIDE_PIXELS, WORK_SIDE_PIXELS), Image.Resampling.BOX)
    colours = np.asarray(small.convert("LAB"), dtype=np.float32)
    standing_out = _distance_from_edge(colours) * _nearness_to_middle()
    chosen = standing_out > _threshold(standing_out)
    mask = Image.fromarray((chosen * 255).astype(np.uint8))
    # Specks are dropped before what lies between is filled.
    opened = mask.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(5))
    chosen = _filled(np.asarray(opened) > 0)
    share = float(chosen.mean())
    if not 0.03 < share < 0.97:
        return np.ones(pixels.shape[:2], dtype=np.float32)
    mask = Image.fromarray((chosen * 255).astype(np.uint8))
    large = mask.resize(picture.size, Image.Resampling.BILINEAR)
    large = large.filter(ImageFilter.GaussianBlur(FEATHER_SHARE * min(picture.size)))
    return np.asarray(large, dtype=np.float32) / np.float32(255)


def _distance_from_edge(colours: FloatArray) -> FloatArray:
    """Distance of each pixel's colour from the nearest of the edge's, (side, side)."""
    band = EDGE_PIXELS
    edge = np.concatenate(
        [
            colours[:band].reshape(-1, 3),
            colours[-band:].reshape(-1, 3),
            colours[:, :band].reshape(-1, 3),
            colours[:, -band:].reshape(-1, 3),
        ]
    )
    # Evenly from the edge's colours in order of lightness: a ground with a shadow has many.
    order = np.argsort(edge[:, 0], kind="stable")
    chosen = edge[order[np.linspace(0, len(order) - 1, EDGE_COLOURS).astype(int)]]
    gaps = np.linalg.norm(colours[:, :, np.newaxis] - chosen, axis=3)
    nearest: FloatArray = gaps.min(axis=2)
    return nearest


def _nearness_to_middle() -> FloatArray:
    """1 in the middle, falling off towards the edges; (side, side)."""
    steps = np.linspace(-1, 1, WORK_SIDE_PIXELS, dtype=np.float32)
    squares: FloatArray = steps[:, np.newaxis] ** 2 + steps**2
    return np.asarray(np.exp(-squares / (2 * MIDDLE_SPREAD**2)), dtype=np.float32)


def _filled(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Also what has chosen pixels on its left and right, or above and below."""
    for axis in (0, 1):
        before = np.logical_or.accumulate(chosen, axis=axis)
        behind = np.flip(np.logical_or.accumulate(np.flip(chosen, axis), axis=axis), axis)
        chosen = before & behind
    return chosen


def _threshold(values: FloatArray) -> float:
    """Otsu, "A threshold selection method from gray-level histograms", IEEE SMC 9 (1979)."""
    counts, edges = np.histogram(values, bins=64)
    middles: NDArray[np.float64] = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = sums / below - (sums[-1] - sums) / above
        between = np.nan_to_num(below * above * gap**2)
    return float(middles[int(between.argmax())])

"""Colours as numbers: from sRGB to CIE Lab, and from Lab to soft bins of a histogram.

Lab (CIE 15:2018, illuminant D65) puts colours as far apart as people see them. The bins are
the nodes of a grid over it, closer together near grey, where clothes and packages live; a
colour counts for its eight nearest nodes by trilinear weights, so that a small change of
light moves a little weight and never a whole bin. Descriptors are compared by how much they
overlap (`core.distributions`).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from goodsight.core.types import FloatArray, PixelArray

__all__ = [
    "BINS",
    "CODES",
    "code_bins",
    "code_labs",
    "codes_of",
    "descriptor_around",
    "lab_of",
]

LIGHTNESS_NODES = (8.0, 30.0, 52.0, 74.0, 94.0)
CHROMA_NODES = (-50.0, -18.0, 0.0, 18.0, 50.0)
BINS = len(LIGHTNESS_NODES) * len(CHROMA_NODES) ** 2
# Pixels are looked up by five bits of each channel: finer than the grid can tell.
BITS = 5
CODES = 1 << 3 * BITS
# Half of a "just about the same colour" for people, in units of Lab.
SPREAD = 12.0

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def lab_of(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB colours (n, 3) in 0..1 as Lab (n, 3): lightness 0..100, a and b about -100..100."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    curve = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = curve.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def codes_of(pixels: PixelArray) -> NDArray[np.int32]:
    """Pixels uint8 (H, W, 3) as codes int32 (H * W,), each below `CODES`."""
    red, green, blue = (pixels[..., channel].astype(np.int32) >> 8 - BITS for channel in range(3))
    return np.asarray(red << 2 * BITS | green << BITS | blue, dtype=np.int32).ravel()


@lru_cache(maxsize=1)
def code_labs() -> NDArray[np.float64]:
    """Lab of each code's colour, (CODES, 3)."""
    levels = (np.arange(1 << BITS) + 0.5) / (1 << BITS)
    return lab_of(np.array(list(product(levels, repeat=3))))


@lru_cache(maxsize=1)
def code_bins() -> tuple[NDArray[np.int32], FloatArray]:
    """The eight bins each code counts for, int32 (CODES, 8), and how much, rows of sum 1."""
    labs = code_labs()
    bins = np.zeros((len(labs), 8), dtype=np.int32)
    weights = np.ones((len(labs), 8), dtype=np.float32)
    strides = (len(CHROMA_NODES) ** 2, len(CHROMA_NODES), 1)
    for axis, (nodes, stride) in enumerate(
        zip((LIGHTNESS_NODES, CHROMA_NODES, CHROMA_NODES), strides, strict=True)
    ):
        values = np.clip(labs[:, axis], nodes[0], nodes[-1])
        below = np.clip(np.searchsorted(nodes, values, side="right") - 1, 0, len(nodes) - 2)
        share = (values - np.take(nodes, below)) / np.diff(nodes)[below]
        for corner in range(8):
            upper = corner >> axis & 1
            bins[:, corner] += (below + upper) * stride
            weights[:, corner] *= share if upper else 1 - share
    return bins, weights


def descriptor_around(labs: NDArray[np.float64]) -> FloatArray:
    """The descriptor of something in the colours labs (n, 3) and a little around them.

    float32 (BINS,), non-negative, sum 1.
    """
    squared = ((code_labs()[:, np.newaxis] - labs[np.newaxis]) ** 2).sum(axis=2).min(axis=1)
    near = np.exp(-squared / (2 * SPREAD**2))
    bins, weights = code_bins()
    summed = np.bincount(bins.ravel(), (weights * near[:, np.newaxis]).ravel(), BINS)
    return np.asarray(summed / summed.sum(), dtype=np.float32)

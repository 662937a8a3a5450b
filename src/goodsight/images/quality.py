"""What is remarkable about a photo: dark, blurred, of low contrast, small."""

from __future__ import annotations

import numpy as np
from PIL import Image

from goodsight.core.types import Finding, PixelArray

__all__ = ["findings"]

LOOK_SIDE_PIXELS = 128
SMALL_SIDE_PIXELS = 160
DARK_MEAN = 45.0
LOW_CONTRAST_RANGE = 60.0
# Variance of the Laplacian on a 128 px grey copy; Pech-Pacheco et al., "Diatom autofocusing in
# brightfield microscopy", ICPR 2000.
BLURRED_VARIANCE = 40.0


def findings(pixels: PixelArray, width: int, height: int) -> tuple[Finding, ...]:
    """Findings of a photo uint8 (H, W, 3) whose original is `width` × `height` pixels."""
    look = Image.fromarray(pixels).reduce(max(1, min(pixels.shape[:2]) // LOOK_SIDE_PIXELS))
    look = look.convert("L")
    # Counted in C: percentiles of the array would take longer than all the rest.
    counts = np.cumsum(look.histogram())
    low, high = np.searchsorted(counts, (0.02 * counts[-1], 0.98 * counts[-1]))
    grey = np.asarray(look, dtype=np.float32)
    found = []
    if grey.mean() < DARK_MEAN:
        found.append(Finding.DARK)
    if high - low < LOW_CONTRAST_RANGE:
        found.append(Finding.LOW_CONTRAST)
    # Where nothing stands out, nothing can be blurred.
    elif _laplacian_variance(grey) < BLURRED_VARIANCE:
        found.append(Finding.BLURRED)
    if min(width, height) < SMALL_SIDE_PIXELS:
        found.append(Finding.SMALL)
    return tuple(found)


def _laplacian_variance(grey: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    if min(grey.shape) < 3:
        return 0.0
    middle = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((around - 4 * middle).var())

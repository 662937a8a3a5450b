"""What a score loses when a part of a photo is covered.

For encoders whose vectors are no sum over positions. A grey patch covers one cell of a grid
after the other (Zeiler and Fergus, "Visualizing and understanding convolutional networks",
ECCV 2014). The losses do not sum to the score: what two patches cover may say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from goodsight.core.heat_maps import Box, HeatMap
from goodsight.core.ports import ImageEncoder
from goodsight.core.types import FloatArray, Photo

__all__ = ["PATCHES_PER_SIDE", "occlusion_map"]

PATCHES_PER_SIDE = 7
GREY = 127


def occlusion_map(
    photo: Photo, box: Box, encoder: ImageEncoder, score: Callable[[FloatArray], float]
) -> HeatMap:
    """How much `score` of the photo's vector drops for each patch over the `box`.

    `score` takes a vector float32 (d,). Costs 50 encodings. Raises ModelError.
    """
    x, y, across, down = _within_photo(box)
    whole = score(encoder.encode_photos([photo]).vectors[0])
    side = PATCHES_PER_SIDE
    values = np.zeros((side, side), dtype=np.float32)
    for row in range(side):
        # A row at a time: all 49 copies of a large photo would fill the memory.
        covered = list(_covered(photo, (x, y + down * row / side, across, down / side)))
        vectors = encoder.encode_photos(covered).vectors
        values[row] = [whole - score(vector) for vector in vectors]
    return HeatMap(values, (x, y, across, down))


def _covered(photo: Photo, strip: Box) -> Iterator[Photo]:
    """The photo with one patch of the strip after the other painted over."""
    height, width = photo.pixels.shape[:2]
    x, y, across, down = strip
    top, bottom = round(y * height), round((y + down) * height)
    cuts = np.rint((x + across * np.linspace(0, 1, PATCHES_PER_SIDE + 1)) * width).astype(int)
    for left, right in pairwise(cuts):
        pixels = photo.pixels.copy()
        pixels[top:bottom, left:right] = GREY
        yield replace(photo, pixels=pixels)


def _within_photo(box: Box) -> Box:
    """Without what lies beyond the photo: there is nothing to cover."""
    x, y = max(box[0], 0.0), max(box[1], 0.0)
    right, bottom = min(box[0] + box[2], 1.0), min(box[1] + box[3], 1.0)
    return (x, y, right - x, bottom - y)

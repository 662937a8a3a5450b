"""Parts of a photo as views of it, out of the network's last map and at no cost of their own.

A window of the map is about what the network would say of that part of the photo. A customer's
photo is cut otherwise than the shop's, and windows teach a head not to mind.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goodsight.core.types import FloatArray

__all__ = ["WINDOWS", "window_features"]

# Of the map's rows and columns: half of the area.
WINDOW_SHARE = 0.7
# Where a window lies in what is left over: 0 is the upper or left edge, 1 the other one.
PLACES = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5))
WINDOWS = len(PLACES)


def window_features(maps: Sequence[FloatArray]) -> FloatArray:
    """Features float32 (WINDOWS, f) of the corners and the middle of one photo.

    `maps` (channels, rows, columns) are those of the networks side by side, as
    `PositionEncoder` gives them; f is the sum of their channels.
    """
    return np.stack(
        [np.concatenate([_mean_in(positions, place) for positions in maps]) for place in PLACES]
    )


def _mean_in(positions: FloatArray, place: tuple[float, float]) -> FloatArray:
    _, rows, columns = positions.shape
    height, width = max(1, round(rows * WINDOW_SHARE)), max(1, round(columns * WINDOW_SHARE))
    # Half of an odd rest goes to the lower right.
    top, left = int((rows - height) * place[0]), int((columns - width) * place[1])
    window = positions[:, top : top + height, left : left + width]
    return np.asarray(window.mean(axis=(1, 2)), dtype=np.float32)

"""Cells over a photo: how much each part of it adds to a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.model_card import Preprocessing
from goodsight.core.types import FloatArray

__all__ = ["Box", "HeatMap", "joined_maps", "seen_box"]

# x, y, width, height; 0..1 of the upright photo.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """What each cell adds, float32 (rows, columns); a negative cell speaks against the match.

    `box` is the part of the photo that the cells cover. It reaches beyond 0..1 where the
    encoder pads photos.
    """

    values: FloatArray
    box: Box

    @property
    def total(self) -> float:
        """The sum of the cells."""
        return float(self.values.sum(dtype=np.float64))


def seen_box(height: int, width: int, preprocessing: Preprocessing) -> Box:
    """The part of a photo of height × width pixels that an encoder's input shows."""
    kept = preprocessing.input_size / preprocessing.resize_size
    if preprocessing.resize == "squash":
        across = down = kept
    else:
        side = (max if preprocessing.resize == "pad" else min)(height, width) * kept
        across, down = side / width, side / height
    return ((1 - across) / 2, (1 - down) / 2, across, down)


def joined_maps(maps: Sequence[HeatMap]) -> HeatMap:
    """Maps of one photo added up on the finest of their grids; the sum of all cells is kept.

    Networks have grids of different sizes over different parts of the photo. A cell is spread
    over the cells of the common grid by the share of its area that lies in each.
    """
    x, y = min(map_.box[0] for map_ in maps), min(map_.box[1] for map_ in maps)
    right = max(map_.box[0] + map_.box[2] for map_ in maps)
    bottom = max(map_.box[1] + map_.box[3] for map_ in maps)
    down = min(map_.box[3] / map_.values.shape[0] for map_ in maps)
    across = min(map_.box[2] / map_.values.shape[1] for map_ in maps)
    rows, columns = round((bottom - y) / down), round((right - x) / across)
    values = np.zeros((rows, columns))
    for map_ in maps:
        by_rows = _overlap(map_.values.shape[0], map_.box[1], map_.box[3], rows, y, bottom - y)
        by_columns = _overlap(map_.values.shape[1], map_.box[0], map_.box[2], columns, x, right - x)
        values += by_rows @ map_.values @ by_columns.T
    return HeatMap(np.asarray(values, dtype=np.float32), (x, y, right - x, bottom - y))


def _overlap(
    count: int, start: float, length: float, onto: int, onto_start: float, onto_length: float
) -> NDArray[np.float64]:
    """The share of each of `count` stretches in each of the `onto` ones; (onto, count)."""
    cuts = start + length * np.linspace(0, 1, count + 1)
    onto_cuts = onto_start + onto_length * np.linspace(0, 1, onto + 1)
    # The outer edges are the same in theory; a rounding must not lose a share.
    onto_cuts[0], onto_cuts[-1] = -np.inf, np.inf
    low = np.maximum(onto_cuts[:-1, np.newaxis], cuts[np.newaxis, :-1])
    high = np.minimum(onto_cuts[1:, np.newaxis], cuts[np.newaxis, 1:])
    shares: NDArray[np.float64] = np.maximum(high - low, 0) / np.diff(cuts)
    return shares

"""A photo's vector as a sum over positions of the photo.

A network's features f are the mean of its last map over n positions, f = Σ m_p / n. What
follows is linear in the m_p once f is known: the square root, because sqrt(f) = f / sqrt(f);
the block's norm; the projection. So a score q · v is a sum of one number for each position.
Class activation maps (Zhou et al., "Learning deep features for discriminative localization",
CVPR 2016) split a class score in this way; Stylianou et al., "Visualizing deep similarity
networks" (WACV 2019), a similarity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.heat_maps import Box, HeatMap, joined_maps, seen_box
from goodsight.core.ports import PositionEncoder
from goodsight.core.projecting import Projection
from goodsight.core.types import FloatArray, Photo

__all__ = ["PhotoParts", "decompose", "parts_of_maps"]

Wide = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PhotoParts:
    """A photo's vector, and what it is made of.

    `vector` is float32 (d,) of norm 1. `parts` are arrays (channels, rows, columns), one for
    each network; summed over rows and columns and joined they are the vector before the last
    linear map. That map has the columns `matrix` (f, d), None for the identity.
    """

    vector: FloatArray
    parts: tuple[Wide, ...]
    boxes: tuple[Box, ...]
    matrix: FloatArray | None

    def heat_map(self, direction: FloatArray) -> HeatMap:
        """What each position adds to `vector · direction`; `direction` is (d,).

        The cells sum to it, up to rounding.
        """
        wide = direction.astype(np.float64)
        weights = wide if self.matrix is None else self.matrix @ wide
        cuts = np.cumsum([len(part) for part in self.parts])[:-1]
        return joined_maps(
            [
                HeatMap(np.asarray(np.tensordot(block, part, 1), dtype=np.float32), box)
                for block, part, box in zip(
                    np.split(weights, cuts), self.parts, self.boxes, strict=True
                )
            ]
        )


def decompose(
    photo: Photo, encoder: PositionEncoder, blocks: Sequence[int], projection: Projection | None
) -> PhotoParts | None:
    """A photo's vector by positions.

    None where the encoder shows no map for one of its `blocks`, or sees nothing in the photo.
    Raises ModelError.
    """
    maps = encoder.encode_positions(photo)
    if [len(shown) for shown in maps] != list(blocks):
        return None
    height, width = photo.pixels.shape[:2]
    boxes = [seen_box(height, width, how) for how in encoder.preprocessings]
    return parts_of_maps(maps, boxes, projection)


def parts_of_maps(
    maps: Sequence[FloatArray], boxes: Sequence[Box], projection: Projection | None
) -> PhotoParts | None:
    """The same of maps float32 (channels, rows, columns) that are known; None where all are 0."""
    rooted = projection is not None and projection.rooted
    parts = [_conditioned(shown.astype(np.float64), rooted) for shown in maps]
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    if projection is not None:
        means = np.split(projection.mean, np.cumsum(projection.blocks)[:-1])
        # What is subtracted belongs to no position: every one bears the same share of it.
        known = [
            part - mean[:, np.newaxis, np.newaxis] / part[0].size
            for part, mean in zip(known, means, strict=True)
        ]
    whole = np.concatenate([part.sum(axis=(1, 2)) for part in known])
    vector = whole if projection is None else whole @ projection.matrix
    length = float(np.linalg.norm(vector))
    if length == 0:
        return None
    return PhotoParts(
        vector=np.asarray(vector / length, dtype=np.float32),
        parts=tuple(part / length for part in known),
        boxes=tuple(boxes),
        matrix=None if projection is None else projection.matrix,
    )


def _conditioned(shown: Wide, rooted: bool) -> Wide | None:
    """A map scaled so that its sum is the conditioned block; see `projecting.conditioned`."""
    parts = shown / shown[0].size
    if rooted:
        features = np.maximum(parts.sum(axis=(1, 2)), 0)
        # A channel without features adds nothing, whatever its positions hold.
        roots = np.sqrt(features)
        scale = np.divide(1, roots, out=np.zeros_like(roots), where=roots > 0)
        parts = parts * scale[:, np.newaxis, np.newaxis]
    norm = float(np.linalg.norm(parts.sum(axis=(1, 2))))
    return parts / norm if norm > 0 else None

"""A part of a photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from goodsight.core.errors import UsageError
from goodsight.core.types import Photo

__all__ = ["part_of"]


def part_of(photo: Photo, box: Sequence[float]) -> Photo:
    """The pixels within a box [x, y, width, height] in 0..1 of the upright photo, at least one.

    Raises UsageError for a box that is empty or reaches beyond the photo.
    """
    if len(box) != 4:
        raise UsageError(f"box {list(box)}: give x, y, width and height")
    x, y, wide, high = box
    inside = x >= 0 and y >= 0 and x + wide <= 1.0001 and y + high <= 1.0001
    if not (inside and wide > 0 and high > 0):
        raise UsageError(f"box {list(box)}: x, y, width and height must lie within 0..1")
    height, width = photo.pixels.shape[:2]
    left = min(int(x * width), width - 1)
    top = min(int(y * height), height - 1)
    right = max(left + 1, min(width, round((x + wide) * width)))
    bottom = max(top + 1, min(height, round((y + high) * height)))
    return replace(photo, pixels=photo.pixels[top:bottom, left:right])

"""A small copy of a photo: all that colours, pattern and hash need."""

from __future__ import annotations

from PIL import Image

from goodsight.core.types import PixelArray

__all__ = ["SIDE_PIXELS", "small_copy"]

SIDE_PIXELS = 64


def small_copy(pixels: PixelArray) -> Image.Image:
    """The whole photo uint8 (H, W, 3), squashed to a square of `SIDE_PIXELS`."""
    size = (SIDE_PIXELS, SIDE_PIXELS)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)

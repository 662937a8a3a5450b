"""Small WebP copies, made from pixels: no metadata of the original survives."""

from __future__ import annotations

import io

from PIL import Image

from goodsight.core.types import PixelArray

__all__ = ["THUMBNAIL_SIDE_PIXELS", "make_thumbnail"]

THUMBNAIL_SIDE_PIXELS = 320
QUALITY = 72
# 0 is the fastest of seven: against 4, a third of the time for files larger by 30 to 55 %.
METHOD = 0


def make_thumbnail(pixels: PixelArray) -> bytes:
    """A WebP of uint8 (H, W, 3) pixels, its longer side at most `THUMBNAIL_SIDE_PIXELS`."""
    image = Image.fromarray(pixels)
    scale = THUMBNAIL_SIDE_PIXELS / max(image.size)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY, method=METHOD)
    return buffer.getvalue()

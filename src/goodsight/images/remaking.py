"""Photos that people send, made anew from their pixels.

Nothing of the file survives: no EXIF, no position, no comment, nothing appended.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import simplejpeg
from PIL import Image

from goodsight.core.types import Photo
from goodsight.images.decode import decode_photo
from goodsight.images.limits import PhotoLimits
from goodsight.images.thumbnails import shrunk

__all__ = ["remade_photo"]

QUALITY = 90


def remade_photo(
    data: bytes, *, reference: str, short_side: int, long_side: int, limits: PhotoLimits
) -> tuple[Photo, bytes]:
    """Decode bytes, shrink them, and encode as JPEG; photo and JPEG.

    The shorter side keeps `short_side` pixels where it has so many, and perhaps some more;
    the longer one has at most `long_side`.

    Raises PhotoError with the reason.
    """
    photo = decode_photo(data, reference=reference, minimum_side=short_side, limits=limits)
    pixels = photo.pixels
    if max(pixels.shape[:2]) > long_side:
        pixels = np.asarray(shrunk(Image.fromarray(pixels), long_side))
    pixels = np.ascontiguousarray(pixels)
    return replace(photo, pixels=pixels), simplejpeg.encode_jpeg(pixels, quality=QUALITY)

"""Photos that people send, freed of everything but the picture.

Nothing of the file survives: no EXIF, no position, no comment, nothing appended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simplejpeg
from PIL import Image

from goodsight.core.types import Photo
from goodsight.images.decode import decode_photo
from goodsight.images.limits import PhotoLimits
from goodsight.images.stripping import stripped_jpeg
from goodsight.images.thumbnails import shrunk

__all__ = ["AcceptedPhoto", "accept_photo", "remade_photo"]

QUALITY = 90
# What a page sends is small already, upright and a JPEG: stripping is enough to keep it.
PLAIN_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class AcceptedPhoto:
    """A photo to search with, decoded, and a JPEG of it without metadata, to be kept."""

    photo: Photo
    kept: bytes


def accept_photo(
    data: bytes, *, minimum_side: int, long_side: int, limits: PhotoLimits
) -> AcceptedPhoto:
    """Decode what was sent, as large as a model needs, and free it of metadata.

    What is kept has at most `long_side` pixels on its longer side. Raises PhotoError.
    """
    photo = decode_photo(data, reference="the photo", minimum_side=minimum_side, limits=limits)
    small = max(photo.width, photo.height) <= long_side and len(data) <= PLAIN_BYTES
    kept = stripped_jpeg(data) if small else None
    return AcceptedPhoto(photo, kept or remade_photo(data, long_side=long_side, limits=limits))


def remade_photo(data: bytes, *, long_side: int, limits: PhotoLimits) -> bytes:
    """A JPEG made anew from the pixels. Raises PhotoError."""
    photo = decode_photo(data, reference="the photo", minimum_side=long_side // 2, limits=limits)
    pixels = np.asarray(shrunk(Image.fromarray(photo.pixels), long_side))
    made: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=QUALITY)
    return made

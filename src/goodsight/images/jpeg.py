"""Scaled decoding of JPEGs by libjpeg-turbo.

libjpeg decodes almost anything and fills what is missing with grey, so its complaints decide:
a photo that lacks no more than its end marker, or has some bytes too many, is whole; one whose
data breaks off or does not decode is refused, for a half grey photo would be found by nobody.
"""

from __future__ import annotations

import simplejpeg

from goodsight.core.types import PixelArray

__all__ = ["MAX_SCANS", "check_scans", "decode_jpeg"]

# Cameras write one scan, progressive files about ten; each costs a pass over all pixels.
MAX_SCANS = 200
START_OF_SCAN = b"\xff\xda"

END_OF_IMAGE = b"\xff\xd9"
# What libjpeg says of files that every viewer shows whole.
_HARMLESS = (
    "extraneous bytes before marker",
    "Invalid SOS parameters",
    "Unknown Adobe color transform",
)
_CUT_SHORT = ("Premature end", "premature end")
_DAMAGED = ("Corrupt JPEG data", "Inconsistent progression")


def check_scans(data: bytes) -> None:
    """Raise OSError for a JPEG of so many scans that decoding would take minutes."""
    scans = data.count(START_OF_SCAN)
    if scans > MAX_SCANS:
        raise OSError(f"{scans:,} scans; at most {MAX_SCANS} are decoded")


def decode_jpeg(data: bytes, colorspace: str, side: int) -> PixelArray | None:
    """Pixels uint8 (H, W, 3 or 1), at the least eighth of the size with both sides ≥ `side`.

    `colorspace` is "RGB" or "GRAY". None where libjpeg-turbo does not know the kind of JPEG;
    raises OSError for one that is truncated or damaged.
    """
    complaint = ""
    # An end marker more harms no file, and one that lacks only that is whole with it.
    for candidate in (data, data + END_OF_IMAGE):
        try:
            return _decode(candidate, colorspace, side)
        except ValueError as error:
            complaint = str(error)
        if "Premature end of JPEG file" not in complaint:
            break
    if any(words in complaint for words in _HARMLESS):
        return _decode(candidate, colorspace, side, strict=False)
    if any(words in complaint for words in _CUT_SHORT):
        raise OSError("the picture is truncated")
    if any(words in complaint for words in _DAMAGED):
        raise OSError(complaint)
    return None


def _decode(data: bytes, colorspace: str, side: int, *, strict: bool = True) -> PixelArray:
    pixels: PixelArray = simplejpeg.decode_jpeg(
        data, colorspace, min_height=side, min_width=side, strict=strict
    )
    return pixels

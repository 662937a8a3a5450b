"""Untrusted bytes in, a Photo out.

The format is told by content and must be on the list; bytes and pixels are capped from the
header, before anything is decoded; only the first frame is read. Large JPEGs are decoded at a
fraction of their size where the result does not visibly change.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from goodsight.core.errors import PhotoError
from goodsight.core.types import Photo, PixelArray
from goodsight.images.colour import to_srgb
from goodsight.images.formats import HEIC, name_of_other, photo_format, teach_heic
from goodsight.images.jpeg import check_scans, decode_jpeg
from goodsight.images.limits import CATALOGUE_LIMITS, PhotoLimits
from goodsight.images.quality import findings
from goodsight.images.quiet import quiet

__all__ = ["decode_photo"]

# The orientations that turn a photo by a quarter, exchanging width and height.
QUARTER_TURNS = (5, 6, 7, 8)


def decode_photo(
    data: bytes,
    *,
    reference: str,
    minimum_side: int | None = None,
    limits: PhotoLimits = CATALOGUE_LIMITS,
) -> Photo:
    """Decode a photo upright, in sRGB, over white.

    With `minimum_side` the photo may come smaller than it is, its shorter side no less than
    that many pixels (or its own). Raises PhotoError with the reason.
    """
    if not data:
        raise PhotoError("the file is empty", reference=reference)
    if len(data) > limits.max_bytes:
        raise PhotoError(
            f"{len(data):,} bytes; at most {limits.max_bytes:,} are read", reference=reference
        )
    kind = photo_format(data)
    if kind is None:
        raise PhotoError(f"it is {name_of_other(data)}", reference=reference)
    if kind == HEIC:
        teach_heic(reference)
    with _translated(reference, kind, limits):
        return _decode(data, kind, reference, minimum_side, limits)


@contextmanager
def _translated(reference: str, kind: str, limits: PhotoLimits) -> Iterator[None]:
    """Whatever a decoder raises becomes a PhotoError."""
    try:
        yield
    except PhotoError:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoError(
            f"far too many pixels; at most {limits.max_pixels:,} are decoded", reference=reference
        ) from error
    except UnidentifiedImageError as error:
        raise PhotoError(f"damaged: no {kind} header can be read", reference=reference) from error
    except MemoryError as error:
        raise PhotoError("it needs more memory than there is", reference=reference) from error
    # Decoders of hostile bytes raise nearly anything: OSError, ValueError, SyntaxError, …
    except Exception as error:
        word = "truncated" if "truncated" in str(error).lower() else "damaged"
        detail = str(error) or type(error).__name__
        raise PhotoError(f"{word}: {kind} data: {detail}", reference=reference) from error


def _decode(
    data: bytes, kind: str, reference: str, minimum_side: int | None, limits: PhotoLimits
) -> Photo:
    if kind == "JPEG":
        check_scans(data)
    with quiet():
        image = Image.open(io.BytesIO(data), formats=[kind])
        orientation = _orientation(image, kind)
    with image:
        _check_size(image, reference, limits)
        width, height = image.size
        if orientation in QUARTER_TURNS:
            width, height = height, width
        profile = image.info.get("icc_profile")
        pixels = _scaled_jpeg(data, image, minimum_side) if kind == "JPEG" else None
        if pixels is None:
            pixels = np.asarray(to_srgb(_whole(image, minimum_side), profile))
        elif profile or pixels.shape[2] == 1:
            picture = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
            pixels = np.asarray(to_srgb(picture, profile))
    pixels = _upright(pixels, orientation)
    return Photo(
        reference=reference,
        content_hash=hashlib.sha256(data).hexdigest(),
        pixels=pixels,
        width=width,
        height=height,
        findings=findings(pixels, width, height),
    )


def _check_size(image: Image.Image, reference: str, limits: PhotoLimits) -> None:
    width, height = image.size
    if width * height > limits.max_pixels:
        raise PhotoError(
            f"{width:,} × {height:,} pixels; at most {limits.max_pixels:,} are decoded",
            reference=reference,
        )
    if min(width, height) < limits.min_side_pixels:
        raise PhotoError(
            f"{width} × {height} pixels; a side of at least {limits.min_side_pixels} is needed",
            reference=reference,
        )


def _orientation(image: Image.Image, kind: str) -> int:
    if kind in ("TIFF", HEIC):
        return 1  # Pillow itself turns a TIFF upright while it loads it, and libheif a HEIC
    # A broken EXIF block says nothing about the picture itself.
    with suppress(Exception):
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    return 1


def _scaled_jpeg(data: bytes, image: Image.Image, minimum_side: int | None) -> PixelArray | None:
    """An RGB or grey JPEG, uint8 (H, W, 3 or 1), as small as it may be; None for other modes.

    libjpeg-turbo scales in the frequency domain, so an unseen pixel is never computed. It
    knows all eighths, but only halves are quick: five eighths take twice as long as the whole.
    """
    if image.mode not in ("RGB", "L"):
        return None
    short = min(image.size)
    wanted = min(minimum_side or short, short)
    scaled = (-(-short // divisor) for divisor in (8, 4, 2))
    side = next((length for length in scaled if length >= wanted), short)
    return decode_jpeg(data, "GRAY" if image.mode == "L" else "RGB", side)


def _whole(image: Image.Image, minimum_side: int | None) -> Image.Image:
    """The first or main frame, wholly decoded, then shrunk by a whole factor if much too large."""
    # The main picture of a HEIC need not be its first, and is the one that is open.
    if image.format != HEIC:
        image.seek(0)
    with quiet() if image.format == "TIFF" else nullcontext():
        image.load()
    factor = min(image.size) // (2 * minimum_side) if minimum_side else 1
    if factor > 1 and image.mode in ("RGB", "L", "RGBA", "LA", "CMYK"):
        # Transparent pixels must not bleed their hidden colour into visible ones.
        if image.mode in ("RGBA", "LA"):
            return image.convert("RGBa" if image.mode == "RGBA" else "La").reduce(factor)
        return image.reduce(factor)
    return image.copy()


def _upright(pixels: PixelArray, orientation: int) -> PixelArray:
    """Undo one of EXIF's eight orientations of pixels (H, W, 3)."""
    if orientation in QUARTER_TURNS:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)

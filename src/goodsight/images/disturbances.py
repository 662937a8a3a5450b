"""What happens to photos in life, done to a photo of the catalogue on purpose.

Each way takes a Photo and gives another with its own content hash and findings; all are
deterministic, so that two evaluations differ only by what was changed between them.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from goodsight.core.types import Photo
from goodsight.images.quality import findings
from goodsight.images.saliency import foreground

__all__ = ["DISTURBANCES"]

CROPPED_AREA = 0.7
# Where the cut-out lies in what may be cut off: 0 is the left or upper edge, 1 the other one.
CROP_PLACE = (0.85, 0.2)
BLUR_SHARE = 0.012
DARKNESS = 0.3
JPEG_QUALITY = 30
GROUND = (186, 172, 150)
NOISE_CELLS = 14
NOISE_SPREAD = 50

Picture = Image.Image


def _crop(picture: Picture) -> Picture:
    side = CROPPED_AREA**0.5
    width, height = round(picture.width * side), round(picture.height * side)
    left = round((picture.width - width) * CROP_PLACE[0])
    top = round((picture.height - height) * CROP_PLACE[1])
    return picture.crop((left, top, left + width, top + height))


def _rotation(degrees: int) -> Callable[[Picture], Picture]:
    """Counter-clockwise; the corners that come into view are of the colour of the edges."""

    def turn(picture: Picture) -> Picture:
        quarter = degrees % 90 == 0
        return picture.rotate(
            degrees,
            Image.Resampling.BICUBIC,
            expand=quarter,
            fillcolor=None if quarter else _edge_colour(picture),
        )

    return turn


def _edge_colour(picture: Picture) -> tuple[int, int, int]:
    pixels = np.asarray(picture)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(edge, axis=0))
    return red, green, blue


def _blur(picture: Picture) -> Picture:
    return picture.filter(ImageFilter.GaussianBlur(BLUR_SHARE * min(picture.size)))


def _darken(picture: Picture) -> Picture:
    return ImageEnhance.Brightness(picture).enhance(DARKNESS)


def _compress(picture: Picture) -> Picture:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return Image.open(buffer).convert("RGB")


def _on(ground: Callable[[tuple[int, int]], Picture]) -> Callable[[Picture], Picture]:
    """Paste what stands out onto another ground."""

    def paste(picture: Picture) -> Picture:
        mask = Image.fromarray((foreground(np.asarray(picture)) * 255).astype(np.uint8))
        return Image.composite(picture, ground(picture.size), mask)

    return paste


def _plain(size: tuple[int, int]) -> Picture:
    return Image.new("RGB", size, GROUND)


def _noisy(size: tuple[int, int]) -> Picture:
    """Light and dark blotches, a little coloured, as a shelf or a carpet out of focus."""
    generator = np.random.default_rng(0)
    moves = generator.normal(0, NOISE_SPREAD, (NOISE_CELLS, NOISE_CELLS, 1))
    moves = moves + generator.normal(0, NOISE_SPREAD / 2, (NOISE_CELLS, NOISE_CELLS, 3))
    cells = (np.array(GROUND) + moves).clip(0, 255).astype(np.uint8)
    return Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)


def _disturbance(change: Callable[[Picture], Picture]) -> Callable[[Photo], Photo]:
    def disturb(photo: Photo) -> Photo:
        pixels = np.asarray(change(Image.fromarray(photo.pixels)))
        height, width = pixels.shape[:2]
        return Photo(
            reference=photo.reference,
            content_hash=hashlib.sha256(pixels.tobytes()).hexdigest(),
            pixels=pixels,
            width=width,
            height=height,
            findings=findings(pixels, width, height),
        )

    return disturb


# By the name that reports use.
DISTURBANCES: Mapping[str, Callable[[Photo], Photo]] = {
    name: _disturbance(change)
    for name, change in {
        "cropped": _crop,
        "rotated 15": _rotation(15),
        "rotated -15": _rotation(-15),
        "rotated 90": _rotation(90),
        "rotated 180": _rotation(180),
        "rotated 270": _rotation(270),
        "blurred": _blur,
        "dark": _darken,
        "jpeg 30": _compress,
        "plain ground": _on(_plain),
        "noisy ground": _on(_noisy),
    }.items()
}

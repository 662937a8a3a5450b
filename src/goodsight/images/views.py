"""A studio photo as a phone might see the thing: another place, angle, light and sharpness.

What stands out of the photo is cut out, turned and scaled, put before another ground, lit and
blurred a little. How the features move with that tells which of their directions to trust,
where a catalogue has one photo of each product and so says nothing about it by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from goodsight.core.types import Photo, PixelArray
from goodsight.images.saliency import foreground

__all__ = ["views_of"]

Picture = Image.Image
MAX_TURN_DEGREES = 25.0
PLAIN_GROUND_SHARE = 0.3


def views_of(photo: Photo, grounds: Sequence[Photo], count: int, seed: int) -> tuple[Photo, ...]:
    """So many views of a photo, the same for the same seed; as large as its shorter side.

    `grounds` are other photos, out of which grounds are cut.
    """
    generator = np.random.default_rng(seed)
    side = min(photo.pixels.shape[:2])
    thing, mask = _cut_out(photo.pixels)
    return tuple(
        _as_photo(photo, _view(thing, mask, grounds, side, generator)) for _ in range(count)
    )


def _cut_out(pixels: PixelArray) -> tuple[Picture, Picture]:
    """The foreground's bounding box, and how far each of its pixels belongs to it."""
    inside = foreground(pixels)
    rows, columns = np.nonzero(inside > 0.5)
    box = (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    mask = Image.fromarray((inside * 255).astype(np.uint8))
    return Image.fromarray(pixels).crop(box), mask.crop(box)


def _view(
    thing: Picture,
    mask: Picture,
    grounds: Sequence[Photo],
    side: int,
    generator: np.random.Generator,
) -> Picture:
    scale = side * generator.uniform(0.55, 1.2) / max(thing.size)
    size = (
        max(8, round(thing.width * scale * generator.uniform(0.85, 1.15))),
        max(8, round(thing.height * scale)),
    )
    turn = generator.uniform(-MAX_TURN_DEGREES, MAX_TURN_DEGREES)
    turned, shape = (
        part.resize(size, Image.Resampling.BICUBIC).rotate(
            turn, Image.Resampling.BICUBIC, expand=True
        )
        for part in (thing, mask)
    )
    view = _ground(grounds, side, generator)
    across, down = generator.uniform(-0.14, 0.14, 2) * side
    place = (
        round(side / 2 - turned.width / 2 + across),
        round(side / 2 - turned.height / 2 + down),
    )
    view.paste(turned, place, shape)
    return _as_a_phone_sees(view, generator)


def _ground(grounds: Sequence[Photo], side: int, generator: np.random.Generator) -> Picture:
    """A plain colour, or a blurred part of another photo."""
    if not grounds or generator.random() < PLAIN_GROUND_SHARE:
        red, green, blue = (int(value) for value in generator.integers(30, 240, 3))
        return Image.new("RGB", (side, side), (red, green, blue))
    picture = Image.fromarray(grounds[int(generator.integers(len(grounds)))].pixels)
    part = min(picture.size) * generator.uniform(0.2, 0.6)
    left = generator.uniform(0, picture.width - part)
    top = generator.uniform(0, picture.height - part)
    box = (left, top, left + part, top + part)
    ground = picture.resize((side, side), Image.Resampling.BICUBIC, box=box)
    return ground.filter(ImageFilter.GaussianBlur(generator.uniform(0, side / 70)))


def _as_a_phone_sees(view: Picture, generator: np.random.Generator) -> Picture:
    view = ImageEnhance.Brightness(view).enhance(generator.uniform(0.5, 1.3))
    view = ImageEnhance.Color(view).enhance(generator.uniform(0.6, 1.3))
    view = ImageEnhance.Contrast(view).enhance(generator.uniform(0.7, 1.2))
    if generator.random() < 0.4:
        radius = generator.uniform(0, min(view.size) / 170)
        view = view.filter(ImageFilter.GaussianBlur(radius))
    if generator.random() < 0.5:
        view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return view


def _as_photo(photo: Photo, view: Picture) -> Photo:
    pixels = np.asarray(view)
    height, width = pixels.shape[:2]
    return Photo(photo.reference, "", pixels, width, height)

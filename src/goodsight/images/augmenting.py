"""A photo as somebody else might have taken it: nearer, turned, askew, in another light.

Unlike `views`, which cut a thing out of a studio photo and put it elsewhere, this keeps the
photo's own scene. Each step is drawn from a seed, so that a view can be made again.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from goodsight.core.types import Photo, PixelArray

__all__ = ["augmented"]

Picture = Image.Image
# Of the photo's area; the rest is cut off.
LEAST_AREA = 0.45
MAX_STRETCH = 0.25
MAX_TURN_DEGREES = 20.0
# Of the cut-out's sides, by which each corner moves on its own.
MAX_SKEW = 0.08
HIDDEN_CHANCE = 0.3
BLUR_CHANCE = 0.4
JPEG_CHANCE = 0.4


def augmented(photo: Photo, seed: int, *, side: int) -> Photo:
    """A view of a photo, square with `side` pixels, the same for the same seed."""
    generator = np.random.default_rng(seed)
    picture = Image.fromarray(photo.pixels)
    corners = _corners(picture, generator)
    view = picture.transform((side, side), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    if generator.random() < 0.5:
        view = ImageOps.mirror(view)
    view = _compressed(_hidden(_lit(view, generator), generator), generator)
    return Photo(photo.reference, "", np.asarray(view), side, side)


def _corners(picture: Picture, generator: np.random.Generator) -> list[float]:
    """x and y of the view's corners in the photo: upper left first, then counter-clockwise."""
    short = min(picture.size)
    side = np.sqrt(generator.uniform(LEAST_AREA, 1.0)) * short
    stretch = np.exp(generator.uniform(-MAX_STRETCH, MAX_STRETCH))
    size = np.minimum((side * stretch, side / stretch), picture.size)
    centre = [
        generator.uniform(half, whole - half)
        for half, whole in zip(size / 2, picture.size, strict=True)
    ]
    signs = np.array([(-0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.5, -0.5)])
    square = (signs + generator.uniform(-MAX_SKEW, MAX_SKEW, (4, 2))) * size
    angle = np.deg2rad(generator.uniform(-MAX_TURN_DEGREES, MAX_TURN_DEGREES))
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    corners = np.clip(square @ turn.T + centre, 0, np.array(picture.size) - 1)
    return [float(value) for value in corners.ravel()]


def _lit(view: Picture, generator: np.random.Generator) -> Picture:
    view = ImageEnhance.Brightness(view).enhance(generator.uniform(0.6, 1.35))
    view = ImageEnhance.Contrast(view).enhance(generator.uniform(0.7, 1.3))
    view = ImageEnhance.Color(view).enhance(generator.uniform(0.7, 1.3))
    # Warm or cold light.
    tint = np.array([generator.uniform(0.9, 1.1), 1.0, generator.uniform(0.9, 1.1)])
    pixels: PixelArray = np.clip(np.asarray(view) * tint, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels)


def _hidden(view: Picture, generator: np.random.Generator) -> Picture:
    """A part behind something else."""
    if generator.random() < HIDDEN_CHANCE:
        width, height = (int(view.width * generator.uniform(0.14, 0.35)) for _ in range(2))
        place = (
            int(generator.integers(0, view.width - width)),
            int(generator.integers(0, view.height - height)),
        )
        red, green, blue = (int(value) for value in generator.integers(0, 255, 3))
        view.paste((red, green, blue), (*place, place[0] + width, place[1] + height))
    return view


def _compressed(view: Picture, generator: np.random.Generator) -> Picture:
    if generator.random() < BLUR_CHANCE:
        view = view.filter(ImageFilter.GaussianBlur(generator.uniform(0, view.width / 150)))
    if generator.random() < JPEG_CHANCE:
        buffer = io.BytesIO()
        view.save(buffer, "JPEG", quality=int(generator.integers(30, 80)))
        view = Image.open(buffer).convert("RGB")
    return view

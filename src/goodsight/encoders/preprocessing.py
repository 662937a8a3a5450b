"""From a photo's pixels to a model's input; the one place where that happens.

Indexing, querying and tuning all call `prepare`, so that a photo gets the same vector
whichever way it comes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from goodsight.core.types import FloatArray, Photo, Preprocessing

__all__ = ["CROPS", "INTERPOLATIONS", "LAYOUTS", "PREPARE_VERSION", "RESIZES", "prepare"]

# Counted up whenever `prepare` gives other numbers: part of every space's fingerprint.
PREPARE_VERSION = 1

INTERPOLATIONS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
RESIZES = ("short_side", "squash", "pad")
LAYOUTS = ("NCHW", "NHWC")
CROPS = ("at_once", "whole_pixels")
PAD_COLOUR = (127, 127, 127)
# Pillow may first shrink by whole factors while at least this many times too large is left.
REDUCING_GAP = 3.0
# A strip's long side, as a multiple of its short one: resized whole it would fill the memory.
LONGEST_STRIP = 16


def prepare(photos: Sequence[Photo], preprocessing: Preprocessing) -> FloatArray:
    """Resize, crop and normalise n photos; float32 (n, 3, s, s) or (n, s, s, 3) by layout.

    With crop "at_once" the photo's middle part that would survive the crop is resized to
    s × s pixels, antialiased. With "whole_pixels" the whole photo is resized first, its longer
    side rounded down, and the middle s × s pixels are cut out.
    """
    size = preprocessing.input_size
    batch = np.empty((len(photos), size, size, 3), dtype=np.uint8)
    for row, photo in enumerate(photos):
        batch[row] = np.asarray(_crop(Image.fromarray(photo.pixels), preprocessing))
    if preprocessing.channels == "BGR":
        batch = batch[..., ::-1]
    mean = np.asarray(preprocessing.mean, dtype=np.float32)
    scale = np.asarray([1 / value for value in preprocessing.std], dtype=np.float32)
    if preprocessing.layout == "NHWC":
        return np.asarray((batch - mean) * scale, dtype=np.float32)
    planes = np.empty((len(photos), 3, size, size), dtype=np.float32)
    for channel in range(3):
        np.subtract(batch[..., channel], mean[channel], out=planes[:, channel])
        planes[:, channel] *= scale[channel]
    return planes


def _crop(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    if preprocessing.resize == "pad":
        return _padded(image, preprocessing)
    if preprocessing.crop == "whole_pixels":
        return _cut(image, preprocessing)
    kept = preprocessing.input_size / preprocessing.resize_size
    width, height = image.size
    if preprocessing.resize == "squash":
        across, down = width * kept, height * kept
    else:
        across = down = min(width, height) * kept
    left, top = (width - across) / 2, (height - down) / 2
    return image.resize(
        (preprocessing.input_size, preprocessing.input_size),
        INTERPOLATIONS[preprocessing.interpolation],
        box=(left, top, left + across, top + down),
        reducing_gap=REDUCING_GAP,
    )


def _cut(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    side, kept = preprocessing.resize_size, preprocessing.input_size
    width = height = side
    if preprocessing.resize == "short_side":
        image = _shortened(image)
        short = min(image.size)
        width, height = (side * length // short for length in image.size)
    whole = image.resize((width, height), INTERPOLATIONS[preprocessing.interpolation])
    left, top = (width - kept) // 2, (height - kept) // 2
    return whole.crop((left, top, left + kept, top + kept))


def _shortened(image: Image.Image) -> Image.Image:
    """The photo, or the middle of a strip, of which a crop takes no more anyway."""
    width, height = image.size
    longest = LONGEST_STRIP * min(width, height)
    left, top = max(0, (width - longest) // 2), max(0, (height - longest) // 2)
    return image.crop((left, top, width - left, height - top)) if left or top else image


def _padded(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    # Shrunk before it is padded: the square around a long strip would fill the memory.
    scale = preprocessing.resize_size / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    small = image.resize(
        (width, height),
        INTERPOLATIONS[preprocessing.interpolation],
        reducing_gap=REDUCING_GAP,
    )
    side = preprocessing.input_size
    square = Image.new("RGB", (side, side), PAD_COLOUR)
    square.paste(small, ((side - width) // 2, (side - height) // 2))
    return square

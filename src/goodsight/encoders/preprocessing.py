"""From a photo's pixels to a model's input; the one place where that happens.

Indexing, querying and tuning all call `prepare`, so that a photo gets the same vector
whichever way it comes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from goodsight.core.types import FloatArray, Photo, Preprocessing

__all__ = ["INTERPOLATIONS", "LAYOUTS", "PREPARE_VERSION", "RESIZES", "prepare"]

# Counted up whenever `prepare` gives other numbers: part of every space's fingerprint.
PREPARE_VERSION = 1

INTERPOLATIONS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
RESIZES = ("short_side", "squash", "pad")
LAYOUTS = ("NCHW", "NHWC")
PAD_COLOUR = (127, 127, 127)
# Pillow may first shrink by whole factors while at least this many times too large is left.
REDUCING_GAP = 3.0


def prepare(photos: Sequence[Photo], preprocessing: Preprocessing) -> FloatArray:
    """Resize, crop and normalise n photos; float32 (n, 3, s, s) or (n, s, s, 3) by layout.

    The resize and the centre crop are one step: the photo's middle part that would survive
    the crop is resized to s × s pixels, antialiased.
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

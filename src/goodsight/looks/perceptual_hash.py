"""A hash of how a photo looks: copies, resized and compressed anew, differ in few bits.

The sign pattern of the low frequencies of a cosine transform, as Zauner describes it in
"Implementation and Benchmarking of Perceptual Image Hash Functions", Hagenberg (2010). Why
these lines and not a library: docs/decisions/0014.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

__all__ = ["perceptual_hash"]

INPUT_SIDE = 32
HASH_SIDE = 8


def perceptual_hash(picture: Image.Image) -> int:
    """64 bits of a picture; compare them by the number of bits that differ."""
    small = picture.convert("L").resize((INPUT_SIDE, INPUT_SIDE), Image.Resampling.BOX)
    frequencies = _COSINES @ np.asarray(small, dtype=np.float64) @ _COSINES.T
    # The mean brightness alone says nothing about what is shown, and would move the median.
    middle = np.median(frequencies.ravel()[1:])
    bits = frequencies.ravel() > middle
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _cosines() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows of the lowest frequencies of the discrete cosine transform, type II."""
    frequency = np.arange(HASH_SIDE)[:, np.newaxis]
    position = 2 * np.arange(INPUT_SIDE)[np.newaxis] + 1
    return np.cos(np.pi * frequency * position / (2 * INPUT_SIDE))


_COSINES = _cosines()

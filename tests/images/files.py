"""Image files of many kinds, made here."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def picture(width=320, height=240, seed=1):
    """A picture with large shapes and soft edges, mode RGB."""
    generator = np.random.default_rng(seed)
    small = generator.integers(20, 235, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def difference(found, expected):
    """Mean absolute difference in steps of 0…255."""
    return float(np.abs(np.asarray(found, dtype=float) - np.asarray(expected, dtype=float)).mean())

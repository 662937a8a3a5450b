"""Copies keep their hash, other pictures do not."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
from PIL import Image

from goodsight.looks.perceptual_hash import perceptual_hash
from goodsight.looks.small_copy import small_copy


def hash_of(image: Image.Image) -> int:
    return perceptual_hash(small_copy(np.asarray(image.convert("RGB"))))


def again(image: Image.Image, *, quality: int, side: int) -> Image.Image:
    buffer = io.BytesIO()
    image.resize((side, side)).save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)


def scenes() -> list[Image.Image]:
    """Pictures with soft shapes everywhere, as photos have."""
    noise = np.random.default_rng(0).integers(0, 256, (6, 9, 9, 3), dtype=np.uint8)
    return [Image.fromarray(pixels).resize((300, 240)) for pixels in noise]


def test_a_copy_smaller_and_compressed_is_near():
    for image in scenes():
        copy = again(image, quality=40, side=120)
        assert (hash_of(image) ^ hash_of(copy)).bit_count() <= 4


def test_other_pictures_are_far():
    hashes = [hash_of(image) for image in scenes()]

    assert all((one ^ other).bit_count() > 12 for one, other in combinations(hashes, 2))


def test_a_hash_has_64_bits_even_of_nothing():
    assert 0 <= hash_of(Image.new("RGB", (40, 30), "white")) < 1 << 64


def test_frequencies_are_those_of_scipy():
    # scipy.fft.dct(numpy.eye(32)[3], 2)[:8] / 2, computed once with SciPy 1.17.
    from goodsight.looks.perceptual_hash import _COSINES

    expected = [1.0, 0.941544065, 0.773010453, 0.514102744, 0.195090322, -0.146730474,
                -0.471396737, -0.740951125]  # fmt: skip
    assert np.allclose(_COSINES[:, 3], expected, atol=1e-8)

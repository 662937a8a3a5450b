"""A pattern is known again in other colours and sizes, and on other grounds."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from goodsight.core.distributions import overlap
from goodsight.looks.foreground import Foreground
from goodsight.looks.patterns import CODES_PER_RADIUS, PATTERN_BINS, RADII, foreground_pattern

SIDE = 64
PATTERNS = ("plain", "lying", "upright", "checked", "dotted")


def drawn(pattern, *, ink="navy", cloth="orange", ground="white", every=8) -> np.ndarray:
    """A round piece of cloth with a pattern on it."""
    down, across = np.mgrid[:SIDE, :SIDE]
    lying, upright = (np.asarray(place // (every // 2) % 2 == 0) for place in (down, across))
    dots = (down % every - every / 2) ** 2 + (across % every - every / 2) ** 2 < (every / 3) ** 2
    masks = {
        "plain": np.zeros_like(lying),
        "lying": lying,
        "upright": upright,
        "checked": lying ^ upright,
        "dotted": dots,
    }
    photo = Image.new("RGB", (SIDE, SIDE), ground)
    piece = Image.new("RGB", (SIDE, SIDE), cloth)
    piece.paste(ink, mask=Image.fromarray(masks[pattern].astype(np.uint8) * 255))
    shape = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(shape).ellipse((8, 8, 56, 56), fill=255)
    photo.paste(piece, mask=shape)
    return np.asarray(photo)


def pattern_of(pixels: np.ndarray) -> np.ndarray:
    return foreground_pattern(pixels, Foreground.of(pixels))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_finds_itself_in_other_colours_and_sizes(pattern):
    asked = pattern_of(drawn(pattern))
    others = np.stack(
        [
            pattern_of(drawn(other, ink="darkgreen", cloth="pink", ground="tan", every=10))
            for other in PATTERNS
        ]
    )
    assert PATTERNS[overlap(asked, others).argmax()] == pattern


def test_a_descriptor_is_a_distribution_in_each_radius():
    found = pattern_of(drawn("checked"))
    assert (found.shape, found.dtype) == ((PATTERN_BINS,), np.float32)
    assert (found >= 0).all()
    parts = found.reshape(len(RADII), CODES_PER_RADIUS).sum(axis=1)
    assert parts == pytest.approx([0.5, 0.5], abs=1e-5)


def test_codes_agree_with_counting_neighbour_by_neighbour():
    pixels = np.random.default_rng(0).integers(0, 256, (12, 9, 3), dtype=np.uint8)
    shown = Foreground.of(pixels)
    light = pixels.astype(int) @ np.array([299, 587, 114])
    around = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
    uniform = [
        code
        for code in range(256)
        if sum((code >> n & 1) != (code >> (n + 1) % 8 & 1) for n in range(8)) <= 2
    ]
    expected = np.zeros((2, 59))
    for row, radius in enumerate((1, 2)):
        for y in range(12):
            for x in range(9):
                code = 0
                for bit, (down, across) in enumerate(around):
                    there = (
                        min(max(y + radius * down, 0), 11),
                        min(max(x + radius * across, 0), 8),
                    )
                    code |= int(light[there] > light[y, x]) << bit
                place = uniform.index(code) if code in uniform else 58
                expected[row, place] += shown.weights[y, x]
    expected = expected.ravel() / expected.sum()
    assert foreground_pattern(pixels, shown) == pytest.approx(expected, abs=1e-6)


def test_the_pattern_of_the_ground_counts_little():
    plain = drawn("plain")
    striped = drawn("lying", ink="gray", cloth="white")
    behind = np.where((plain == 255).all(axis=2, keepdims=True), striped, plain)
    found = pattern_of(behind.astype(np.uint8))
    alike = overlap(found, np.stack([pattern_of(plain), pattern_of(drawn("lying"))]))
    assert alike[0] > alike[1]

"""The colours of what is shown count, those of the background do not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from goodsight.core.colour_names import COLOUR_NAMES, colour_key, picked_colours
from goodsight.core.colour_space import BINS, lab_of
from goodsight.core.distributions import overlap
from goodsight.core.errors import UsageError
from goodsight.looks.colours import foreground_colours
from goodsight.looks.foreground import Foreground


def colours_of(pixels: np.ndarray):
    return foreground_colours(Foreground.of(pixels))


def disc(colour: str, background: str = "white") -> np.ndarray:
    image = Image.new("RGB", (64, 64), background)
    ImageDraw.Draw(image).ellipse((14, 14, 50, 50), fill=colour)
    return np.asarray(image)


@pytest.mark.parametrize("background", ["white", "#404040", "#9a7b4f"])
@pytest.mark.parametrize(
    ("colour", "name"), [("#c81e23", "red"), ("#2050b0", "blue"), ("#f5d820", "yellow")]
)
def test_the_background_does_not_count(colour, name, background):
    colours, names = colours_of(disc(colour, background))

    assert names[0] == name
    assert overlap(picked_colours([colour]), colours[np.newaxis])[0] > 0.6


def test_a_descriptor_is_a_distribution():
    colours, _ = colours_of(disc("#2e8b3c"))

    assert colours.shape == (BINS,)
    assert colours.dtype == np.float32
    assert (colours >= 0).all()
    assert colours.sum() == pytest.approx(1, abs=1e-5)


def test_white_before_white_is_white():
    pixels = np.full((64, 48, 3), 250, dtype=np.uint8)

    assert colours_of(pixels)[1] == ("white",)


def test_two_colours_are_named_by_their_share():
    image = Image.new("RGB", (64, 64), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((14, 14, 36, 50), fill="#c81e23")
    draw.rectangle((37, 14, 50, 50), fill="#14204a")

    assert colours_of(np.asarray(image))[1] == ("red", "navy")


def test_a_near_shade_is_more_alike_than_another_colour():
    red, dark_red, green = (
        colours_of(disc(colour))[0] for colour in ("#c81e23", "#b02028", "#2e8b3c")
    )

    near, far = overlap(red, np.stack([dark_red, green]))
    assert near > 0.8
    assert far < 0.3
    assert overlap(red, red[np.newaxis])[0] == pytest.approx(1, abs=1e-5)


def test_lab_agrees_with_published_values():
    # sRGB primaries under D65: brucelindbloom.com, "Color Difference Calculator".
    found = lab_of(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0]]))

    expected = [[53.24, 80.09, 67.2], [87.73, -86.18, 83.18], [32.3, 79.19, -107.86]]
    assert found[:3] == pytest.approx(np.array(expected), abs=0.1)
    assert found[3:] == pytest.approx(np.array([[100, 0, 0], [0, 0, 0]]), abs=0.01)


@pytest.mark.parametrize("name", COLOUR_NAMES, ids=lambda name: name.key)
def test_every_name_finds_its_own_shades(name):
    picked = np.stack([picked_colours([other.key]) for other in COLOUR_NAMES])

    for shade in name.shades:
        _, named = colours_of(disc(shade, "#7f5fff" if name.key == "white" else "white"))
        assert named[0] == name.key
    best = overlap(picked_colours([name.chinese]), picked).argmax()
    assert COLOUR_NAMES[best].key == name.key


def test_names_are_known_in_english_and_chinese():
    assert [colour_key(word) for word in ("Red", " gray", "红色", "红", "银色")] == [
        "red", "grey", "red", "red", "grey",
    ]  # fmt: skip
    assert colour_key("reddish") is None


def test_words_are_unique():
    words = [word for name in COLOUR_NAMES for word in (name.key, name.chinese, *name.synonyms)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("colour", ["", "reddish", "#12", "#12345g", "1234567"])
def test_what_is_no_colour_is_refused(colour):
    with pytest.raises(UsageError, match="give #rrggbb or one of black, grey"):
        picked_colours([colour])


def test_short_and_long_hex_are_the_same():
    assert picked_colours(["#a23"]) == pytest.approx(picked_colours(["AA2233"]))

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from encoders.photos import drawn_photo
from goodsight.core.types import Finding, Photo
from goodsight.images import enhanced
from goodsight.images.quality import findings


def spoilt(change, seed=0):
    pixels = np.asarray(change(Image.fromarray(drawn_photo(seed).pixels)))
    height, width = pixels.shape[:2]
    return Photo("p", "hash", pixels, width, height, findings(pixels, width, height))


def distance(photo, other):
    return np.abs(photo.pixels.astype(float) - other.pixels.astype(float)).mean()


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda picture: ImageEnhance.Brightness(picture).enhance(0.2), Finding.DARK),
        (lambda picture: ImageEnhance.Contrast(picture).enhance(0.15), Finding.LOW_CONTRAST),
    ],
)
def test_dark_and_pale_photos_come_nearer_to_what_they_were(change, finding):
    photo = spoilt(change)
    assert finding in photo.findings
    mended = enhanced(photo)
    assert finding not in mended.findings
    assert distance(mended, drawn_photo(0)) < 0.6 * distance(photo, drawn_photo(0))
    # What was mended once is left alone.
    assert enhanced(mended) is mended


@pytest.mark.parametrize("found", [(), (Finding.SMALL,), (Finding.BLURRED,)])
def test_other_photos_stay_the_very_same(found):
    photo = drawn_photo(1)
    photo = Photo(photo.reference, "h", photo.pixels, photo.width, photo.height, found)
    assert enhanced(photo) is photo


def test_one_colour_alone_is_no_trouble():
    pixels = np.full((40, 40, 3), 7, dtype=np.uint8)
    photo = Photo("plain", "h", pixels, 40, 40, (Finding.DARK, Finding.LOW_CONTRAST))
    assert enhanced(photo).pixels.shape == (40, 40, 3)

import numpy as np
import pytest

from goodsight.core.types import Finding
from goodsight.images import DISTURBANCES, decode_photo
from goodsight.images.saliency import foreground
from small_shop import draw_shape


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photos") / "shape.png"
    draw_shape(1).resize((240, 300)).save(path)
    return decode_photo(path.read_bytes(), reference=str(path))


@pytest.mark.parametrize("name", DISTURBANCES)
def test_a_disturbed_photo_is_another_photo(photo, name):
    disturbed = DISTURBANCES[name](photo)
    assert disturbed.pixels.dtype == np.uint8
    assert disturbed.pixels.shape == (disturbed.height, disturbed.width, 3)
    assert disturbed.content_hash != photo.content_hash
    assert disturbed.reference == photo.reference
    again = DISTURBANCES[name](photo)
    assert again.content_hash == disturbed.content_hash
    if disturbed.pixels.shape == photo.pixels.shape:
        assert not np.array_equal(disturbed.pixels, photo.pixels)


def test_quarter_turns_lose_nothing(photo):
    for name, turns in (("rotated 90", 1), ("rotated 180", 2), ("rotated 270", 3)):
        assert np.array_equal(DISTURBANCES[name](photo).pixels, np.rot90(photo.pixels, turns))


def test_small_turns_are_undone_by_each_other(photo):
    there = DISTURBANCES["rotated 15"](photo)
    back = DISTURBANCES["rotated -15"](there)
    middle = np.s_[110:190, 90:150]
    difference = np.abs(back.pixels[middle].astype(int) - photo.pixels[middle])
    assert difference.mean() < 4


def test_a_crop_keeps_seven_tenths_away_from_the_middle(photo):
    cropped = DISTURBANCES["cropped"](photo)
    assert cropped.width * cropped.height == pytest.approx(0.7 * 240 * 300, rel=0.02)
    left, top = (240 - cropped.width) * 0.85, (300 - cropped.height) * 0.2
    part = photo.pixels[round(top) :, round(left) :][: cropped.height, : cropped.width]
    assert np.array_equal(part, cropped.pixels)


def test_darkness_and_blur_are_found(photo):
    assert DISTURBANCES["dark"](photo).pixels.mean() < 0.35 * photo.pixels.mean()
    assert Finding.BLURRED in DISTURBANCES["blurred"](photo).findings
    assert Finding.BLURRED not in photo.findings


def test_another_ground_keeps_the_thing(photo):
    mask = foreground(photo.pixels)
    assert mask.shape == photo.pixels.shape[:2]
    assert mask[150, 120] == 1
    assert mask[5, 5] == 0
    for name in ("plain ground", "noisy ground"):
        changed = DISTURBANCES[name](photo)
        assert np.array_equal(changed.pixels[150, 120], photo.pixels[150, 120])
        assert np.abs(changed.pixels[:20].astype(int) - photo.pixels[:20]).mean() > 30


def test_a_photo_without_a_ground_is_foreground():
    assert foreground(np.full((50, 60, 3), 130, dtype=np.uint8)).min() == 1


def test_a_white_thing_on_white_is_what_its_outline_holds():
    pixels = np.full((200, 200, 3), 250, dtype=np.uint8)
    pixels[60:140, 60:66] = pixels[60:140, 134:140] = 20
    mask = foreground(pixels)
    assert mask[100, 100] == 1
    assert mask[100, 20] == 0

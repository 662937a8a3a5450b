from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from encoders.photos import drawn_photo
from goodsight.core.types import Photo, Preprocessing
from goodsight.encoders.preprocessing import prepare

STANDARD = Preprocessing(input_size=224, resize_size=256)


def photo_of(pixels):
    return Photo("x", "h", np.asarray(pixels, dtype=np.uint8), pixels.shape[1], pixels.shape[0])


def test_against_resizing_and_cropping_in_two_steps():
    photo = drawn_photo(3, 300, 400)
    resized = Image.fromarray(photo.pixels).resize((341, 256), Image.Resampling.BICUBIC)
    left = (341 - 224) / 2
    expected = np.asarray(resized.crop((round(left), 16, round(left) + 224, 240)), dtype=float)
    found = prepare([photo], STANDARD)[0].transpose(1, 2, 0) * 128 + 127
    # Half a pixel of the crop's position is rounded away in two steps, not in one.
    assert np.abs(found - expected).mean() < 1.5


@pytest.mark.parametrize(("height", "width"), [(300, 401), (333, 250), (97, 613), (224, 224)])
def test_whole_pixels_are_pillows_own_resize_and_cut(height, width):
    photo = drawn_photo(3, height, width)
    size = (256 * width // height, 256) if height < width else (256, 256 * height // width)
    resized = Image.fromarray(photo.pixels).resize(size, Image.Resampling.BICUBIC)
    left, top = (resized.width - 224) // 2, (resized.height - 224) // 2
    expected = np.asarray(resized.crop((left, top, left + 224, top + 224)), dtype=float)
    found = prepare([photo], replace(STANDARD, crop="whole_pixels"))[0].transpose(1, 2, 0)
    np.testing.assert_allclose(found * 128 + 127, expected, atol=1e-3)


def test_whole_pixels_squash():
    photo = drawn_photo(4, 90, 300)
    squashed = Preprocessing(224, 224, "squash", "bilinear", crop="whole_pixels")
    whole = Image.fromarray(photo.pixels).resize((224, 224), Image.Resampling.BILINEAR)
    found = prepare([photo], squashed)[0].transpose(1, 2, 0)
    np.testing.assert_allclose(found * 128 + 127, np.asarray(whole), atol=1e-3)


def test_a_long_strip_in_whole_pixels_is_not_blown_up():
    # Resized whole it would take 224 * 22,400,000 pixels.
    pixels = np.zeros((2, 200_000, 3), dtype=np.uint8)
    pixels[:, 100_000:] = 255
    found = prepare([photo_of(pixels)], replace(STANDARD, crop="whole_pixels"))[0, 0]
    assert found[0, 0] == pytest.approx(-127 / 128)
    assert found[0, -1] == pytest.approx(1)


def test_a_flat_photo_keeps_its_values():
    photo = photo_of(np.full((50, 80, 3), (0, 127, 255)))
    batch = prepare([photo], STANDARD)
    assert batch.shape == (1, 3, 224, 224)
    assert batch.dtype == np.float32
    for channel, value in enumerate((0, 127, 255)):
        assert batch[0, channel] == pytest.approx((value - 127) / 128)


def test_layout_and_channel_order_are_the_same_numbers_elsewhere():
    photo = drawn_photo(5)
    planes = prepare([photo], STANDARD)
    last = prepare([photo], replace(STANDARD, layout="NHWC"))
    np.testing.assert_allclose(last.transpose(0, 3, 1, 2), planes, atol=1e-6)
    reversed_channels = prepare([photo], replace(STANDARD, channels="BGR"))
    np.testing.assert_array_equal(reversed_channels, planes[:, ::-1])


def test_mean_and_deviation_go_with_the_channel_after_reordering():
    photo = photo_of(np.full((40, 40, 3), (10, 20, 30)))
    preprocessing = replace(STANDARD, channels="BGR", mean=(1.0, 2.0, 3.0), std=(1.0, 2.0, 4.0))
    batch = prepare([photo], preprocessing)
    assert batch[0, :, 0, 0] == pytest.approx([29, 9, 7 / 4])


def bars(height, width):
    """Red on the left and right edges, green in the middle."""
    pixels = np.zeros((height, width, 3))
    pixels[..., 1] = 255
    pixels[:, : width // 8] = pixels[:, -width // 8 :] = (255, 0, 0)
    return photo_of(pixels)


def test_short_side_cuts_the_edges_squash_and_pad_keep_them():
    wide = bars(100, 400)
    red = {}
    for resize in ("short_side", "squash", "pad"):
        preprocessing = replace(STANDARD, resize=resize, resize_size=224)
        red[resize] = (prepare([wide], preprocessing)[0, 0] > 0.9).mean()
    assert red["short_side"] == 0
    assert red["squash"] == pytest.approx(0.25, abs=0.02)
    assert red["pad"] == pytest.approx(0.25 / 4, abs=0.02)


def test_a_long_strip_is_not_padded_before_it_is_shrunk():
    strip = photo_of(np.full((1, 300_000, 3), 255))
    batch = prepare([strip], replace(STANDARD, resize="pad"))
    # One row of white, the rest grey; the square around the strip would take 270 GB.
    assert ((batch[0] > 0.9).mean(axis=(0, 2)) > 0.9).sum() == 1


def test_padding_cuts_the_border_that_the_crop_cuts():
    whole = replace(STANDARD, resize="pad", resize_size=224)
    photo = photo_of(np.full((400, 200, 3), 255))
    grey = {
        size: (prepare([photo], replace(whole, resize_size=size))[0, 0, 112] < 0.5).mean()
        for size in (224, 256)
    }
    assert grey[224] == pytest.approx(0.5, abs=0.01)
    assert grey[256] == pytest.approx(1 - 128 / 224, abs=0.01)


def test_no_photos_make_an_empty_batch():
    assert prepare([], STANDARD).shape == (0, 3, 224, 224)
    assert prepare([], replace(STANDARD, layout="NHWC")).shape == (0, 224, 224, 3)

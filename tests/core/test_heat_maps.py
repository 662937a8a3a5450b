"""Cells over a photo: where they lie, and that no share is lost between grids."""

import numpy as np
import pytest

from goodsight.core.heat_maps import HeatMap, joined_maps, seen_box
from goodsight.core.types import Photo, Preprocessing
from goodsight.encoders.preprocessing import prepare


@pytest.mark.parametrize("resize", ["short_side", "squash"])
@pytest.mark.parametrize(("height", "width"), [(300, 200), (200, 500), (128, 128)])
def test_the_box_is_what_the_encoder_sees(resize, height, width):
    """A photo with a dot at each corner of the box: the dots are in the input's corners."""
    how = Preprocessing(input_size=64, resize_size=80, resize=resize, mean=(0,) * 3, std=(1,) * 3)
    x, y, across, down = seen_box(height, width, how)
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    top, bottom = round(y * height), round((y + down) * height)
    left, right = round(x * width), round((x + across) * width)
    pixels[top:bottom, left:right] = 255
    [shown] = prepare([Photo("x", "", pixels, width, height)], how)
    assert shown.mean() > 250
    assert pixels.mean() < 255


def test_a_padded_photo_is_smaller_than_its_box():
    how = Preprocessing(input_size=64, resize_size=64, resize="pad")
    assert seen_box(100, 50, how) == (-0.5, 0.0, 2.0, 1.0)


def test_joined_maps_keep_the_sum_and_the_place():
    generator = np.random.default_rng(4)
    coarse = HeatMap(generator.normal(size=(3, 3)).astype(np.float32), (0.2, 0.2, 0.6, 0.6))
    fine = HeatMap(generator.normal(size=(7, 5)).astype(np.float32), (0.1, 0.0, 0.8, 1.0))
    joined = joined_maps([coarse, fine])
    assert joined.box == pytest.approx((0.1, 0.0, 0.8, 1.0))
    assert joined.values.shape == (7, 5)
    assert joined.total == pytest.approx(coarse.total + fine.total, abs=1e-5)
    alone = joined_maps([fine])
    np.testing.assert_allclose(alone.values, fine.values, atol=1e-6)


def test_a_cell_goes_where_it_lies():
    one = np.zeros((2, 2), dtype=np.float32)
    one[0, 1] = 1
    joined = joined_maps(
        [HeatMap(one, (0, 0, 1, 1)), HeatMap(np.zeros((4, 4), dtype=np.float32), (0, 0, 1, 1))]
    )
    expected = np.zeros((4, 4))
    expected[:2, 2:] = 0.25
    np.testing.assert_allclose(joined.values, expected, atol=1e-6)

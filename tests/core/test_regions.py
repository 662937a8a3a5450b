"""A part of a photo."""

import numpy as np
import pytest

from goodsight.core.errors import UsageError
from goodsight.core.regions import part_of
from goodsight.core.types import Photo

PIXELS = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
PHOTO = Photo("a", "", PIXELS, 6, 4)


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        ((0, 0, 1, 1), slice(0, 4), slice(0, 6)),
        ((0.5, 0.25, 0.5, 0.5), slice(1, 3), slice(3, 6)),
        ((0.99, 0.99, 0.01, 0.01), slice(3, 4), slice(5, 6)),  # one pixel at least
    ],
)
def test_the_pixels_within(box, rows, columns):
    assert np.array_equal(part_of(PHOTO, box).pixels, PIXELS[rows, columns])


@pytest.mark.parametrize(
    "box", [(0, 0, 0, 1), (0.5, 0, 0.6, 1), (-0.1, 0, 1, 1), (0, 0, 1), (0, 0, float("nan"), 1)]
)
def test_boxes_that_are_no_part(box):
    with pytest.raises(UsageError):
        part_of(PHOTO, box)

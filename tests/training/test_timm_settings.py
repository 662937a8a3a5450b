"""timm's preprocessing in Goodsight's words."""

import pytest

from goodsight.core.errors import ModelError
from goodsight.core.types import Preprocessing
from goodsight.training.timm_settings import preprocessing_of

DESCRIBED = {
    "input_size": (3, 224, 224),
    "crop_pct": 0.875,
    "crop_mode": "center",
    "interpolation": "bicubic",
    "mean": (0.485, 0.456, 0.406),
    "std": (0.229, 0.224, 0.225),
}


def test_shares_become_pixels():
    assert preprocessing_of(DESCRIBED) == Preprocessing(
        input_size=224,
        resize_size=256,
        resize="short_side",
        interpolation="bicubic",
        mean=(123.675, 116.28, 103.53),
        std=(58.395, 57.12, 57.375),
        crop="whole_pixels",
    )


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"crop_pct": 0.95}, {"resize_size": 235}),
        ({"crop_pct": 1.0}, {"resize_size": 224}),
        ({"input_size": (3, 299, 299), "crop_pct": 0.875}, {"resize_size": 341}),
        ({"crop_mode": "squash"}, {"resize": "squash"}),
        ({"crop_mode": "border"}, {"resize": "pad"}),
        ({"interpolation": "bilinear"}, {"interpolation": "bilinear"}),
        ({"mean": (0.5, 0.5, 0.5)}, {"mean": (127.5, 127.5, 127.5)}),
    ],
)
def test_what_timm_says_is_kept(changes, due):
    found = preprocessing_of(DESCRIBED | changes)
    assert {name: getattr(found, name) for name in due} == due


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"input_size": (1, 224, 224)}, "1 channels"),
        ({"input_size": (3, 224, 192)}, "224 × 192"),
        ({"crop_mode": "five"}, "crop 'five'"),
        ({"interpolation": "nearest"}, "interpolation 'nearest'"),
    ],
)
def test_what_cannot_be_prepared_is_told(changes, told):
    with pytest.raises(ModelError, match=told):
        preprocessing_of(DESCRIBED | changes)

"""Published settings of photos and texts, read."""

import pytest

from goodsight.core.errors import ModelError
from goodsight.core.model_card import Preprocessing, TextReading
from goodsight.hub.image_processors import preprocessing_of
from goodsight.hub.text_processors import text_reading_of

HALF = (127.5, 127.5, 127.5)


def close(found, expected):
    for name in ("input_size", "resize_size", "resize", "interpolation", "layout", "channels"):
        assert getattr(found, name) == getattr(expected, name), name
    assert found.mean == pytest.approx(expected.mean)
    assert found.std == pytest.approx(expected.std)
    assert found.crop == "whole_pixels"


def test_siglip_squashes():
    found = preprocessing_of(
        {
            "image_processor_type": "SiglipImageProcessor",
            "size": {"height": 256, "width": 256},
            "resample": 2,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
            "rescale_factor": 0.00392156862745098,
        }
    )
    close(found, Preprocessing(256, 256, "squash", "bilinear", HALF, HALF))


def test_dinov2_cuts():
    found = preprocessing_of(
        {
            "image_processor_type": "BitImageProcessor",
            "size": {"shortest_edge": 256},
            "crop_size": {"height": 224, "width": 224},
            "image_mean": [0.485, 0.456, 0.406],
            "image_std": [0.229, 0.224, 0.225],
            "resample": 3,
        }
    )
    mean, std = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
    close(found, Preprocessing(224, 256, "short_side", "bicubic", mean, std))


def test_older_files_write_sizes_as_numbers():
    values = {"feature_extractor_type": "CLIPFeatureExtractor", "size": 256, "crop_size": 240}
    found = preprocessing_of(values | {"resample": 1})
    assert (found.resize, found.resize_size, found.input_size) == ("short_side", 256, 240)
    assert found.interpolation == "lanczos"
    found = preprocessing_of({"feature_extractor_type": "ViTFeatureExtractor", "size": 224})
    assert (found.resize, found.resize_size, found.input_size) == ("squash", 224, 224)


def test_steps_that_are_left_out():
    values = {"image_processor_type": "CLIPImageProcessor", "do_normalize": False}
    found = preprocessing_of(values)
    assert found.mean == (0, 0, 0)
    assert found.std == pytest.approx((255, 255, 255))
    found = preprocessing_of(values | {"do_rescale": False})
    assert found.std == (1, 1, 1)


def test_newer_files_hold_it_beside_the_texts():
    inner = {"image_processor_type": "SiglipImageProcessorFast", "size": {"height": 9, "width": 9}}
    assert preprocessing_of({"image_processor": inner}).input_size == 9


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"image_processor_type": "Siglip2ImageProcessor"}, "'Siglip2ImageProcessor', which is"),
        ({"image_processor_type": None}, "prepared by ''"),
        ({"do_resize": False}, "not resized"),
        ({"do_center_crop": False}, "keep their shape"),
        ({"size": {"height": 224, "width": 196}}, "neither a square"),
        ({"size": {"shortest_edge": 224, "longest_edge": 400}}, "neither a square"),
        ({"crop_size": {"height": 224, "width": 196}}, "is no square"),
        ({"crop_size": 300}, "it cuts out 300 pixels of 224"),
        ({"resample": 0}, "resample 0"),
        ({"do_pad": True}, "it pads photos"),
        ({"do_flip_channel_order": True}, "turns their channels"),
        ({"rescale_factor": "x"}, "rescale_factor 'x'"),
        ({"image_mean": [1, 2]}, "image_mean is no list of three"),
    ],
)
def test_what_has_no_counterpart_is_told(changes, cause):
    values = {"image_processor_type": "CLIPImageProcessor"}
    with pytest.raises(ModelError, match=cause):
        preprocessing_of(values | changes)


ENDLESS = {"model_max_length": 1000000000000000019884624838656}


@pytest.mark.parametrize(
    ("config", "tokenizer", "fixed", "expected"),
    [
        ({"model_type": "clip"}, {"model_max_length": 77}, None, TextReading(77)),
        ({"model_type": "clip"}, ENDLESS, None, TextReading(77)),
        ({"model_type": "siglip"}, {"padding_side": "left"}, None, None),
        ({"model_type": "siglip2"}, ENDLESS, None, TextReading(64, lower_case=True)),
        (
            {"model_type": "siglip", "text_config": {"vocab_size": 256000}},
            ENDLESS | {"tokenizer_class": "GemmaTokenizer"},
            None,
            TextReading(64, lower_case=True),
        ),
        (
            {"model_type": "siglip"},
            {"model_max_length": 64, "tokenizer_class": "SiglipTokenizer", "do_lower_case": True},
            None,
            TextReading(64, lower_case=True),
        ),
        (
            {"model_type": "x", "text_config": {"max_position_embeddings": 40}},
            {"model_max_length": 77},
            None,
            TextReading(40),
        ),
        ({"model_type": "clip"}, {"model_max_length": 77}, 32, TextReading(32)),
        (
            {"model_type": "chinese_clip"},
            {"model_max_length": 512},
            None,
            TextReading(52, "longest"),
        ),
    ],
)
def test_how_texts_are_read(config, tokenizer, fixed, expected):
    expected = expected or TextReading(64, padding_side="left")
    found = text_reading_of(config, {"pad_token": "[PAD]", **tokenizer}, {}, fixed)
    assert found == expected


def test_the_pad_token_may_stand_elsewhere():
    special = {"pad_token": {"content": "</s>", "lstrip": False}}
    assert text_reading_of({}, {}, special, None) == TextReading(77, "full", "</s>")
    with pytest.raises(ModelError, match="pad_token"):
        text_reading_of({}, {}, {}, None)
    with pytest.raises(ModelError, match="padding_side"):
        text_reading_of({}, {"pad_token": "x", "padding_side": "top"}, {}, None)

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoders.tiny_models import PREPROCESSING, settings
from goodsight.core.errors import ModelError
from goodsight.core.model_card import TextReading
from goodsight.core.types import Preprocessing
from goodsight.encoders.model_settings import ModelSettings, parse_settings
from goodsight.encoders.text_settings import TextSettings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def parse(document):
    return parse_settings(json.dumps(document).encode())


def test_two_sizes_are_enough_of_the_preprocessing():
    found = parse(settings())
    assert found.preprocessing == Preprocessing(input_size=32, resize_size=36)
    assert (found.features, found.feature_map, found.pooling, found.sha256) == (None,) * 4


def test_every_key_is_read():
    preprocessing = {
        "input_size": 32,
        "resize_size": 40,
        "resize": "pad",
        "interpolation": "lanczos",
        "mean": [1, 2.5, 3],
        "std": [4, 5, 6],
        "layout": "NHWC",
        "channels": "BGR",
        "crop": "whole_pixels",
    }
    document = settings(
        preprocessing=preprocessing, features="f", feature_map="m", pooling="cls", sha256="s"
    )
    assert parse(document) == ModelSettings(
        name="tiny",
        licence="Apache-2.0",
        source="made by a test",
        preprocessing=Preprocessing(
            32,
            40,
            "pad",
            "lanczos",
            (1.0, 2.5, 3.0),
            (4.0, 5.0, 6.0),
            "NHWC",
            "BGR",
            "whole_pixels",
        ),
        features="f",
        feature_map="m",
        pooling="cls",
        sha256="s",
    )


def test_every_key_of_texts_is_read():
    text = {
        "length": 64,
        "padding": "longest",
        "pad_token": "</s>",
        "padding_side": "left",
        "lower_case": True,
        "features": "f",
        "pooling": "mean",
        "sha256": "a",
        "tokenizer_sha256": "b",
    }
    reading = TextReading(64, "longest", "</s>", "left", True)
    assert parse(settings(text=text)).text == TextSettings(reading, "f", "mean", "a", "b")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ([], "'text' is no object"),
        ({"pad_token": "x"}, "text.length is no number of tokens"),
        ({"length": 7}, "'pad_token' is missing"),
        ({"length": 7, "pad_token": "x", "padding": "some"}, "text.padding: choose from full"),
        ({"length": 7, "pad_token": "x", "padding_side": "top"}, "text.padding_side: choose"),
        ({"length": 7, "pad_token": "x", "lower_case": 1}, "text.lower_case is neither"),
        ({"length": 7, "pad_token": "x", "pooling": "eos"}, "pooling: choose from none"),
        ({"length": 7, "pad_token": "x", "size": 1}, "unknown key of 'text', 'size'"),
    ],
)
def test_what_is_said_of_texts_is_checked(text, cause):
    with pytest.raises(ModelError, match=cause):
        parse(settings(text=text))


def test_a_model_of_texts_shows_no_feature_map():
    text = {"length": 7, "pad_token": "x"}
    with pytest.raises(ModelError, match="no map is shown"):
        parse(settings(text=text, feature_map="map"))


@pytest.mark.parametrize("text", ["[" * 100_000, "{", "", "nul"])
def test_what_is_no_json(text):
    with pytest.raises(ModelError, match="not JSON"):
        parse_settings(text.encode())


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"mean": [10**400, 1, 1]}, "mean is no list of three"),
        ({"mean": [float("nan"), 1, 1]}, "mean is no list of three"),
        ({"std": [float("inf"), 1, 1]}, "std is no list of three"),
        ({"std": ["1", "1", "1"]}, "std is no list of three"),
        ({"std": [-1, 1, 1]}, "not above zero"),
        ({"input_size": True}, "input_size is no number"),
        ({"resize_size": 36.0}, "resize_size is no number"),
        ({"layout": ["NCHW"]}, "choose from NCHW"),
    ],
)
def test_numbers_that_are_none(change, cause):
    with pytest.raises(ModelError, match=cause):
        parse(settings(preprocessing=PREPROCESSING | change))


@pytest.mark.parametrize(
    "change",
    [{"name": "a\x1b[2Jb"}, {"source": "two\nlines"}, {"licence": "x" * 501}, {"features": [1]}],
)
def test_texts_are_short_and_printable(change):
    with pytest.raises(ModelError, match=f"'{next(iter(change))}' is"):
        parse(settings(**change))


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_give_settings_or_a_model_error(content):
    with pytest.raises(ModelError):
        parse_settings(content)


def told(document):
    """What is said about the document; nothing if it is good."""
    try:
        parse(document)
    except ModelError as error:
        return str(error)
    return ""


@given(st.sampled_from([*settings(), "features", "pooling", "sha256"]), JSON)
def test_any_value_gives_settings_or_a_printable_model_error(key, value):
    assert told(settings() | {key: value}).isprintable()


@given(st.sampled_from(list(Preprocessing.__dataclass_fields__)), JSON)
def test_any_preprocessing_gives_settings_or_a_printable_model_error(key, value):
    assert told(settings(preprocessing=PREPROCESSING | {key: value})).isprintable()

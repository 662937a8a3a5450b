"""Models that see photos and texts in one space."""

from __future__ import annotations

import json
import shutil
import sys

import numpy as np
import pytest
from onnx import TensorProto, helper

from encoders.joint_models import (
    COLOURS,
    END,
    joint_folder,
    photo_model,
    settings,
    text_model,
    tokenizer,
)
from encoders.tiny_models import good_folder
from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.model_card import TextReading
from goodsight.core.ports import ImageEncoder, TextEncoder
from goodsight.core.types import Photo
from goodsight.encoders import JointEncoder, ModelLibrary, open_model_folder

CPU = ("CPUExecutionProvider",)


def flat_photo(colour):
    pixels = np.full((20, 30, 3), np.array(colour) * 127.5 + 127.5).astype(np.uint8)
    return Photo("flat", "0" * 64, pixels, 30, 20)


@pytest.fixture(scope="module", params=[False, True], ids=["two files", "one file"])
def encoder(request, tmp_path_factory):
    return open_model_folder(
        joint_folder(tmp_path_factory.mktemp("m"), combined=request.param), CPU
    )


def test_a_text_is_nearest_to_the_photo_it_tells(encoder):
    photos = encoder.encode_photos([flat_photo(colour) for colour in COLOURS.values()])
    texts = encoder.encode_texts(list(COLOURS))
    assert (texts @ photos.vectors.T).argmax(axis=1).tolist() == list(range(len(COLOURS)))
    assert encoder.space == photos.space == encoder.card.space


def test_rows_are_the_networks_own_scaled_to_norm_one(encoder):
    rows = np.array([COLOURS["red"], COLOURS["blue"]]) + END
    expected = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.encode_texts(["Red", "BLUE"]), expected, atol=1e-6)
    np.testing.assert_allclose(encoder.encode_question("blue"), expected[1], atol=1e-6)
    assert encoder.encode_texts([]).shape == (0, 3)


def test_texts_of_any_kind_get_a_vector(encoder):
    odd = ["", "red " * 100_000, "\0", "\ud83d", "鞋", "  \n"]
    vectors = encoder.encode_texts(odd)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(odd)), abs=1e-5)
    assert vectors[1] @ encoder.encode_question("red") > 0.99


def test_only_joint_models_are_text_encoders(encoder, tmp_path):
    assert isinstance(encoder, JointEncoder)
    assert isinstance(encoder, TextEncoder)
    assert encoder.card.texts == TextReading(8, "full", "[PAD]")
    alone = open_model_folder(good_folder(tmp_path, "residual"), CPU)
    assert not isinstance(alone, TextEncoder)
    assert alone.card.texts is None
    images: ImageEncoder = encoder
    assert images.card.file_hashes.keys() >= {"model.onnx", "tokenizer.json"}


def test_everything_that_decides_a_texts_vector_is_in_the_space(tmp_path):
    spaces = set()
    folder = joint_folder(tmp_path)
    spaces.add(open_model_folder(folder, CPU).card.space)
    longer = tokenizer()
    longer.add_tokens(["crimson"])
    for change in ({"length": 7}, {"padding": "longest"}, {"lower_case": True}):
        text = settings()["text"] | change
        (folder / "model.json").write_text(json.dumps(settings(text=text)))
        spaces.add(open_model_folder(folder, CPU).card.space)
    (folder / "tokenizer.json").write_text(longer.to_str())
    spaces.add(open_model_folder(folder, CPU).card.space)
    assert len(spaces) == 5


def test_a_joint_folder_is_added_with_all_its_files(tmp_path):
    library = ModelLibrary(tmp_path / "models")
    given = joint_folder(tmp_path)
    card = library.add(given)
    shutil.rmtree(given)
    opened = ModelLibrary(tmp_path / "models").open(card.name)
    assert opened.encode_question("red").shape == (3,)
    assert set(card.file_hashes) == {"model.onnx", "text.onnx", "tokenizer.json"}


def test_half_precision_photos_and_short_tokens_are_fed_as_asked(tmp_path):
    folder = joint_folder(tmp_path)
    expected = open_model_folder(folder, CPU)
    photos, texts = photo_model(), text_model()
    photos.graph.input[0].type.tensor_type.elem_type = TensorProto.FLOAT16
    widened = helper.make_node("Cast", ["pixel_values"], ["wide"], to=TensorProto.FLOAT)
    photos.graph.node[0].input[0] = "wide"
    photos.graph.node.insert(0, widened)
    for item in texts.graph.input:
        item.type.tensor_type.elem_type = TensorProto.INT32
    (folder / "model.onnx").write_bytes(photos.SerializeToString())
    (folder / "text.onnx").write_bytes(texts.SerializeToString())
    found = open_model_folder(folder, CPU)
    photo = flat_photo((0.3, -0.2, 0.9))
    np.testing.assert_allclose(
        found.encode_photos([photo]).vectors, expected.encode_photos([photo]).vectors, atol=2e-3
    )
    np.testing.assert_array_equal(found.encode_texts(["red"]), expected.encode_texts(["red"]))


def three_text_inputs():
    model = text_model()
    model.graph.input.append(
        helper.make_tensor_value_info("weather", TensorProto.INT64, ["n", "tokens"])
    )
    return model


def deaf():
    model = text_model()
    model.graph.node[-1].input[0] = "still"
    model.graph.node.insert(
        len(model.graph.node) - 1, helper.make_node("Sub", ["kept", "kept"], ["still"])
    )
    return model


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json: cannot be read"),
        (lambda f: (f / "tokenizer.json").write_text("{}"), "no tokenizer that can be read"),
        (lambda f: (f / "text.onnx").write_bytes(b"no model"), "text.onnx: it is not an ONNX"),
        (lambda f: (f / "text.onnx").unlink(), "no output 'text_embeds'"),
        (
            lambda f: (f / "text.onnx").write_bytes(three_text_inputs().SerializeToString()),
            "input 'weather' .* takes nothing that texts give",
        ),
        (
            lambda f: (f / "text.onnx").write_bytes(deaf().SerializeToString()),
            "different texts the same vector",
        ),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, spoil, cause):
    folder = joint_folder(tmp_path)
    spoil(folder)
    with pytest.raises(ModelError, match=cause) as error:
        open_model_folder(folder, CPU)
    assert str(folder) in str(error.value)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ({"pad_token": "<none>"}, "no token '<none>'"),
        ({"features": "lost"}, "no output 'lost'"),
        ({"sha256": "0" * 64}, "SHA-256"),
        ({"tokenizer_sha256": "0" * 64}, "SHA-256"),
        ({"pooling": "mean"}, "cannot be pooled by 'mean'"),
    ],
)
def test_settings_that_do_not_fit_the_texts(tmp_path, text, cause):
    folder = joint_folder(tmp_path, text=settings()["text"] | text)
    with pytest.raises(ModelError, match=cause):
        open_model_folder(folder, CPU)


def test_texts_of_another_length_than_photos_are_refused(tmp_path):
    folder = joint_folder(tmp_path)
    shutil.copy(good_folder(tmp_path, "plain") / "model.onnx", folder / "model.onnx")
    document = settings(features="features")
    document["preprocessing"].update(input_size=32, resize_size=32)
    (folder / "model.json").write_text(json.dumps(document))
    with pytest.raises(ModelError, match="vectors of 3 numbers, its photos of 6"):
        open_model_folder(folder, CPU)


def test_without_the_extra_its_install_command_is_named(tmp_path, monkeypatch):
    folder = joint_folder(tmp_path)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtra, match=r"pip install 'goodsight\[hub\]'"):
        open_model_folder(folder, CPU)

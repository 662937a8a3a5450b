import numpy as np
import pytest

from encoders.photos import drawn_photo
from encoders.tiny_models import plain
from goodsight.core.errors import ModelError
from goodsight.core.types import ModelCard, Preprocessing
from goodsight.encoders.onnx_encoder import (
    ModelOutputs,
    OnnxEncoder,
    make_encoder,
    open_session,
    pooled,
)

CPU = ("CPUExecutionProvider",)
SMALL = Preprocessing(input_size=2, resize_size=2)


class PretendedSession:
    """Stands in for a session whose features are given."""

    def __init__(self, features, *, batch="n", provider=CPU[0]):
        self.features = np.asarray(features)
        self.batch, self.provider = batch, provider
        self.sizes = []

    def get_inputs(self):
        described = {"name": "photos", "shape": [self.batch, 3, 2, 2], "type": "tensor(float)"}
        return [type("Input", (), described)]

    def get_providers(self):
        return [self.provider, *CPU]

    def run(self, outputs, inputs):
        size = len(inputs["photos"])
        start = sum(self.sizes)
        self.sizes.append(size)
        return [self.features[start : start + size]]


def encoder_of(session, dimension=2):
    card = ModelCard("pretended", dimension, SMALL, "0" * 16, "none", "a test")
    return OnnxEncoder(session, card, ModelOutputs("features"))


def photos(count):
    return [drawn_photo(seed, 8, 8) for seed in range(count)]


def test_features_of_any_length_become_unit_vectors():
    features = np.array([[3e-30, 4e-30], [3e30, -4e30], [0, 0], [-0.0, 5]], dtype=np.float32)
    found = encoder_of(PretendedSession(features)).encode_photos(photos(4))
    expected = [[0.6, 0.8], [0.6, -0.8], [1, 0], [0, 1]]
    np.testing.assert_allclose(found.vectors, expected, atol=1e-6)
    np.testing.assert_array_equal(found.features, features)


@pytest.mark.parametrize(
    ("provider", "batch", "sizes"),
    [
        ("CPUExecutionProvider", "n", [1] * 20),
        ("CUDAExecutionProvider", "n", [16, 4]),
        ("CUDAExecutionProvider", 1, [1] * 20),
    ],
)
def test_batches_are_as_large_as_the_device_likes(provider, batch, sizes):
    features = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    session = PretendedSession(features, batch=batch, provider=provider)
    np.testing.assert_array_equal(encoder_of(session).encode_photos(photos(20)).features, features)
    assert session.sizes == sizes


@pytest.mark.parametrize(
    ("features", "cause"),
    [
        ([[np.nan, 1]], "pretended: output 'features' is not finite"),
        ([[np.inf, 1]], "not finite"),
        ([[1.0, 2, 3]], "a vector of 3 numbers where 2 are due"),
        ([], "no row for each photo"),
    ],
)
def test_outputs_that_are_no_vectors(features, cause):
    session = PretendedSession(np.asarray(features, dtype=np.float32))
    with pytest.raises(ModelError, match=cause):
        encoder_of(session).encode_photos(photos(1))


def test_half_precision_outputs_are_widened():
    found = encoder_of(PretendedSession(np.ones((1, 2), np.float16))).encode_photos(photos(1))
    assert found.features.dtype == np.float32


def test_a_failing_run_is_a_model_error(capfd):
    session = open_session(plain().SerializeToString(), CPU)
    card = ModelCard("small", 6, SMALL, "0" * 16, "none", "a test")
    encoder = make_encoder(session, card, ModelOutputs("features"))
    with pytest.raises(ModelError, match=r"small: ONNX Runtime failed"):
        encoder.encode_photos(photos(1))
    assert capfd.readouterr() == ("", "")


def test_pooling():
    values = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    tokens = values.reshape(1, 6, 4)
    np.testing.assert_array_equal(pooled(values, "mean", "NCHW"), [[5.5, 17.5]])
    np.testing.assert_array_equal(pooled(values, "mean", "NHWC"), [[10, 11, 12, 13]])
    np.testing.assert_array_equal(pooled(tokens, "mean", "NCHW"), [[10, 11, 12, 13]])
    np.testing.assert_array_equal(pooled(tokens, "cls", "NCHW"), [[0, 1, 2, 3]])
    flat = values.reshape(1, 24)
    for shape in ((1, 24), (1, 24, 1, 1), (1, 1, 1, 24)):
        np.testing.assert_array_equal(pooled(flat.reshape(shape), "none", "NCHW"), flat)


@pytest.mark.parametrize(
    ("shape", "pooling"),
    [((1, 2, 3, 4), "none"), ((1, 2), "mean"), ((1, 2), "cls"), ((1,), "none")],
)
def test_shapes_that_a_pooling_does_not_know(shape, pooling):
    with pytest.raises(ModelError, match=f"cannot be pooled by '{pooling}'"):
        pooled(np.zeros(shape, np.float32), pooling, "NCHW")

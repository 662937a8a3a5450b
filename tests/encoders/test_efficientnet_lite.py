"""The graph against the network written down a second time, in NumPy and without folding."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from encoders.photos import photos
from goodsight.core.errors import ModelError
from goodsight.encoders import BUNDLED, ModelLibrary
from goodsight.encoders.bundled import BundledModel
from goodsight.encoders.checkpoint import read_checkpoint
from goodsight.encoders.efficientnet_lite import build_graph
from goodsight.encoders.preprocessing import prepare

# (repeats, kernel, stride) of the seven stages of EfficientNet-Lite 0.
STAGES = [(1, 3, 1), (2, 3, 2), (2, 5, 2), (3, 3, 2), (3, 5, 1), (4, 5, 2), (1, 3, 1)]


@pytest.fixture(scope="module")
def checkpoints():
    return {
        name: read_checkpoint(model._weight_file())
        for name, model in BUNDLED.items()
        if isinstance(model, BundledModel)
    }


def convolve(values, weight, stride=1):
    """SAME padding as TensorFlow's; `values` (channels, rows, columns)."""
    kernel, channels = weight.shape[2], values.shape[0]
    size = values.shape[1]
    missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    before, after = missing // 2, missing - missing // 2
    padded = np.pad(values, ((0, 0), (before, after), (before, after)))
    windows = sliding_window_view(padded, (kernel, kernel), axis=(1, 2))[:, ::stride, ::stride]
    if weight.shape[1] == 1 and channels > 1:
        return np.einsum("crsij,cij->crs", windows, weight[:, 0], optimize=True)
    return np.einsum("crsij,ocij->ors", windows, weight, optimize=True)


def network(weights, values):
    def unit(values, convolution, norm, stride=1, clip=True):
        values = convolve(values, weights[f"{convolution}.weight"], stride)
        gamma, beta, mean, variance = (
            weights[f"{norm}.{part}"][:, None, None]
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        values = (values - mean) / np.sqrt(variance + 1e-3) * gamma + beta
        return values.clip(0, 6) if clip else values

    values = unit(values, "_conv_stem", "_bn0", stride=2)
    number = 0
    for repeats, _, first_stride in STAGES:
        for repeat in range(repeats):
            block, before = f"_blocks.{number}", values
            if f"{block}._expand_conv.weight" in weights:
                values = unit(values, f"{block}._expand_conv", f"{block}._bn0")
            stride = 1 if repeat else first_stride
            values = unit(values, f"{block}._depthwise_conv", f"{block}._bn1", stride)
            values = unit(values, f"{block}._project_conv", f"{block}._bn2", clip=False)
            values = values + before if repeat else values
            number += 1
    return unit(values, "_conv_head", "_bn1")


def test_feature_maps_are_the_networks(checkpoints, tmp_path):
    encoder = ModelLibrary(tmp_path).open("efficientnet-lite0")
    for photo in photos(2):
        expected = network(
            checkpoints["efficientnet-lite0"], prepare([photo], encoder.card.preprocessing)[0]
        )
        np.testing.assert_allclose(
            encoder.encode_feature_maps([photo]).maps[0], expected, atol=1e-3
        )
        np.testing.assert_allclose(
            encoder.encode_photos([photo]).features[0], expected.mean((1, 2)), atol=1e-3
        )


@pytest.mark.parametrize(
    ("weights", "architecture", "cause"),
    [
        ("efficientnet-lite0", "efficientnet-lite1", "where .* is due"),
        ("efficientnet-lite1", "efficientnet-lite0", "where .* is due"),
        ("efficientnet-lite2", "efficientnet-lite1", "where .* is due"),
    ],
)
def test_weights_of_another_size_are_refused(checkpoints, weights, architecture, cause):
    with pytest.raises(ModelError, match=cause):
        build_graph(checkpoints[weights], BUNDLED[architecture].architecture, "mixed")


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"_bn0.running_var": None}, "lacks _bn0.running_var"),
        ({"_bn0.weight": np.ones(5, np.float32)}, r"_bn0.weight: shape \(5,\)"),
        (
            {"_conv_stem.weight": np.ones((32, 3, 5, 5), np.float32)},
            r"\(32, 3, 5, 5\) where \(32, 3, 3, 3\) is due",
        ),
        ({"_conv_stem.weight": np.ones((32, 4, 3, 3), np.float32)}, r"\(32, 4, 3, 3\) where"),
        ({"_blocks.99.weight": np.ones(1, np.float32)}, "_blocks.99.weight, which has no place"),
    ],
)
def test_a_checkpoint_that_does_not_fit_names_the_weight(checkpoints, change, cause):
    weights = {**checkpoints["efficientnet-lite0"], **change}
    weights = {name: values for name, values in weights.items() if values is not None}
    with pytest.raises(ModelError, match=cause):
        build_graph(weights, BUNDLED["efficientnet-lite0"].architecture, "mended")

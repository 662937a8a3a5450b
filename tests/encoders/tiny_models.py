"""Small ONNX models of several kinds, written as model folders."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from goodsight.encoders import write_joined_folder

SIDE = 32
CHANNELS = 6

PREPROCESSING = {"input_size": SIDE, "resize_size": 36}


def settings(**changes):
    document = {
        "name": "tiny",
        "licence": "Apache-2.0",
        "source": "made by a test",
        "preprocessing": dict(PREPROCESSING),
    }
    document.update(changes)
    return {key: value for key, value in document.items() if value is not None}


def weights(name, *shape):
    values = np.random.default_rng(len(name)).normal(0, 0.3, shape).astype(np.float32)
    return numpy_helper.from_array(values, name)


def save(folder: Path, model: onnx.ModelProto, document: dict) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "model.json").write_text(json.dumps(document))
    return folder


def model(nodes, outputs, constants, *, shape=("n", 3, SIDE, SIDE), inputs=None, domains=()):
    described = [helper.make_tensor_value_info("photos", TensorProto.FLOAT, shape)]
    graph = helper.make_graph(
        nodes,
        "tiny",
        inputs or described,
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        constants,
    )
    opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(d, 1) for d in domains)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def convolution(source, target, name, *, stride=1):
    return helper.make_node(
        "Conv", [source, name], [target], strides=[stride, stride], pads=[1, 1, 1, 1]
    )


def plain():
    """Convolutions in a row, as VGG; pooled inside; features of rank 2."""
    nodes = [
        convolution("photos", "a", "w1", stride=2),
        helper.make_node("Relu", ["a"], ["b"]),
        convolution("b", "map", "w2"),
        helper.make_node("GlobalAveragePool", ["map"], ["p"]),
        helper.make_node("Flatten", ["p"], ["features"]),
    ]
    constants = [weights("w1", CHANNELS, 3, 3, 3), weights("w2", CHANNELS, CHANNELS, 3, 3)]
    return model(nodes, ["features", "map"], constants)


def residual():
    """A shortcut, as ResNet; the output is a map of rank 4, pooled by Goodsight."""
    nodes = [
        convolution("photos", "a", "w1", stride=2),
        convolution("a", "b", "w2"),
        helper.make_node("Add", ["a", "b"], ["features"]),
    ]
    constants = [weights("w1", CHANNELS, 3, 3, 3), weights("w2", CHANNELS, CHANNELS, 3, 3)]
    return model(nodes, ["features"], constants)


def channels_last():
    """Photos as NHWC and a fixed batch of one, as TensorFlow exports them."""
    nodes = [
        helper.make_node("Transpose", ["photos"], ["t"], perm=[0, 3, 1, 2]),
        convolution("t", "a", "w1", stride=2),
        helper.make_node("Transpose", ["a"], ["features"], perm=[0, 2, 3, 1]),
    ]
    constants = [weights("w1", CHANNELS, 3, 3, 3)]
    return model(nodes, ["features"], constants, shape=(1, SIDE, SIDE, 3))


def tokens():
    """Tokens of rank 3, as a vision transformer."""
    nodes = [
        convolution("photos", "a", "w1", stride=2),
        helper.make_node("Reshape", ["a", "shape"], ["r"]),
        helper.make_node("Transpose", ["r"], ["features"], perm=[0, 2, 1]),
    ]
    shape = numpy_helper.from_array(np.array([0, CHANNELS, -1], dtype=np.int64), "shape")
    return model(nodes, ["features"], [weights("w1", CHANNELS, 3, 3, 3), shape])


def last_layout(**changes):
    return settings(preprocessing=dict(PREPROCESSING, layout="NHWC", channels="BGR"), **changes)


GOOD_FOLDERS = {
    "plain": (plain, settings(name="plain", features="features", feature_map="map")),
    "residual": (residual, settings(name="residual", pooling="mean")),
    "channels-last": (channels_last, last_layout(name="channels-last", pooling="mean")),
    "tokens-mean": (tokens, settings(name="tokens-mean", pooling="mean")),
    "tokens-cls": (tokens, settings(name="tokens-cls", pooling="cls")),
}


def good_folder(root: Path, name: str) -> Path:
    build, document = GOOD_FOLDERS[name]
    return save(root / name, build(), document)


def joined_folder(root: Path) -> Path:
    """Two networks side by side, each with a layout of its own."""
    folder = root / "side-by-side"
    folder.mkdir()
    parts = [good_folder(root, name) for name in ("plain", "channels-last")]
    write_joined_folder(folder, "side-by-side", parts)
    return folder


def flat(count: int) -> onnx.ModelProto:
    """The first `count` numbers of a photo as features."""
    bounds = [numpy_helper.from_array(np.array([n], dtype=np.int64), f"b{n}") for n in (0, count)]
    nodes = [
        helper.make_node("Flatten", ["photos"], ["f"]),
        helper.make_node("Slice", ["f", "b0", f"b{count}", "axes"], ["features"]),
    ]
    axes = numpy_helper.from_array(np.array([1], dtype=np.int64), "axes")
    return model(nodes, ["features"], [*bounds, axes])

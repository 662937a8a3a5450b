"""A joint model that is easily understood: photos by their mean colour, texts by its name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

SIDE = 16
LENGTH = 8
COLOURS = {
    "red": (1, -1, -1),
    "green": (-1, 1, -1),
    "blue": (-1, -1, 1),
    "white": (1, 1, 1),
    "black": (-1, -1, -1),
}
WORDS = ["[PAD]", "[UNK]", "[END]", *COLOURS]
# Large enough that a name outweighs it, and an empty text has a direction.
END = (0.1, 0.05, 0.02)


def tokenizer() -> Tokenizer:
    """Words in small letters, and an end after them."""
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token=WORDS[1]))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="$A [END]", special_tokens=[("[END]", WORDS.index("[END]"))]
    )
    return made


def settings(**changes):
    document = {
        "name": "colours",
        "licence": "Apache-2.0",
        "source": "made by a test",
        "preprocessing": {
            "input_size": SIDE,
            "resize_size": SIDE,
            "mean": [127.5, 127.5, 127.5],
            "std": [127.5, 127.5, 127.5],
        },
        "features": "image_embeds",
        "text": {"length": LENGTH, "pad_token": "[PAD]", "features": "text_embeds"},
    }
    document.update(changes)
    return {key: value for key, value in document.items() if value is not None}


def _model(nodes, inputs, outputs, constants):
    described = {
        "pixel_values": (TensorProto.FLOAT, ["n", 3, SIDE, SIDE]),
        "input_ids": (TensorProto.INT64, ["n", "tokens"]),
        "attention_mask": (TensorProto.INT64, ["n", "tokens"]),
    }
    graph = helper.make_graph(
        nodes,
        "joint",
        [helper.make_tensor_value_info(name, *described[name]) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _photo_nodes():
    return [
        helper.make_node("GlobalAveragePool", ["pixel_values"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["image_embeds"]),
    ]


def _text_nodes(*, masked=False):
    nodes = [
        helper.make_node("Gather", ["colours", "input_ids"], ["rows"]),
        helper.make_node("ReduceSum", ["rows", "axes"], ["text_embeds"], keepdims=0),
    ]
    if masked:
        nodes[:1] = [
            nodes[0],
            helper.make_node("Cast", ["attention_mask"], ["m"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["m", "last"], ["column"]),
            helper.make_node("Mul", ["rows", "column"], ["kept"]),
        ]
        nodes[-1].input[0] = "kept"
    return nodes


def _text_constants():
    # A pad that counted would turn every text towards black.
    rows = [(-9, -9, -9), (0, 0, 0), END, *COLOURS.values()]
    return [
        numpy_helper.from_array(np.array(rows, dtype=np.float32), "colours"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "axes"),
        numpy_helper.from_array(np.array([2], dtype=np.int64), "last"),
    ]


def photo_model():
    return _model(_photo_nodes(), ["pixel_values"], ["image_embeds"], [])


def text_model():
    inputs = ["input_ids", "attention_mask"]
    return _model(_text_nodes(masked=True), inputs, ["text_embeds"], _text_constants())


def combined_model():
    """Photos and texts in one file, with the product that such files end in."""
    logits = [
        helper.make_node("Transpose", ["text_embeds"], ["columns"], perm=[1, 0]),
        helper.make_node("MatMul", ["image_embeds", "columns"], ["logits_per_image"]),
    ]
    return _model(
        [*_text_nodes(masked=True), *_photo_nodes(), *logits],
        ["input_ids", "pixel_values", "attention_mask"],
        ["logits_per_image", "text_embeds", "image_embeds"],
        _text_constants(),
    )


def joint_folder(root: Path, *, combined: bool = False, **changes) -> Path:
    """A model folder of two networks, or of both in one file."""
    folder = root / ("combined" if combined else "colours")
    folder.mkdir(parents=True, exist_ok=True)
    model = combined_model() if combined else photo_model()
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    if not combined:
        (folder / "text.onnx").write_bytes(text_model().SerializeToString())
    (folder / "tokenizer.json").write_text(tokenizer().to_str())
    document = settings(**({"name": "combined"} if combined else {}) | changes)
    (folder / "model.json").write_text(json.dumps(document))
    return folder

"""The model of colours, in the layouts in which the hub's models are published."""

from __future__ import annotations

import json

from encoders.joint_models import (
    LENGTH,
    SIDE,
    combined_model,
    photo_model,
    text_model,
    tokenizer,
)

PROCESSOR = {
    "image_processor_type": "CLIPImageProcessor",
    "size": {"shortest_edge": SIDE},
    "crop_size": {"height": SIDE, "width": SIDE},
    "do_center_crop": True,
    "do_convert_rgb": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "resample": 3,
}
CONFIG = {"model_type": "clip", "text_config": {"max_position_embeddings": LENGTH}}
TOKENIZER_CONFIG = {"pad_token": "[PAD]", "model_max_length": 1000000000000000019884624838656}


def settings_files(**changes: dict[str, object]) -> dict[str, bytes]:
    documents = {
        "preprocessor_config.json": PROCESSOR,
        "config.json": CONFIG,
        "tokenizer_config.json": TOKENIZER_CONFIG,
    }
    documents.update(changes)
    files = {name: json.dumps(document).encode() for name, document in documents.items()}
    return files | {"README.md": b"# Colours", "pytorch_model.bin": b"a pickle"}


def two_networks(variant: str = "") -> dict[str, bytes]:
    return {
        **settings_files(),
        "tokenizer.json": tokenizer().to_str().encode(),
        f"onnx/vision_model{variant}.onnx": photo_model().SerializeToString(),
        f"onnx/text_model{variant}.onnx": text_model().SerializeToString(),
    }


def one_file() -> dict[str, bytes]:
    return {
        **settings_files(),
        "tokenizer.json": tokenizer().to_str().encode(),
        "onnx/model.onnx": combined_model().SerializeToString(),
    }


def photos_alone() -> dict[str, bytes]:
    return {**settings_files(), "onnx/model.onnx": photo_model().SerializeToString()}

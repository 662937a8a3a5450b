"""A model of transformers, as published on the hub without ONNX files, becomes a model folder.

    config.json, model.safetensors, preprocessor_config.json
    tokenizer.json, tokenizer_config.json                       where it sees texts too

CLIP and SigLIP give photos and texts in one space, DINOv2 and the towers of photos alone photos.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from goodsight.core.errors import ModelError
from goodsight.core.model_card import TextReading
from goodsight.encoders import DEFAULT_PROVIDERS, open_model_folder
from goodsight.encoders.model_folder import MAX_DIMENSION
from goodsight.encoders.plain_file import read_plain_file
from goodsight.encoders.text_folder import TEXT_FILE, TOKENIZER_FILE
from goodsight.encoders.text_tokens import TokenReader
from goodsight.hub.image_processors import preprocessing_of
from goodsight.hub.text_processors import text_reading_of
from goodsight.training.network_export import ExportedModel, check_network
from goodsight.training.new_folder import Origin, new_folder, write_photo_model
from goodsight.training.parity import check_parity
from goodsight.training.published_folder import (
    CONFIG,
    PROCESSORS,
    published_network,
    published_settings,
)
from goodsight.training.text_parity import check_text_parity
from goodsight.training.towers import PhotoTower, TextTower, sees_texts
from goodsight.training.tracing import FEATURES, evaluating, outputs_of, trace, trace_texts

__all__ = ["export_transformers"]

MAX_TOKENIZER_BYTES = 64 << 20
# Of these the first token that ends a text, or the last place, is looked at: no mask is needed.
TEXT_KINDS = ("clip", "siglip", "siglip2")
TRACED_TEXTS = ("a photo of a red shoe", "three green apples")


def export_transformers(
    source: Path, folder: Path, *, name: str | None = None, licence: str | None = None
) -> ExportedModel:
    """Export the model in folder `source` into a new folder, called `name` or as `source` is.

    Photos and texts are compared with PyTorch's; texts are read by transformers' own tokenizer
    for that. Only safetensors are read, and no code of the model's. Raises MissingExtra,
    ModelError for what cannot be read or exported, and UsageError where `folder` is there.
    """
    config = published_settings(source, CONFIG)
    processor = published_settings(source, *PROCESSORS)
    preprocessing = preprocessing_of(processor)
    network = published_network(source, "exporting a model")
    check_network(network, preprocessing)
    origin = Origin(
        name or source.resolve().name,
        licence or "not stated",
        f"{config.get('model_type')} of transformers, folder {source.resolve().name}",
    )
    with new_folder(folder) as draft, evaluating(network):
        photos = outputs_of(PhotoTower(network), preprocessing.input_size, MAX_DIMENSION)
        traced = trace(photos, preprocessing.input_size)
        text = _written_texts(source, draft, network, config) if sees_texts(network) else None
        write_photo_model(draft, traced, preprocessing, origin, text=text)
        encoder = open_model_folder(draft, DEFAULT_PROVIDERS)
        parity = check_parity(photos, encoder, draft)
        if text is not None:
            parity = parity.worse(check_text_parity(TextTower(network), source, encoder))
    return ExportedModel(encoder.card, parity, len(traced.content), traced.shows_map)


def _written_texts(
    source: Path, draft: Path, network: Any, config: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Write `text.onnx` and `tokenizer.json`; what `model.json` says of them."""
    kind = config.get("model_type")
    if kind not in TEXT_KINDS:
        raise ModelError(
            f"'{kind}' reads texts in a way that is not known here; known: {', '.join(TEXT_KINDS)}"
        )
    reading = text_reading_of(
        config,
        published_settings(source, "tokenizer_config.json"),
        published_settings(source, "special_tokens_map.json", optional=True),
        None,
    )
    tokenizer = read_plain_file(source / TOKENIZER_FILE, MAX_TOKENIZER_BYTES)
    content = trace_texts(TextTower(network), _tokens(tokenizer, reading))
    (draft / TEXT_FILE).write_bytes(content)
    shutil.copyfile(source / TOKENIZER_FILE, draft / TOKENIZER_FILE)
    return {
        **asdict(reading),
        "features": FEATURES,
        "pooling": "none",
        "sha256": hashlib.sha256(content).hexdigest(),
        "tokenizer_sha256": hashlib.sha256(tokenizer).hexdigest(),
    }


def _tokens(tokenizer: bytes, reading: TextReading) -> torch.Tensor:
    reader = TokenReader(tokenizer, reading)
    return torch.cat([torch.from_numpy(reader.read(text).numbers) for text in TRACED_TEXTS])

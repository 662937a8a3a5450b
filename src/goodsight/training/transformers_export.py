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
from torch import nn

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.model_card import TextReading
from goodsight.encoders import DEFAULT_PROVIDERS, open_model_folder
from goodsight.encoders.json_values import object_in
from goodsight.encoders.model_folder import MAX_DIMENSION
from goodsight.encoders.plain_file import read_plain_file
from goodsight.encoders.text_folder import TEXT_FILE, TOKENIZER_FILE
from goodsight.encoders.text_tokens import TokenReader
from goodsight.hub.image_processors import preprocessing_of
from goodsight.hub.text_processors import text_reading_of
from goodsight.training.network_export import ExportedModel, check_network
from goodsight.training.new_folder import Origin, new_folder, write_photo_model
from goodsight.training.parity import check_parity
from goodsight.training.text_parity import check_text_parity
from goodsight.training.towers import PhotoTower, TextTower, sees_texts
from goodsight.training.tracing import FEATURES, evaluating, outputs_of, trace, trace_texts

__all__ = ["export_transformers"]

CONFIG = "config.json"
PROCESSORS = ("preprocessor_config.json", "processor_config.json")
MAX_SETTINGS_BYTES = 8 << 20
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
    config = _settings(source, CONFIG)
    processor = _settings(source, *PROCESSORS)
    preprocessing = preprocessing_of(processor)
    network = _network(source)
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
        _settings(source, "tokenizer_config.json"),
        _settings(source, "special_tokens_map.json", optional=True),
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


def _network(source: Path) -> nn.Module:
    try:
        import transformers
    except ModuleNotFoundError as error:
        raise MissingExtra("exporting a model", extra="tune") from error
    try:
        network, report = transformers.AutoModel.from_pretrained(
            source,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            # The plain one: the faster ones are not traceable in all versions.
            attn_implementation="eager",
            dtype=torch.float32,
            output_loading_info=True,
        )
    except Exception as error:  # transformers raises a dozen unrelated classes
        raise ModelError(f"{source}: transformers cannot open it: {error}") from error
    if missing := sorted(report["missing_keys"]):
        # transformers would fill them by chance.
        raise ModelError(
            f"{source}: its weights lack '{missing[0]}'"
            + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
        )
    loaded: nn.Module = network
    return loaded


def _settings(source: Path, *names: str, optional: bool = False) -> Mapping[str, Any]:
    """The object in the first of these files that is there. Raises ModelError."""
    for name in names:
        if (source / name).exists():
            try:
                return object_in(read_plain_file(source / name, MAX_SETTINGS_BYTES))
            except ModelError as error:
                raise ModelError(f"{source / name}: {error}") from error
    if optional:
        return {}
    raise ModelError(f"{source}: there is no {' nor '.join(names)}")

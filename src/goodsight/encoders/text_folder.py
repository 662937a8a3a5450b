"""The side of a model folder that reads texts: `tokenizer.json` and `text.onnx`.

Without a `text.onnx` the texts go into `model.onnx` itself, beside the photos.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from goodsight.core.errors import ModelError
from goodsight.encoders.graph_check import check_graph
from goodsight.encoders.graph_part import graph_part
from goodsight.encoders.joint import JointEncoder, TextNetwork
from goodsight.encoders.onnx_encoder import ModelOutputs, open_session
from goodsight.encoders.plain_file import read_plain_file
from goodsight.encoders.text_settings import TextSettings
from goodsight.encoders.text_tokens import TokenReader

__all__ = ["TEXT_FILE", "TOKENIZER_FILE", "TextSide", "open_text_side", "prove_texts"]

TEXT_FILE = "text.onnx"
TOKENIZER_FILE = "tokenizer.json"
MAX_TEXT_MODEL_BYTES = 2 << 30
MAX_TOKENIZER_BYTES = 64 << 20
# Counted up whenever a text is read differently: part of every joint space's fingerprint.
READING_VERSION = 1
TEST_TEXTS = ("a photo of a red shoe", "three green apples")
SAME_VECTOR_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class TextSide:
    """What reads texts. `identity` is all that decides a text's vector, as one text."""

    network: TextNetwork
    identity: str
    file_hashes: Mapping[str, str]


def open_text_side(
    folder: Path, settings: TextSettings, model: bytes, providers: Sequence[str]
) -> TextSide:
    """Open what reads texts; `model` is the content of model.onnx.

    Raises MissingExtra, and ModelError that says what does not fit.
    """
    content = read_plain_file(folder / TOKENIZER_FILE, MAX_TOKENIZER_BYTES)
    hashes = {TOKENIZER_FILE: _digest(content, settings.tokenizer_sha256, folder / TOKENIZER_FILE)}
    try:
        reader = TokenReader(content, settings.reading)
    except ModelError as error:
        raise ModelError(f"{folder / TOKENIZER_FILE}: {error}") from error
    path = folder / TEXT_FILE
    try:
        content = model
        if path.exists() or path.is_symlink():
            content = read_plain_file(path, MAX_TEXT_MODEL_BYTES)
            hashes[TEXT_FILE] = _digest(content, settings.sha256, path)
            check_graph(content)
        elif settings.features is not None:
            content = graph_part(model, settings.features)
        session = open_session(content, providers)
        features = _output(session, settings.features)
        network = TextNetwork(session, reader, ModelOutputs(features, None, settings.pooling))
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    facts = [READING_VERSION, asdict(settings.reading), features, settings.pooling, hashes]
    return TextSide(network, json.dumps(facts, sort_keys=True), hashes)


def prove_texts(encoder: JointEncoder) -> None:
    """Encode test texts: what does not fit shows now. Raises ModelError."""
    first, second = TEST_TEXTS
    one, other, again = encoder.encode_texts([first, second, first])
    if np.abs(one - again).max() > SAME_VECTOR_TOLERANCE:
        raise ModelError("it gives one text two different vectors: export it in evaluation mode")
    if np.abs(one - other).max() < SAME_VECTOR_TOLERANCE:
        raise ModelError(
            "it gives different texts the same vector: choose another output as text.features,"
            " or mend text.padding and text.pad_token"
        )


def _output(session: Any, features: str | None) -> str:
    names = [item.name for item in session.get_outputs()]
    chosen = features or (names[0] if len(names) == 1 else None)
    if chosen is None:
        raise ModelError(f"say which output is text.features: {', '.join(names)}")
    if chosen not in names:
        raise ModelError(f"it has no output '{chosen}'; it has {', '.join(names)}")
    return chosen


def _digest(content: bytes, due: str | None, path: Path) -> str:
    digest = hashlib.sha256(content).hexdigest()
    if due not in (None, digest):
        raise ModelError(f"{path}: its SHA-256 is not the one given; get the file again")
    return digest

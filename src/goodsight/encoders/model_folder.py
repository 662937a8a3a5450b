"""A model as a folder: `model.onnx` and `model.json`.

    {
      "name": "resnet50-shoes",              how the model is called
      "licence": "Apache-2.0",
      "source": "https://…",                 where it comes from
      "preprocessing": {                     see core.types.Preprocessing; pixels are 0…255
        "input_size": 224, "resize_size": 256, "resize": "short_side",
        "interpolation": "bicubic", "mean": [123.675, 116.28, 103.53],
        "std": [58.395, 57.12, 57.375], "layout": "NCHW", "channels": "RGB"
      },
      "features": "features",                the output to use; optional if there is only one
      "feature_map": "feature_map",          optional
      "pooling": "none",                     none, mean or cls; see onnx_encoder.ModelOutputs
      "sha256": "…"                          optional; checked against model.onnx
    }

Folders are untrusted: one file holds the whole model (external data is refused), no operator
comes from outside ONNX's own sets, and neither file may be a link.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from goodsight.core.errors import ModelError
from goodsight.core.types import ModelCard, Photo, Preprocessing
from goodsight.encoders.onnx_encoder import POOLINGS, ModelOutputs, OnnxEncoder, open_session
from goodsight.encoders.preprocessing import INTERPOLATIONS, LAYOUTS, RESIZES

__all__ = ["MODEL_FILE", "SETTINGS_FILE", "fingerprint", "open_model_folder"]

MODEL_FILE = "model.onnx"
SETTINGS_FILE = "model.json"
MAX_MODEL_BYTES = 2 << 30
MAX_SETTINGS_BYTES = 1 << 20
MAX_SIDE_PIXELS = 2048
STANDARD_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
KNOWN_KEYS = frozenset(
    {
        "feature_map",
        "features",
        "licence",
        "name",
        "pooling",
        "preprocessing",
        "sha256",
        "source",
    }
)


CHOICES: Mapping[str, tuple[str, ...]] = {
    "resize": RESIZES,
    "layout": LAYOUTS,
    "channels": ("RGB", "BGR"),
    "interpolation": tuple(INTERPOLATIONS),
}


def open_model_folder(
    folder: Path, providers: Sequence[str], *, name: str | None = None
) -> OnnxEncoder:
    """Check a model folder and open it, under another `name` than its own if one is given.

    Raises ModelError that says what does not fit.
    """
    settings = _read_settings(folder / SETTINGS_FILE)
    if name is not None:
        settings = replace(settings, name=name)
    content = _read_plain_file(folder / MODEL_FILE, MAX_MODEL_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    if settings.sha256 not in (None, digest):
        raise ModelError(f"{folder / MODEL_FILE}: its SHA-256 is not the one in {SETTINGS_FILE}")
    try:
        check_graph(content)
        session = open_session(content, providers)
        outputs = _choose_outputs(session, settings)
        return _prove(session, settings, outputs, digest)
    except ModelError as error:
        raise ModelError(f"{folder}: {error}") from error


def fingerprint(model: str, preprocessing: Preprocessing, outputs: ModelOutputs) -> str:
    """A space: what decides a vector, and nothing else, as 16 hex digits.

    `model` identifies the weights. Machine, threads and provider do not count.
    """
    facts = [model, asdict(preprocessing), outputs.features, outputs.pooling]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def check_graph(content: bytes) -> None:
    """Refuse external data and foreign operators. Raises ModelError."""
    import onnx

    try:
        model = onnx.ModelProto.FromString(content)
    except Exception as error:  # protobuf's own error, which no other package should import
        raise ModelError(f"{MODEL_FILE} is not an ONNX file: {error}") from error
    for tensor in _tensors(model.graph):
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            raise ModelError(
                f"tensor '{tensor.name}' lies outside the file: save the model with its weights"
                " inside (onnx.save_model(..., save_as_external_data=False))"
            )
    domains = {operators.domain for operators in model.opset_import} - STANDARD_DOMAINS
    if domains or model.functions:
        foreign = ", ".join(sorted(domains)) or "functions of its own"
        raise ModelError(f"it needs operators from {foreign}; only ONNX's own are allowed")


@dataclass(frozen=True, slots=True)
class _FolderSettings:
    name: str
    licence: str
    source: str
    preprocessing: Preprocessing
    features: str | None
    feature_map: str | None
    pooling: str
    sha256: str | None


def _read_plain_file(path: Path, limit: int) -> bytes:
    if path.is_symlink():
        raise ModelError(f"{path} is a link; a model folder holds its files itself")
    try:
        if path.stat().st_size > limit:
            raise ModelError(f"{path}: more than {limit} bytes")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error


def _read_settings(path: Path) -> _FolderSettings:
    try:
        document = json.loads(_read_plain_file(path, MAX_SETTINGS_BYTES))
        if not isinstance(document, dict):
            raise TypeError("it holds no object")
        unknown = set(document) - KNOWN_KEYS
        if unknown:
            raise ValueError(
                f"unknown key '{min(unknown)}'; known: {', '.join(sorted(KNOWN_KEYS))}"
            )
        pooling = document.get("pooling", "none")
        if pooling not in POOLINGS:
            raise ValueError(f"pooling '{pooling}': choose from {', '.join(POOLINGS)}")
        return _FolderSettings(
            name=_text(document, "name"),
            licence=_text(document, "licence"),
            source=_text(document, "source"),
            preprocessing=_preprocessing(document.get("preprocessing")),
            features=document.get("features"),
            feature_map=document.get("feature_map"),
            pooling=pooling,
            sha256=document.get("sha256"),
        )
    except (ValueError, TypeError) as error:
        raise ModelError(f"{path}: {error}") from error


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"'{key}' is missing or not a text")
    return value


def _preprocessing(values: Any) -> Preprocessing:
    known = {field.name for field in fields(Preprocessing)}
    if not isinstance(values, dict) or not set(values) <= known:
        raise ValueError(f"'preprocessing' is no object of {', '.join(sorted(known))}")
    for word, choices in CHOICES.items():
        if values.get(word, choices[0]) not in choices:
            raise ValueError(f"preprocessing.{word}: choose from {', '.join(choices)}")
    for key in ("input_size", "resize_size"):
        if not isinstance(values.get(key), int) or not 1 <= values[key] <= MAX_SIDE_PIXELS:
            raise ValueError(f"preprocessing.{key} is no number of pixels up to {MAX_SIDE_PIXELS}")
    if values["resize_size"] < values["input_size"]:
        raise ValueError("preprocessing.resize_size is smaller than input_size")
    triples = {key: _triple(key, values[key]) for key in ("mean", "std") if key in values}
    if 0.0 in triples.get("std", ()):
        raise ValueError("preprocessing.std holds a zero")
    return Preprocessing(**(values | triples))


def _triple(key: str, values: Any) -> tuple[float, float, float]:
    if not isinstance(values, list) or len(values) != 3:
        raise ValueError(f"preprocessing.{key} is no list of three numbers")
    first, second, third = (float(value) for value in values)
    return first, second, third


def _tensors(graph: Any) -> Any:
    """All tensors of a graph, those in attributes and subgraphs included."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (*attribute.tensors, attribute.t)
            for inner in (*attribute.graphs, attribute.g):
                yield from _tensors(inner) if inner.node or inner.initializer else ()


def _choose_outputs(session: Any, settings: _FolderSettings) -> ModelOutputs:
    inputs = session.get_inputs()
    if len(inputs) != 1:
        found = ", ".join(item.name for item in inputs)
        raise ModelError(f"the model has {len(inputs)} inputs ({found}); one is due, the photos")
    names = [item.name for item in session.get_outputs()]
    features = settings.features or (names[0] if len(names) == 1 else None)
    if features is None:
        raise ModelError(f"say in {SETTINGS_FILE} which output is 'features': {', '.join(names)}")
    for output in filter(None, (features, settings.feature_map)):
        if output not in names:
            raise ModelError(f"the model has no output '{output}'; it has {', '.join(names)}")
    return ModelOutputs(features, settings.feature_map, settings.pooling)


def _prove(
    session: Any, settings: _FolderSettings, outputs: ModelOutputs, digest: str
) -> OnnxEncoder:
    """Run the model once on a test picture: what does not fit shows here, not in the shop."""
    _check_input(session.get_inputs()[0], settings.preprocessing)
    side = settings.preprocessing.resize_size
    ramp = np.linspace(0, 255, side * side * 3).astype(np.uint8).reshape(side, side, 3)
    photo = Photo("test picture", "", ramp, side, side)

    def card(dimension: int) -> ModelCard:
        return ModelCard(
            name=settings.name,
            dimension=dimension,
            preprocessing=settings.preprocessing,
            space=fingerprint(digest, settings.preprocessing, outputs),
            licence=settings.licence,
            source=settings.source,
            file_hashes={MODEL_FILE: digest},
        )

    dimension = OnnxEncoder(session, card(0), outputs).dimension_of(photo)
    encoder = OnnxEncoder(session, card(dimension), outputs)
    encoder.encode_photos([photo])
    if outputs.feature_map is not None:
        encoder.encode_feature_maps([photo])
    return encoder


def _check_input(described: Any, preprocessing: Preprocessing) -> None:
    size = preprocessing.input_size
    wanted = (3, size, size) if preprocessing.layout == "NCHW" else (size, size, 3)
    shape = list(described.shape)
    fits = len(shape) == 4 and all(
        not isinstance(found, int) or found == due
        for found, due in zip(shape[1:], wanted, strict=True)
    )
    any_count = shape[0] == 1 or not isinstance(shape[0], int)
    if not fits or described.type != "tensor(float)" or not any_count:
        raise ModelError(
            f"input '{described.name}' is {described.type} {shape}; preprocessing gives"
            f" tensor(float) [n, {', '.join(map(str, wanted))}]: mend layout or input_size in"
            f" {SETTINGS_FILE}"
        )

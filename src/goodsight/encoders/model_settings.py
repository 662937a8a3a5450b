"""`model.json`: what a model's file does not say about itself.

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
      "feature_map": "feature_map",          an output to show as feature maps; optional
      "pooling": "mean",                     none, mean or cls; see onnx_encoder.ModelOutputs;
                                             optional for outputs of rank 2 (none), 4 (mean)
      "sha256": "…"                          optional; checked against model.onnx
    }

`mean` and `std` are in the order of `channels`. Of the preprocessing only the two sizes must
be given. Files from strangers are expected: every key is checked, and unknown ones are errors.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from goodsight.core.errors import ModelError
from goodsight.core.types import Preprocessing
from goodsight.encoders.onnx_encoder import POOLINGS
from goodsight.encoders.preprocessing import INTERPOLATIONS, LAYOUTS, RESIZES

__all__ = ["ModelSettings", "parse_settings"]

MAX_SIDE_PIXELS = 2048
MAX_TEXT_LENGTH = 500
CHOICES: Mapping[str, tuple[str, ...]] = {
    "resize": RESIZES,
    "layout": LAYOUTS,
    "channels": ("RGB", "BGR"),
    "interpolation": tuple(INTERPOLATIONS),
}


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`model.json` as a value; see the module."""

    name: str
    licence: str
    source: str
    preprocessing: Preprocessing
    features: str | None
    feature_map: str | None
    pooling: str | None
    sha256: str | None


def parse_settings(content: bytes) -> ModelSettings:
    """Read `model.json`. Raises ModelError that names the key."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ModelError("it holds no object")
    _refuse_unknown(document, {field.name for field in fields(ModelSettings)}, "key")
    pooling = document.get("pooling")
    if pooling is not None and pooling not in POOLINGS:
        raise ModelError(f"pooling {pooling!r}: choose from {', '.join(POOLINGS)}")
    return ModelSettings(
        name=_text(document, "name"),
        licence=_text(document, "licence"),
        source=_text(document, "source"),
        preprocessing=_preprocessing(document.get("preprocessing")),
        features=_optional_text(document, "features"),
        feature_map=_optional_text(document, "feature_map"),
        pooling=pooling,
        sha256=_optional_text(document, "sha256"),
    )


def _refuse_unknown(values: Mapping[str, Any], known: set[str], what: str) -> None:
    unknown = set(values) - known
    if unknown:
        raise ModelError(f"unknown {what} {min(unknown)!r}; known: {', '.join(sorted(known))}")


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ModelError(f"'{key}' is missing or not a text")
    # It is shown on terminals, where control characters would be obeyed.
    if not value.isprintable() or len(value) > MAX_TEXT_LENGTH:
        raise ModelError(f"'{key}' is longer than {MAX_TEXT_LENGTH} or not on one printable line")
    return value


def _optional_text(document: Mapping[str, Any], key: str) -> str | None:
    return None if document.get(key) is None else _text(document, key)


def _preprocessing(values: Any) -> Preprocessing:
    known = {field.name for field in fields(Preprocessing)}
    if not isinstance(values, dict):
        raise ModelError(f"'preprocessing' is no object of {', '.join(sorted(known))}")
    _refuse_unknown(values, known, "key of 'preprocessing',")
    for word, choices in CHOICES.items():
        if values.get(word, choices[0]) not in choices:
            raise ModelError(f"preprocessing.{word}: choose from {', '.join(choices)}")
    for key in ("input_size", "resize_size"):
        if type(values.get(key)) is not int or not 1 <= values[key] <= MAX_SIDE_PIXELS:
            raise ModelError(f"preprocessing.{key} is no number of pixels up to {MAX_SIDE_PIXELS}")
    if values["resize_size"] < values["input_size"]:
        raise ModelError("preprocessing.resize_size is smaller than input_size")
    triples = {key: _triple(key, values[key]) for key in ("mean", "std") if key in values}
    if min(triples.get("std", (1.0,))) <= 0:
        raise ModelError("preprocessing.std holds a number that is not above zero")
    return Preprocessing(**(values | triples))


def _triple(key: str, values: Any) -> tuple[float, float, float]:
    if not isinstance(values, list) or len(values) != 3 or not all(map(_is_number, values)):
        raise ModelError(f"preprocessing.{key} is no list of three numbers")
    first, second, third = (float(value) for value in values)
    return first, second, third


def _is_number(value: Any) -> bool:
    # JSON's parser lets NaN, Infinity and integers beyond any float pass.
    return type(value) in (int, float) and abs(value) < 1e6 and not math.isnan(value)

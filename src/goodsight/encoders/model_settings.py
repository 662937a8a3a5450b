"""`model.json`: what a model's file does not say about itself.

    {
      "name": "resnet50-shoes",              how the model is called
      "licence": "Apache-2.0",
      "source": "https://…",                 where it comes from
      "preprocessing": {                     see core.types.Preprocessing; pixels are 0…255
        "input_size": 224, "resize_size": 256, "resize": "short_side",
        "interpolation": "bicubic", "mean": [123.675, 116.28, 103.53],
        "std": [58.395, 57.12, 57.375], "layout": "NCHW", "channels": "RGB", "crop": "at_once"
      },
      "features": "features",                the output to use; optional if there is only one
      "feature_map": "feature_map",          an output to show as feature maps; optional
      "pooling": "mean",                     none, mean or cls; see onnx_encoder.ModelOutputs;
                                             optional for outputs of rank 2 (none), 4 (mean)
      "tuned_from": "efficientnet-lite0",    the model it was trained from here; optional
      "sha256": "…",                         optional; checked against model.onnx
      "text": { … }                          for models that see texts too; see text_settings
    }

`mean` and `std` are in the order of `channels`. Of the preprocessing only the two sizes must
be given. Files from strangers are expected: every key is checked, and unknown ones are errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from goodsight.core.errors import ModelError
from goodsight.core.types import Preprocessing
from goodsight.encoders.json_values import (
    choice_of,
    is_number,
    object_in,
    optional_text,
    refuse_unknown,
    text_of,
    whole_number,
)
from goodsight.encoders.onnx_encoder import POOLINGS
from goodsight.encoders.preprocessing import CROPS, INTERPOLATIONS, LAYOUTS, RESIZES
from goodsight.encoders.text_settings import TextSettings, parse_text_settings

__all__ = ["MAX_SIDE_PIXELS", "ModelSettings", "parse_settings"]

MAX_SIDE_PIXELS = 2048
CHOICES: Mapping[str, tuple[str, ...]] = {
    "resize": RESIZES,
    "layout": LAYOUTS,
    "channels": ("RGB", "BGR"),
    "interpolation": tuple(INTERPOLATIONS),
    "crop": CROPS,
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
    text: TextSettings | None = None
    tuned_from: str | None = None


def parse_settings(content: bytes) -> ModelSettings:
    """Read `model.json`. Raises ModelError that names the key."""
    document = object_in(content)
    refuse_unknown(document, {field.name for field in fields(ModelSettings)}, "key")
    pooling = document.get("pooling")
    if pooling is not None and pooling not in POOLINGS:
        raise ModelError(f"pooling {pooling!r}: choose from {', '.join(POOLINGS)}")
    text = document.get("text")
    if text is not None and document.get("feature_map") is not None:
        raise ModelError("'feature_map' and 'text': of a model that sees texts no map is shown")
    return ModelSettings(
        name=text_of(document, "name"),
        licence=text_of(document, "licence"),
        source=text_of(document, "source"),
        preprocessing=_preprocessing(document.get("preprocessing")),
        features=optional_text(document, "features"),
        feature_map=optional_text(document, "feature_map"),
        pooling=pooling,
        sha256=optional_text(document, "sha256"),
        text=None if text is None else parse_text_settings(text),
        tuned_from=optional_text(document, "tuned_from"),
    )


def _preprocessing(values: Any) -> Preprocessing:
    known = {field.name for field in fields(Preprocessing)}
    if not isinstance(values, dict):
        raise ModelError(f"'preprocessing' is no object of {', '.join(sorted(known))}")
    refuse_unknown(values, known, "key of 'preprocessing',")
    for word, choices in CHOICES.items():
        choice_of(values, word, choices, "preprocessing.")
    for key in ("input_size", "resize_size"):
        whole_number(values, key, MAX_SIDE_PIXELS, "pixels", "preprocessing.")
    if values["resize_size"] < values["input_size"]:
        raise ModelError("preprocessing.resize_size is smaller than input_size")
    triples = {key: _triple(key, values[key]) for key in ("mean", "std") if key in values}
    if min(triples.get("std", (1.0,))) <= 0:
        raise ModelError("preprocessing.std holds a number that is not above zero")
    return Preprocessing(**(values | triples))


def _triple(key: str, values: Any) -> tuple[float, float, float]:
    if not isinstance(values, list) or len(values) != 3 or not all(map(is_number, values)):
        raise ModelError(f"preprocessing.{key} is no list of three numbers")
    first, second, third = (float(value) for value in values)
    return first, second, third

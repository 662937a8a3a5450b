"""An ONNX model as an encoder: photos in, unit vectors and feature maps out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from goodsight.core.errors import ModelError
from goodsight.core.scoring import unit_rows
from goodsight.core.types import Embeddings, FeatureMaps, FloatArray, ModelCard, Photo
from goodsight.encoders.preprocessing import prepare

__all__ = ["POOLINGS", "ModelOutputs", "OnnxEncoder", "open_session"]

POOLINGS = ("none", "mean", "cls")


@dataclass(frozen=True, slots=True)
class ModelOutputs:
    """Which outputs of a model are used, and how `features` become one row per photo.

    `pooling` "none" takes (n, d) as it is, "mean" averages (n, d, h, w), (n, h, w, d) or
    (n, tokens, d) over positions, "cls" takes the first token of (n, tokens, d).
    """

    features: str
    feature_map: str | None = None
    pooling: str = "none"


def open_session(model: bytes | Path, providers: Sequence[str]) -> Any:
    """An ONNX Runtime session that uses one thread per call.

    The callers bring their own threads, one per core, which scales better than splitting one
    photo's work. Raises ModelError for a model or provider that cannot be used.
    """
    import onnxruntime

    missing = [name for name in providers if name not in onnxruntime.get_available_providers()]
    if missing:
        offered = ", ".join(onnxruntime.get_available_providers())
        raise ModelError(f"no execution provider {', '.join(missing)} here; there is {offered}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Each calling thread would grow an arena of its own that is never given back.
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model), options, providers=list(providers)
        )
    except Exception as error:  # onnxruntime raises a dozen unrelated classes
        raise ModelError(f"ONNX Runtime cannot load the model: {error}") from error


class OnnxEncoder:
    """Implements `ImageEncoder`, and `FeatureMapEncoder` where the model has a feature map.

    Safe to call from several threads; a session keeps no state between runs.
    """

    def __init__(self, session: Any, card: ModelCard, outputs: ModelOutputs) -> None:
        self._session = session
        self._card = card
        self._outputs = outputs
        self._input = session.get_inputs()[0].name
        self._takes_one = session.get_inputs()[0].shape[0] == 1

    @property
    def card(self) -> ModelCard:
        """What the encoder is, its space included."""
        return self._card

    def encode_photos(self, photos: Sequence[Photo]) -> Embeddings:
        """Embed n photos into float32 (n, d), rows of norm 1. Raises ModelError."""
        if not photos:
            nothing = np.zeros((0, self._card.dimension), dtype=np.float32)
            return Embeddings(nothing, nothing, self._card.space)
        features = self._features(photos)
        if features.shape != (len(photos), self._card.dimension):
            raise ModelError(
                f"{self._card.name}: {features.shape} where"
                f" {(len(photos), self._card.dimension)} is due"
            )
        if not np.isfinite(features).all():
            raise ModelError(f"{self._card.name}: the model's output is not finite")
        return Embeddings(unit_rows(features), features, self._card.space)

    def encode_feature_maps(self, photos: Sequence[Photo]) -> FeatureMaps:
        """Last feature maps, float32 (n, channels, h, w). Raises ModelError if there are none."""
        if self._outputs.feature_map is None:
            raise ModelError(f"{self._card.name} shows no feature map")
        maps = self._run(self._outputs.feature_map, photos)
        if self._card.preprocessing.layout == "NHWC":
            maps = maps.transpose(0, 3, 1, 2)
        return FeatureMaps(maps, self._card.space)

    def dimension_of(self, photo: Photo) -> int:
        """The length of the vector the model gives this photo. Raises ModelError."""
        return int(self._features([photo]).shape[1])

    def _features(self, photos: Sequence[Photo]) -> FloatArray:
        output = self._run(self._outputs.features, photos)
        return pooled(output, self._outputs.pooling, self._card.preprocessing.layout)

    def _run(self, output: str, photos: Sequence[Photo]) -> FloatArray:
        batch = prepare(photos, self._card.preprocessing)
        # A model exported for one photo at a time gets them one at a time.
        parts = np.split(batch, len(batch)) if self._takes_one else [batch]
        try:
            values = [self._session.run([output], {self._input: part})[0] for part in parts]
        except Exception as error:  # onnxruntime raises a dozen unrelated classes
            raise ModelError(f"{self._card.name}: ONNX Runtime failed: {error}") from error
        return np.concatenate(values).astype(np.float32, copy=False)


def pooled(values: FloatArray, pooling: str, layout: str) -> FloatArray:
    """One row per photo, float32 (n, d); see `ModelOutputs`. Raises ModelError."""
    if pooling == "none" and values.ndim >= 2 and values[0].size == max(values.shape[1:]):
        return values.reshape(len(values), -1)
    if pooling == "cls" and values.ndim == 3:
        return np.ascontiguousarray(values[:, 0])
    if pooling == "mean" and values.ndim == 3:
        return np.asarray(values.mean(axis=1), dtype=np.float32)
    if pooling == "mean" and values.ndim == 4:
        axes = (1, 2) if layout == "NHWC" else (2, 3)
        return np.asarray(values.mean(axis=axes), dtype=np.float32)
    raise ModelError(f"an output of shape {values.shape} cannot be pooled by '{pooling}'")

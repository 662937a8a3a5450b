"""An ONNX model as an encoder: photos in, unit vectors and feature maps out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from goodsight.core.errors import ModelError
from goodsight.core.scoring import unit_rows
from goodsight.core.types import (
    Embeddings,
    FeatureMaps,
    FloatArray,
    ModelCard,
    Photo,
    Preprocessing,
)
from goodsight.encoders.feeding import INPUT_TYPES, run_network
from goodsight.encoders.preprocessing import prepare

__all__ = [
    "POOLINGS",
    "ModelOutputs",
    "OnnxEncoder",
    "OnnxFeatureMapEncoder",
    "directions",
    "make_encoder",
    "open_session",
    "pooled",
    "run_model",
]

POOLINGS = ("none", "mean", "cls")
CPU_PROVIDER = "CPUExecutionProvider"
# On a graphics card. A CPU is as fast with one photo at a time, and needs half the memory.
PHOTOS_PER_RUN = 16
SILENT = 4


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
    # Failures come back as exceptions; a library writes nothing to the terminal.
    options.log_severity_level = SILENT
    try:
        return onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model), options, providers=list(providers)
        )
    except Exception as error:  # onnxruntime raises a dozen unrelated classes
        raise ModelError(f"ONNX Runtime cannot load the model: {error}") from error


def run_model(
    session: Any, output: str, photos: Sequence[Photo], preprocessing: Preprocessing
) -> FloatArray:
    """One output for n ≥ 1 photos, float32 (n, ...). Raises ModelError."""
    described = session.get_inputs()[0]
    one_by_one = described.shape[0] == 1 or session.get_providers()[0] == CPU_PROVIDER
    step = 1 if one_by_one else PHOTOS_PER_RUN
    kind = INPUT_TYPES.get(described.type, np.float32)
    values = []
    for start in range(0, len(photos), step):
        batch = prepare(photos[start : start + step], preprocessing).astype(kind, copy=False)
        values.append(run_network(session, output, {described.name: batch}))
    return np.concatenate(values)


def make_encoder(session: Any, card: ModelCard, outputs: ModelOutputs) -> OnnxEncoder:
    """An encoder that shows feature maps if the model has them."""
    kind = OnnxEncoder if outputs.feature_map is None else OnnxFeatureMapEncoder
    return kind(session, card, outputs)


class OnnxEncoder:
    """Implements `ImageEncoder`. Safe to call from several threads: a session keeps no state."""

    def __init__(self, session: Any, card: ModelCard, outputs: ModelOutputs) -> None:
        self._session = session
        self._card = card
        self._outputs = outputs

    @property
    def card(self) -> ModelCard:
        """What the encoder is, its space included."""
        return self._card

    def encode_photos(self, photos: Sequence[Photo]) -> Embeddings:
        """Embed n photos into float32 (n, d), rows of norm 1. Raises ModelError."""
        if not photos:
            nothing = np.zeros((0, self._card.dimension), dtype=np.float32)
            return Embeddings(nothing, nothing, self._card.space)
        output = self._run(self._outputs.features, photos)
        features = pooled(output, self._outputs.pooling, self._card.preprocessing.layout)
        if features.shape[1] != self._card.dimension:
            raise ModelError(
                f"{self._card.name}: a vector of {features.shape[1]} numbers where"
                f" {self._card.dimension} are due"
            )
        return Embeddings(directions(features), features, self._card.space)

    def _run(self, output: str, photos: Sequence[Photo]) -> FloatArray:
        try:
            return run_model(self._session, output, photos, self._card.preprocessing)
        except ModelError as error:
            raise ModelError(f"{self._card.name}: {error}") from error


class OnnxFeatureMapEncoder(OnnxEncoder):
    """Implements `FeatureMapEncoder` too."""

    def encode_feature_maps(self, photos: Sequence[Photo]) -> FeatureMaps:
        """Last feature maps, float32 (n, channels, h, w). Raises ModelError."""
        # The map's size is the model's secret: of no photo, it is asked with a blank one.
        shown = photos or [_blank_photo()]
        maps = self._run(self._outputs.feature_map or "", shown)
        if maps.ndim != 4:
            raise ModelError(
                f"{self._card.name}: output '{self._outputs.feature_map}' of shape {maps.shape}"
                " is no feature map"
            )
        if self._card.preprocessing.layout == "NHWC":
            maps = np.ascontiguousarray(maps.transpose(0, 3, 1, 2))
        return FeatureMaps(maps[: len(photos)], self._card.space)

    @property
    def preprocessings(self) -> tuple[Preprocessing, ...]:
        """The card's; see `PositionEncoder`."""
        return (self._card.preprocessing,)

    def encode_positions(self, photo: Photo) -> tuple[FloatArray, ...]:
        """The photo's map (channels, rows, columns); see `PositionEncoder`. Raises ModelError."""
        return (self.encode_feature_maps([photo]).maps[0],)


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


def directions(features: FloatArray) -> FloatArray:
    """Rows of norm 1, however long the features are.

    A photo in which the model sees nothing at all has no direction. It gets the first axis,
    which is far from every other photo's: one black picture must not stop an index run.
    """
    largest = np.abs(features).max(axis=1, keepdims=True)
    blind = largest[:, 0] == 0
    largest[blind] = 1
    vectors = unit_rows(features / largest)
    vectors[blind, 0] = 1
    return vectors


def _blank_photo() -> Photo:
    return Photo("blank", "", np.zeros((1, 1, 3), dtype=np.uint8), 1, 1)

"""Goodsight's vectors of a model folder against PyTorch's of the network it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from goodsight.core.errors import ModelError
from goodsight.core.types import FloatArray, Photo
from goodsight.encoders import DEFAULT_PROVIDERS, OnnxEncoder, OnnxFeatureMapEncoder
from goodsight.encoders.model_folder import MODEL_FILE
from goodsight.encoders.onnx_encoder import open_session
from goodsight.encoders.preprocessing import prepare

__all__ = ["MIN_COSINE", "Parity", "check_parity", "judged"]

MIN_COSINE = 0.9999
# Of the largest number that PyTorch gives.
MAX_DIFFERENCE = 1e-3
# Height and width: wide, high, square, smaller than any input, and large.
PICTURE_SIZES = ((240, 320), (400, 300), (256, 256), (40, 60), (900, 700), (224, 224))
# One alone, several, and all at once.
BATCH_SIZES = (1, 2, len(PICTURE_SIZES))


@dataclass(frozen=True, slots=True)
class Parity:
    """How alike the two are over `examples`, pictures and texts: the worst of each.

    `cosine` is between two vectors of one example; `difference` between two numbers, as a share
    of the largest number PyTorch gives.
    """

    cosine: float
    difference: float
    examples: int

    def worse(self, other: Parity) -> Parity:
        """Both comparisons as one."""
        return Parity(
            min(self.cosine, other.cosine),
            max(self.difference, other.difference),
            self.examples + other.examples,
        )


def check_parity(network: nn.Module, encoder: OnnxEncoder, folder: Path) -> Parity:
    """Compare on pictures of several sizes, one by one and in batches.

    `network` gives a tuple of features (n, d) and perhaps a map (n, d, h, w). Raises ModelError
    where the two are not the same.
    """
    pictures = [_picture(seed, *size) for seed, size in enumerate(PICTURE_SIZES)]
    batch = prepare(pictures, encoder.card.preprocessing)
    expected = [output.numpy() for output in network(torch.from_numpy(batch))]
    if not all(np.isfinite(values).all() for values in expected):
        raise ModelError("PyTorch itself gives numbers that are not finite: mend the weights")
    found: list[Sequence[FloatArray]] = [_encoded(encoder, pictures)]
    session = open_session((folder / MODEL_FILE).read_bytes(), DEFAULT_PROVIDERS)
    photos = session.get_inputs()[0].name
    for size in BATCH_SIZES:
        parts = [
            session.run(None, {photos: batch[start : start + size]})
            for start in range(0, len(batch), size)
        ]
        found.append([np.concatenate(values) for values in zip(*parts, strict=True)])
    return judged(expected, found)


def _encoded(encoder: OnnxEncoder, pictures: Sequence[Photo]) -> list[FloatArray]:
    values = [encoder.encode_photos(pictures).features]
    if isinstance(encoder, OnnxFeatureMapEncoder):
        values.append(encoder.encode_feature_maps(pictures).maps)
    return values


def judged(expected: Sequence[FloatArray], found: Sequence[Sequence[FloatArray]]) -> Parity:
    """How alike PyTorch's outputs and each of the others are. Raises ModelError if too little."""
    cosine, difference = 1.0, 0.0
    for outputs in found:
        for due, value in zip(expected, outputs, strict=True):
            if due.shape != value.shape:
                raise ModelError(f"PyTorch gives {due.shape}, the exported model {value.shape}")
            cosine = min(cosine, _least_cosine(due, value))
            difference = max(difference, float(np.abs(due - value).max() / np.abs(due).max()))
    # Written so that what is no number is refused.
    if not (cosine >= MIN_COSINE and difference <= MAX_DIFFERENCE):
        raise ModelError(
            f"the exported model is not the network: cosine {cosine:.6f} (at least {MIN_COSINE}),"
            f" difference {difference:.1e} (at most {MAX_DIFFERENCE:.0e}). What depends on the"
            " photo itself (a branch, a loop) or on chance cannot be exported"
        )
    return Parity(cosine, difference, len(expected[0]))


def _least_cosine(due: FloatArray, value: FloatArray) -> float:
    first = due.reshape(len(due), -1).astype(np.float64)
    second = value.reshape(len(value), -1).astype(np.float64)
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    # A picture in which the network sees nothing has no direction; the difference judges it.
    seen = norms > 0
    return float(min(((first * second).sum(axis=1)[seen] / norms[seen]), default=1.0))


def _picture(seed: int, height: int, width: int) -> Photo:
    """Blobs of colour over a gradient: smooth as a photo, and unlike every other seed's."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / max(height, width)
    pixels = np.repeat((rows * columns)[..., np.newaxis], 3, axis=2) * 120
    for _ in range(6):
        y, x, size = generator.uniform(0, 1, 3)
        blob = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (0.01 + size / 10))
        pixels += blob[..., np.newaxis] * generator.uniform(-160, 255, 3)
    return Photo("test picture", "", pixels.clip(0, 255).astype(np.uint8), width, height)

"""A model as a folder: `model.onnx` and `model.json` (see `model_settings`).

Folders are untrusted: one file holds the whole model (external data is refused), no operator
comes from outside ONNX's own sets, and neither file may be a link. Each model is run on test
pictures before it is used: what does not fit shows here, not in the shop.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from goodsight.core.errors import ModelError
from goodsight.core.types import ModelCard, Photo, PixelArray, Preprocessing
from goodsight.encoders.graph_check import check_graph
from goodsight.encoders.model_settings import ModelSettings, parse_settings
from goodsight.encoders.onnx_encoder import (
    ModelOutputs,
    OnnxEncoder,
    OnnxFeatureMapEncoder,
    make_encoder,
    open_session,
    pooled,
    run_model,
)
from goodsight.encoders.spaces import fingerprint

__all__ = ["MODEL_FILE", "SETTINGS_FILE", "open_model_folder"]

MODEL_FILE = "model.onnx"
SETTINGS_FILE = "model.json"
MAX_MODEL_BYTES = 2 << 30
MAX_SETTINGS_BYTES = 1 << 20
# What an index of half-precision vectors can hold.
MAX_DIMENSION = 4000
# Between two vectors of one photo; a graphics card's sums are not quite repeatable.
SAME_VECTOR_TOLERANCE = 1e-3


def open_model_folder(
    folder: Path, providers: Sequence[str], *, name: str | None = None
) -> OnnxEncoder:
    """Check a model folder and open it, called `name` or as it calls itself.

    Raises ModelError that says what does not fit.
    """
    content = _read_plain_file(folder / SETTINGS_FILE, MAX_SETTINGS_BYTES)
    try:
        settings = parse_settings(content)
    except ModelError as error:
        raise ModelError(f"{folder / SETTINGS_FILE}: {error}") from error
    settings = replace(settings, name=name or settings.name)
    content = _read_plain_file(folder / MODEL_FILE, MAX_MODEL_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    try:
        if settings.sha256 not in (None, digest):
            raise ModelError(f"its SHA-256 is not the one in {SETTINGS_FILE}; get the file again")
        check_graph(content)
        session = open_session(content, providers)
        return _prove(session, settings, digest)
    except ModelError as error:
        raise ModelError(f"{folder / MODEL_FILE}: {error}") from error


def _read_plain_file(path: Path, limit: int) -> bytes:
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise ModelError(f"{path} is a link; a model folder holds its files itself")
        if not stat.S_ISREG(status.st_mode):
            raise ModelError(f"{path} is no plain file")
        if status.st_size > limit:
            raise ModelError(f"{path}: {status.st_size:,} bytes; at most {limit:,} are read")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error


def _prove(session: Any, settings: ModelSettings, digest: str) -> OnnxEncoder:
    _check_input(session, settings.preprocessing)
    outputs, dimension = _try_outputs(session, settings)
    card = ModelCard(
        name=settings.name,
        dimension=dimension,
        preprocessing=settings.preprocessing,
        space=fingerprint(digest, settings.preprocessing, outputs),
        licence=settings.licence,
        source=settings.source,
        file_hashes={MODEL_FILE: digest},
    )
    encoder = make_encoder(session, card, outputs)
    ramp, noise = _test_pictures(settings.preprocessing.input_size)
    first, second, again = encoder.encode_photos([ramp, noise, ramp]).vectors
    if np.abs(first - again).max() > SAME_VECTOR_TOLERANCE:
        raise ModelError("it gives one photo two different vectors: export it in evaluation mode")
    if np.abs(first - second).max() < SAME_VECTOR_TOLERANCE:
        raise ModelError(
            f"it gives different photos the same vector: choose another output as 'features' in"
            f" {SETTINGS_FILE}, or mend mean and std"
        )
    if isinstance(encoder, OnnxFeatureMapEncoder):
        encoder.encode_feature_maps([ramp])
    return encoder


def _check_input(session: Any, preprocessing: Preprocessing) -> None:
    inputs = session.get_inputs()
    if len(inputs) != 1:
        names = ", ".join(item.name for item in inputs)
        raise ModelError(f"it has {len(inputs)} inputs ({names}); one is due, the photos")
    size = preprocessing.input_size
    wanted = (3, size, size) if preprocessing.layout == "NCHW" else (size, size, 3)
    shape = list(inputs[0].shape)
    fits = len(shape) == 4 and all(
        not isinstance(found, int) or found == due
        for found, due in zip(shape[1:], wanted, strict=True)
    )
    if not fits or inputs[0].type != "tensor(float)":
        raise ModelError(
            f"input '{inputs[0].name}' is {inputs[0].type} {shape}; preprocessing gives"
            f" tensor(float) [n, {', '.join(map(str, wanted))}]: mend layout or input_size in"
            f" {SETTINGS_FILE}"
        )
    if isinstance(shape[0], int) and shape[0] != 1:
        raise ModelError(
            f"it takes exactly {shape[0]} photos at once: export it for one, or for any number"
        )


def _try_outputs(session: Any, settings: ModelSettings) -> tuple[ModelOutputs, int]:
    """The outputs to use, and how many numbers a vector has."""
    names = [item.name for item in session.get_outputs()]
    features = settings.features or (names[0] if len(names) == 1 else None)
    if features is None:
        raise ModelError(f"say in {SETTINGS_FILE} which output is 'features': {', '.join(names)}")
    for name in filter(None, (features, settings.feature_map)):
        if name not in names:
            raise ModelError(f"it has no output '{name}'; it has {', '.join(names)}")
    ramp, _ = _test_pictures(settings.preprocessing.input_size)
    values = run_model(session, features, [ramp], settings.preprocessing)
    pooling = settings.pooling or {2: "none", 4: "mean"}.get(values.ndim)
    if pooling is None:
        raise ModelError(
            f"output '{features}' has shape {values.shape}: say in {SETTINGS_FILE} how 'pooling'"
            " makes one vector of it, 'mean' or 'cls'"
        )
    dimension = pooled(values, pooling, settings.preprocessing.layout).shape[1]
    if dimension > MAX_DIMENSION:
        raise ModelError(
            f"output '{features}' gives vectors of {dimension:,} numbers; at most"
            f" {MAX_DIMENSION:,} can be searched: use an output after its pooling"
        )
    return ModelOutputs(features, settings.feature_map, pooling), dimension


def _test_pictures(side: int) -> tuple[Photo, Photo]:
    """A ramp of grey and noise of all colours: no two pictures could differ more."""
    steps = np.linspace(0, 255, side * side).astype(np.uint8).reshape(side, side)
    ramp = np.repeat(steps[:, :, np.newaxis], 3, axis=2)
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return _photo(ramp), _photo(noise)


def _photo(pixels: PixelArray) -> Photo:
    return Photo("test picture", "", pixels, pixels.shape[1], pixels.shape[0])

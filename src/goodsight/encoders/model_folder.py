"""A model as a folder: `model.onnx` and `model.json` (see `model_settings`).

A model that sees texts too brings `tokenizer.json` and, unless `model.onnx` reads them itself,
`text.onnx` (see `text_folder`). Several networks side by side: see `joined_folder`.

Folders are untrusted: one file holds the whole model (external data is refused), no operator
comes from outside ONNX's own sets, and neither file may be a link. Each model is run on test
pictures before it is used: what does not fit shows here, not in the shop.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from goodsight.core.errors import ModelError
from goodsight.core.types import ModelCard, Photo, PixelArray
from goodsight.encoders.feeding import PHOTO_TYPES
from goodsight.encoders.graph_check import check_graph
from goodsight.encoders.graph_part import graph_part
from goodsight.encoders.joint import JointEncoder
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
from goodsight.encoders.plain_file import read_plain_file
from goodsight.encoders.spaces import fingerprint
from goodsight.encoders.text_folder import (
    TEXT_FILE,
    TOKENIZER_FILE,
    TextSide,
    open_text_side,
    prove_texts,
)

__all__ = ["MODEL_FILE", "SETTINGS_FILE", "NetworkFiles", "folder_files", "open_model_folder"]

MODEL_FILE = "model.onnx"
SETTINGS_FILE = "model.json"
MAX_MODEL_BYTES = 2 << 30
MAX_SETTINGS_BYTES = 1 << 20
# What an index of half-precision vectors can hold.
MAX_DIMENSION = 4000
# Between two vectors of one photo; a graphics card's sums are not quite repeatable.
SAME_VECTOR_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class NetworkFiles:
    """Names of the two files of a network in its folder."""

    model: str = MODEL_FILE
    settings: str = SETTINGS_FILE

    @classmethod
    def of_part(cls, part: str) -> NetworkFiles:
        """Those of one among several networks."""
        return cls(f"{part}.onnx", f"{part}.json")


def open_model_folder(
    folder: Path,
    providers: Sequence[str],
    *,
    name: str | None = None,
    files: NetworkFiles = NetworkFiles(),
) -> OnnxEncoder:
    """Check a model folder of one network and open it, called `name` or as it calls itself.

    One that sees texts too is a `TextEncoder` as well. `files` names another network of the
    folder than the usual one. Raises ModelError that says what does not fit, and MissingExtra
    for texts without the extra `hub`.
    """
    content = read_plain_file(folder / files.settings, MAX_SETTINGS_BYTES)
    try:
        settings = parse_settings(content)
    except ModelError as error:
        raise ModelError(f"{folder / files.settings}: {error}") from error
    settings = replace(settings, name=name or settings.name)
    if settings.text is not None and files != NetworkFiles():
        raise ModelError(f"{folder / files.settings}: one of several networks cannot see texts")
    content = read_plain_file(folder / files.model, MAX_MODEL_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    try:
        if settings.sha256 not in (None, digest):
            raise ModelError(f"its SHA-256 is not the one in {files.settings}; get the file again")
        check_graph(content)
        session = open_session(_photo_part(content, settings), providers)
    except ModelError as error:
        raise ModelError(f"{folder / files.model}: {error}") from error
    texts = None
    if settings.text is not None:
        texts = open_text_side(folder, settings.text, content, providers)
    try:
        encoder = _opened(session, settings, {files.model: digest}, texts)
        _prove(encoder)
    except ModelError as error:
        raise ModelError(f"{folder / files.model}: {error}") from error
    return encoder


def folder_files(folder: Path) -> tuple[str, ...]:
    """Names of the files that belong to a model folder, as far as they are there."""
    optional = (TEXT_FILE, TOKENIZER_FILE)
    return (MODEL_FILE, SETTINGS_FILE, *(name for name in optional if (folder / name).exists()))


def _photo_part(content: bytes, settings: ModelSettings) -> bytes:
    """What photos need of a file that may read texts too."""
    if settings.text is None or settings.features is None:
        return content
    return graph_part(content, settings.features)


def _opened(
    session: Any, settings: ModelSettings, hashes: Mapping[str, str], texts: TextSide | None
) -> OnnxEncoder:
    _check_input(session, settings)
    outputs, dimension = _try_outputs(session, settings)
    [digest] = hashes.values()
    identity = digest if texts is None else f"{digest}/{texts.identity}"
    card = ModelCard(
        name=settings.name,
        dimension=dimension,
        preprocessing=settings.preprocessing,
        space=fingerprint(identity, settings.preprocessing, outputs),
        licence=settings.licence,
        source=settings.source,
        file_hashes={**hashes, **(texts.file_hashes if texts else {})},
        texts=settings.text.reading if settings.text else None,
        tuned_from=settings.tuned_from or "",
    )
    if texts is None:
        return make_encoder(session, card, outputs)
    return JointEncoder(session, card, outputs, texts.network)


def _prove(encoder: OnnxEncoder) -> None:
    """Encode test pictures and texts. Raises ModelError that says what is wrong."""
    ramp, noise = _test_pictures(encoder.card.preprocessing.input_size)
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
    if isinstance(encoder, JointEncoder):
        prove_texts(encoder)


def _check_input(session: Any, settings: ModelSettings) -> None:
    inputs, preprocessing = session.get_inputs(), settings.preprocessing
    if len(inputs) != 1:
        names = ", ".join(item.name for item in inputs)
        raise ModelError(
            f"it has {len(inputs)} inputs ({names}); one is due, the photos: where it reads texts"
            f" too, say so as 'text' in {SETTINGS_FILE}, and as 'features' what is photos' alone"
        )
    described = inputs[0]
    size = preprocessing.input_size
    wanted = (3, size, size) if preprocessing.layout == "NCHW" else (size, size, 3)
    shape = list(described.shape)
    fits = len(shape) == 4 and all(
        not isinstance(found, int) or found == due
        for found, due in zip(shape[1:], wanted, strict=True)
    )
    if not fits or described.type not in PHOTO_TYPES:
        raise ModelError(
            f"input '{described.name}' is {described.type} {shape}; preprocessing gives"
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

"""A model folder of one network or several in 8 bits, written as another folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from goodsight.core.errors import ModelError
from goodsight.core.types import FloatArray, Photo, Preprocessing
from goodsight.encoders.graph_check import check_graph
from goodsight.encoders.joined_folder import networks_of
from goodsight.encoders.json_values import MAX_TEXT_LENGTH, object_in
from goodsight.encoders.model_folder import (
    MAX_MODEL_BYTES,
    MAX_SETTINGS_BYTES,
    SETTINGS_FILE,
    NetworkFiles,
)
from goodsight.encoders.model_settings import parse_settings
from goodsight.encoders.plain_file import read_plain_file
from goodsight.encoders.preprocessing import prepare
from goodsight.encoders.quantising import check_quantisable, quantised

__all__ = ["check_int8", "write_int8_folder"]


def check_int8(folder: Path) -> None:
    """Raises ModelError that says why the model of a folder cannot be quantised."""
    for files in networks_of(folder):
        _network(folder, files)


def write_int8_folder(folder: Path, target: Path, name: str, photos: Sequence[Photo]) -> None:
    """Write the model of `folder` in 8 bits into the empty folder `target`, called `name`.

    Scales are chosen by `photos`, one and more. What is written is checked by opening it.
    Raises ModelError that says why a network cannot be quantised, and what reading `photos`
    raises.
    """
    networks = networks_of(folder)
    for files in networks:
        content, document, preprocessing = _network(folder, files)
        network = quantised(content, _prepared(photos, preprocessing))
        changed = {
            **document,
            "name": name if files == NetworkFiles() else document["name"],
            "source": f"{document['source']}, in 8 bits by Goodsight"[:MAX_TEXT_LENGTH],
            "sha256": hashlib.sha256(network).hexdigest(),
        }
        _write(target / files.model, network)
        _write(target / files.settings, _json(changed))
    if len(networks) > 1:
        document = object_in(read_plain_file(folder / SETTINGS_FILE, MAX_SETTINGS_BYTES))
        _write(target / SETTINGS_FILE, _json({**document, "name": name}))


def _prepared(photos: Sequence[Photo], preprocessing: Preprocessing) -> Iterator[FloatArray]:
    """One at a time: hundreds of inputs of a large network would fill the memory."""
    for photo in photos:
        yield prepare([photo], preprocessing)


def _network(folder: Path, files: NetworkFiles) -> tuple[bytes, Mapping[str, Any], Preprocessing]:
    """A network's file, its settings as they are written, and its preprocessing."""
    described = read_plain_file(folder / files.settings, MAX_SETTINGS_BYTES)
    content = read_plain_file(folder / files.model, MAX_MODEL_BYTES)
    try:
        settings = parse_settings(described)
    except ModelError as error:
        raise ModelError(f"{folder / files.settings}: {error}") from error
    try:
        if settings.text is not None:
            raise ModelError("it sees texts, whose vectors would not be those of its photos")
        check_graph(content)
        check_quantisable(content)
    except ModelError as error:
        raise ModelError(f"'{settings.name}' cannot be made int8: {error}") from error
    return content, object_in(described), settings.preprocessing


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written: {error.strerror}") from error

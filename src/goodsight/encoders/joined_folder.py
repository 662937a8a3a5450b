"""A model of several networks as a folder: their features stand side by side.

    model.json      {"name": "ours", "parts": ["part-1", "part-2"]}
    part-1.onnx     the first network
    part-1.json     what its file does not say about itself; see `model_settings`
    part-2.onnx …

Each network prepares the photo as its own settings say, and each is checked and tried as one
that stands alone; see `model_folder`. None of them may see texts: there would be no one text for
all of them. docs/decisions/0037.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from goodsight.core.errors import ModelError
from goodsight.encoders.joined import JoinedEncoder, join_encoders
from goodsight.encoders.json_values import object_in, refuse_unknown, text_of
from goodsight.encoders.model_folder import (
    MAX_DIMENSION,
    MAX_MODEL_BYTES,
    MAX_SETTINGS_BYTES,
    MODEL_FILE,
    SETTINGS_FILE,
    NetworkFiles,
    folder_files,
    open_model_folder,
)
from goodsight.encoders.onnx_encoder import OnnxEncoder
from goodsight.encoders.plain_file import read_plain_file

__all__ = ["files_of", "networks_of", "open_folder", "write_joined_folder", "write_parts"]

MAX_PARTS = 8
# No dot and no slash: a part is a file of the folder, and none with another ending.
_PART = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def open_folder(
    folder: Path, providers: Sequence[str], *, name: str | None = None
) -> OnnxEncoder | JoinedEncoder:
    """Check a folder of one network or of several and open it, as `name` or its own name.

    Raises ModelError that says what does not fit, and MissingExtra as `open_model_folder`.
    """
    document = _document(folder)
    if "parts" not in document:
        return open_model_folder(folder, providers, name=name)
    networks = [
        open_model_folder(folder, providers, files=files) for files in _networks(folder, document)
    ]
    joined = join_encoders(name or _name(folder, document), networks)
    if joined.card.dimension > MAX_DIMENSION:
        raise ModelError(
            f"{folder}: its networks give vectors of {joined.card.dimension:,} numbers together;"
            f" at most {MAX_DIMENSION:,} can be searched"
        )
    return joined


def networks_of(folder: Path) -> tuple[NetworkFiles, ...]:
    """The files of each network of a folder of one or of several. Raises ModelError."""
    document = _document(folder)
    return _networks(folder, document) if "parts" in document else (NetworkFiles(),)


def files_of(folder: Path) -> tuple[str, ...]:
    """Names of all files that belong to a folder of one network or of several.

    Raises ModelError where its settings cannot be read.
    """
    document = _document(folder)
    if "parts" not in document:
        return folder_files(folder)
    networks = _networks(folder, document)
    return (
        SETTINGS_FILE,
        *(name for files in networks for name in (files.model, files.settings)),
    )


def write_joined_folder(folder: Path, name: str, parts: Sequence[Path]) -> None:
    """Write the model `name` into an empty folder: the networks of `parts`, side by side.

    Each of the two and more parts is a model folder of one network. What is written is checked
    by opening it, as `ModelLibrary.add` does. Raises ModelError where a part is no such folder,
    or the files cannot be written.
    """
    if not 2 <= len(parts) <= MAX_PARTS:
        raise ModelError(f"{len(parts)} networks cannot be joined: 2 to {MAX_PARTS} can")
    names = [f"part-{number}" for number in range(1, len(parts) + 1)]
    for part, stem in zip(parts, names, strict=True):
        if "parts" in _document(part):
            raise ModelError(f"{part}: it has several networks already; join those of one")
        files = NetworkFiles.of_part(stem)
        _copy(part / MODEL_FILE, folder / files.model, MAX_MODEL_BYTES)
        _copy(part / SETTINGS_FILE, folder / files.settings, MAX_SETTINGS_BYTES)
    write_parts(folder, name, names)


def write_parts(folder: Path, name: str, parts: Sequence[str]) -> None:
    """Write the `model.json` of the model `name`, whose parts are there. Raises ModelError."""
    content = json.dumps({"name": name, "parts": list(parts)}, ensure_ascii=False, indent=2) + "\n"
    try:
        (folder / SETTINGS_FILE).write_text(content, encoding="utf-8")
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written: {error.strerror}") from error


def _document(folder: Path) -> Mapping[str, Any]:
    content = read_plain_file(folder / SETTINGS_FILE, MAX_SETTINGS_BYTES)
    try:
        return object_in(content)
    except ModelError as error:
        raise ModelError(f"{folder / SETTINGS_FILE}: {error}") from error


def _name(folder: Path, document: Mapping[str, Any]) -> str:
    try:
        return text_of(document, "name")
    except ModelError as error:
        raise ModelError(f"{folder / SETTINGS_FILE}: {error}") from error


def _networks(folder: Path, document: Mapping[str, Any]) -> tuple[NetworkFiles, ...]:
    try:
        refuse_unknown(document, {"name", "parts"}, "key beside 'parts',")
        parts = document["parts"]
        if not isinstance(parts, list) or not 2 <= len(parts) <= MAX_PARTS:
            raise ModelError(f"'parts' is no list of 2 to {MAX_PARTS} names")
        if not all(isinstance(part, str) and _PART.fullmatch(part) for part in parts):
            raise ModelError("'parts': name each by small letters, digits and dashes")
        if len(set(parts)) < len(parts) or "model" in parts:
            raise ModelError("'parts': each needs a name of its own, none 'model'")
    except ModelError as error:
        raise ModelError(f"{folder / SETTINGS_FILE}: {error}") from error
    return tuple(NetworkFiles.of_part(part) for part in parts)


def _copy(source: Path, target: Path, limit: int) -> None:
    content = read_plain_file(source, limit)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise ModelError(f"{target}: cannot be written: {error.strerror}") from error

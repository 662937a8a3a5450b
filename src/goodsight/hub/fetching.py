"""A model of the hub -> a model folder, as an owner could have made it by hand.

What a stranger published is trusted no further for having come this way: the folder is checked
as every other when it is added.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from goodsight.core.errors import ModelError, UsageError
from goodsight.hub.client import FetchProgress, Hub
from goodsight.hub.graphs import Graph, photo_output, read_graph, text_output
from goodsight.hub.image_processors import preprocessing_of
from goodsight.hub.layouts import TOKENIZER, Layout, choose_files
from goodsight.hub.published import HubModel
from goodsight.hub.text_processors import text_reading_of

__all__ = ["fetch_model_folder", "name_of"]

# The files of a model folder; see encoders.model_folder, which reads them.
MODEL_FILE, TEXT_FILE, TOKENIZER_FILE = "model.onnx", "text.onnx", "tokenizer.json"
SETTINGS_FILE = "model.json"
PLAIN_VARIANT = "fp32"


def name_of(repository: str, variant: str) -> str:
    """What a model of the hub is called here unless its owner says otherwise."""
    name = repository.partition("/")[2]
    return name if variant == PLAIN_VARIANT else f"{name}-{variant}"


def fetch_model_folder(
    hub: Hub,
    model: HubModel,
    folder: Path,
    *,
    name: str,
    variant: str = PLAIN_VARIANT,
    accept_licence: bool = False,
    progress: FetchProgress = lambda file, done, total: None,  # noqa: ARG005
) -> None:
    """Fetch the model and write its `model.json`; goes on where it was stopped.

    `folder` is the same for every attempt at the same commit and variant. Raises UsageError
    where the licence is not permissive and not accepted, or the variant is not there; ModelError
    for models that cannot be fetched or used.
    """
    layout = choose_files(model, variant)
    if not (model.is_permissive or accept_licence):
        raise UsageError(
            f"{model.repository} has the licence '{model.licence or 'none stated'}', which may ask"
            f" something of you: read it at {model.licence_link}, and repeat with --accept-licence"
            " if you agree"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        places = _places(layout)
        for file in layout.files:
            hub.fetch(model, file, folder / places[file.name], progress)
        document = _document(folder, layout, model, name)
        (folder / SETTINGS_FILE).write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise ModelError(f"the model cannot be kept in {folder}: {error}") from error


def _places(layout: Layout) -> Mapping[str, str]:
    """A file's path in the repository -> its name in the folder."""
    places = {file.name: f"published-{file.name}" for file in layout.settings}
    places[layout.photos.name] = MODEL_FILE
    if layout.texts is not None:
        places[layout.texts.name] = TEXT_FILE
    return places | {TOKENIZER: TOKENIZER_FILE}


def _document(folder: Path, layout: Layout, model: HubModel, name: str) -> Mapping[str, Any]:
    """`model.json` of what was fetched; see encoders.model_settings."""
    graph, digest = _graph(folder / MODEL_FILE)
    processor = _settings(folder, "preprocessor_config.json") or _settings(
        folder, "processor_config.json"
    )
    if not processor:
        raise ModelError(f"{model.repository} does not say how photos are prepared")
    photos = photo_output(graph)
    document = {
        "name": name,
        "licence": model.licence or "none stated",
        "source": f"hf:{model.repository}@{model.commit}",
        "preprocessing": asdict(preprocessing_of(processor)),
        "features": photos.name,
        "pooling": photos.pooling,
        "sha256": digest,
    }
    if layout.texts is None and not graph.reads_texts:
        (folder / TOKENIZER_FILE).unlink(missing_ok=True)
        return document
    if layout.tokenizer is None:
        raise ModelError(f"{model.repository} reads texts, but brings no {TOKENIZER}")
    return document | {"text": _text(folder, layout, graph)}


def _text(folder: Path, layout: Layout, graph: Graph) -> Mapping[str, Any]:
    digests = {}
    if layout.texts is not None:
        graph, digests["sha256"] = _graph(folder / TEXT_FILE)
    reading = text_reading_of(
        _settings(folder, "config.json"),
        _settings(folder, "tokenizer_config.json"),
        _settings(folder, "special_tokens_map.json"),
        graph.token_length,
    )
    output = text_output(graph)
    tokenizer = hashlib.sha256((folder / TOKENIZER_FILE).read_bytes()).hexdigest()
    return {
        **asdict(reading),
        "features": output.name,
        "pooling": output.pooling,
        **digests,
        "tokenizer_sha256": tokenizer,
    }


def _graph(path: Path) -> tuple[Graph, str]:
    content = path.read_bytes()
    try:
        return read_graph(content), hashlib.sha256(content).hexdigest()
    except ModelError as error:
        raise ModelError(f"{path.name}: {error}") from error


def _settings(folder: Path, name: str) -> Mapping[str, Any]:
    """A published settings file's object; an empty one where it is not there."""
    path = folder / f"published-{name}"
    if not path.exists():
        return {}
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{name}: it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ModelError(f"{name}: it holds no object")
    return document

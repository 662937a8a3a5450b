"""A network of PyTorch becomes a model folder, proven before anyone sees it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

from goodsight.core.errors import ModelError, UsageError
from goodsight.core.types import ModelCard, Preprocessing
from goodsight.encoders import DEFAULT_PROVIDERS, open_model_folder
from goodsight.encoders.model_folder import MAX_DIMENSION, MODEL_FILE, SETTINGS_FILE
from goodsight.training.parity import Parity, check_parity
from goodsight.training.tracing import FEATURE_MAP, FEATURES, Traced, evaluating, outputs_of, trace

__all__ = ["ExportedModel", "export_network"]


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """What was written: the model's card, how alike it is, its size, and if it has a map."""

    card: ModelCard
    parity: Parity
    size_bytes: int
    shows_map: bool


def export_network(
    network: nn.Module,
    preprocessing: Preprocessing,
    *,
    name: str,
    licence: str,
    source: str,
    folder: Path,
) -> ExportedModel:
    """Write `model.onnx` and `model.json` into a new folder, and prove them.

    `network` turns photos float32 (n, 3, s, s), prepared as `preprocessing` says, into features
    (n, d), a map (n, c, h, w), or both; see `tracing.outputs_of`. It is run in evaluation mode
    and left as it was. The folder is opened as any other and compared with the network; unless
    they agree, nothing is left behind.

    Raises UsageError where the folder is there already; ModelError for a network that cannot
    be exported or whose export differs, and where the folder cannot be written.
    """
    _check_network(network, preprocessing)
    if folder.exists():
        raise UsageError(f"{folder} is there already; name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Made beside its place and renamed: whoever sees the folder sees a proven model.
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".goodsight-") as work:
            draft = Path(work) / "model"
            draft.mkdir()
            with evaluating(network):
                usable = outputs_of(network, preprocessing.input_size, MAX_DIMENSION)
                traced = trace(usable, preprocessing.input_size)
                _write(draft, traced, preprocessing, name=name, licence=licence, source=source)
                encoder = open_model_folder(draft, DEFAULT_PROVIDERS)
                parity = check_parity(usable, encoder, draft)
            draft.rename(folder)
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return ExportedModel(encoder.card, parity, len(traced.content), traced.shows_map)


def _check_network(network: nn.Module, preprocessing: Preprocessing) -> None:
    if preprocessing.layout != "NCHW":
        raise ModelError(f"layout {preprocessing.layout}: PyTorch's networks take NCHW")
    for part, tensor in network.state_dict().items():
        fits = tensor.dtype == torch.float32 or not tensor.is_floating_point()
        if not fits or tensor.device.type != "cpu":
            raise ModelError(
                f"'{part}' is {tensor.dtype} on {tensor.device}: give the network as float32 on"
                " the CPU, network.float().cpu()"
            )


def _write(
    draft: Path,
    traced: Traced,
    preprocessing: Preprocessing,
    *,
    name: str,
    licence: str,
    source: str,
) -> None:
    document = {
        "name": name,
        "licence": licence,
        "source": source,
        "preprocessing": asdict(preprocessing),
        "features": FEATURES,
        "pooling": "none",
        "sha256": hashlib.sha256(traced.content).hexdigest(),
    }
    if traced.shows_map:
        document["feature_map"] = FEATURE_MAP
    (draft / MODEL_FILE).write_bytes(traced.content)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (draft / SETTINGS_FILE).write_text(text + "\n", encoding="utf-8")

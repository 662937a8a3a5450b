"""A network of PyTorch becomes a model folder, proven before anyone sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from goodsight.core.errors import ModelError
from goodsight.core.types import ModelCard, Preprocessing
from goodsight.encoders import DEFAULT_PROVIDERS, open_model_folder
from goodsight.encoders.model_folder import MAX_DIMENSION
from goodsight.encoders.model_settings import MAX_SIDE_PIXELS
from goodsight.training.new_folder import Origin, new_folder, write_photo_model
from goodsight.training.parity import Parity, check_parity
from goodsight.training.tracing import evaluating, outputs_of, trace

__all__ = ["ExportedModel", "check_network", "export_network"]


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
    origin: Origin,
    folder: Path,
) -> ExportedModel:
    """Write `model.onnx` and `model.json` into a new folder, and prove them.

    `network` turns photos float32 (n, 3, s, s), prepared as `preprocessing` says, into features
    (n, d), a map (n, c, h, w), or both; see `tracing.outputs_of`. It is run in evaluation mode
    and left as it was. `origin` is how the model is called and where it comes from. The folder
    is opened as any other and compared with the network; unless they agree, nothing is left
    behind.

    Raises UsageError where the folder is there already; ModelError for a network that cannot
    be exported or whose export differs, and where the folder cannot be written.
    """
    check_network(network, preprocessing)
    with new_folder(folder) as draft, evaluating(network):
        usable = outputs_of(network, preprocessing.input_size, MAX_DIMENSION)
        traced = trace(usable, preprocessing.input_size)
        write_photo_model(draft, traced, preprocessing, origin)
        encoder = open_model_folder(draft, DEFAULT_PROVIDERS)
        parity = check_parity(usable, encoder, draft)
    return ExportedModel(encoder.card, parity, len(traced.content), traced.shows_map)


def check_network(network: nn.Module, preprocessing: Preprocessing) -> None:
    """Raises ModelError for what cannot be traced here: other layouts, devices, precisions."""
    if preprocessing.resize_size > MAX_SIDE_PIXELS:
        raise ModelError(
            f"photos of {preprocessing.resize_size} pixels; at most {MAX_SIDE_PIXELS} are taken"
        )
    if preprocessing.layout != "NCHW":
        raise ModelError(f"layout {preprocessing.layout}: PyTorch's networks take NCHW")
    for part, tensor in network.state_dict().items():
        fits = tensor.dtype == torch.float32 or not tensor.is_floating_point()
        if not fits or tensor.device.type != "cpu":
            raise ModelError(
                f"'{part}' is {tensor.dtype} on {tensor.device}: give the network as float32 on"
                " the CPU, network.float().cpu()"
            )

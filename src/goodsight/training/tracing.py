"""From a network to one ONNX file: photos in, features and where possible their map out."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from goodsight.core.errors import ModelError

__all__ = [
    "FEATURES",
    "FEATURE_MAP",
    "Traced",
    "TracedNetwork",
    "evaluating",
    "outputs_of",
    "trace",
    "trace_texts",
]

PHOTOS = "photos"
# The name by which text networks are recognised: see encoders.joint.
TOKENS = "input_ids"
FEATURES = "features"
FEATURE_MAP = "feature_map"
# The first with LayerNormalization, which transformers would otherwise spell out.
OPSET = 17
# A batch of one would let the exporter take "one" for a part of the network.
TRACED_PHOTOS = 2
# Of the largest number: what two orders of adding up the same numbers may differ by.
SAME_MEAN_TOLERANCE = 1e-4


class TracedNetwork(nn.Module):  # type: ignore[misc]  # the base install has no torch to check with
    """A network whose outputs are as Goodsight uses them: see `outputs_of`."""

    def __init__(self, network: nn.Module, *, pools_map: bool, shows_map: bool) -> None:
        super().__init__()
        self.network = network
        self.pools_map = pools_map
        self.shows_map = shows_map
        # The exporter brings everything back into the mode of the outermost part.
        self.eval()

    def forward(self, photos: Tensor) -> tuple[Tensor, ...]:
        """Features (n, d), and where `shows_map` the map (n, d, h, w) whose mean they are."""
        features, feature_map = _split(self.network(photos))
        if self.pools_map:
            features = feature_map.mean((2, 3))
        return (features, feature_map) if self.shows_map else (features,)


@dataclass(frozen=True, slots=True)
class Traced:
    """An ONNX file's `content`, and whether it has a feature map."""

    content: bytes
    shows_map: bool


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Every part of the network in evaluation mode, and afterwards as it was."""
    modes = [(part, part.training) for part in network.modules()]
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        for part, mode in modes:
            part.training = mode


def outputs_of(network: nn.Module, side: int, largest_dimension: int) -> TracedNetwork:
    """The network with the outputs that can be used, found by running it on two photos.

    A network gives features float32 (n, d), a map (n, c, h, w), or both. Of a map alone the
    mean over positions is taken; so it is where the features are longer than
    `largest_dimension`. A map is shown where its mean is the features: the heat maps rest on
    that. `side` is the photos' in pixels. Raises ModelError.
    """
    photos = torch.rand((TRACED_PHOTOS, 3, side, side), generator=torch.Generator().manual_seed(0))
    try:
        features, feature_map = _split(network(photos))
    except ModelError:
        raise
    except Exception as error:  # a network may raise anything
        raise ModelError(
            f"the network does not take {side} × {side} pixels: {_first_line(error)}"
        ) from error
    if feature_map is None:
        return TracedNetwork(network, pools_map=False, shows_map=False)
    mean = feature_map.mean((2, 3))
    pools_map = features is None or features.shape[1] > largest_dimension
    shows_map = pools_map or _are_same(features, mean)
    return TracedNetwork(network, pools_map=pools_map, shows_map=shows_map)


def trace(network: TracedNetwork, side: int) -> Traced:
    """Export for photos float32 (n, 3, side, side), any n ≥ 1. Raises ModelError.

    What depends on the photos themselves (a branch, a loop) is frozen as it went for the photo
    of the trace; whether that mattered is for the parity check to find.
    """
    names = [FEATURES, FEATURE_MAP] if network.shows_map else [FEATURES]
    photos = torch.rand((TRACED_PHOTOS, 3, side, side), generator=torch.Generator().manual_seed(0))
    return Traced(_exported(network, photos, PHOTOS, names), network.shows_map)


def trace_texts(network: nn.Module, tokens: Tensor) -> bytes:
    """Export for tokens int64 (n, length), any n ≥ 1, as many as given here. Raises ModelError."""
    return _exported(network, tokens, TOKENS, [FEATURES])


def _exported(network: nn.Module, given: Tensor, input_name: str, names: list[str]) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), _spelled_out():
        # The exporter warns that it is the older one (decision 0025), and of frozen branches.
        warnings.simplefilter("ignore")
        try:
            torch.onnx.export(
                network,
                (given,),
                file,
                dynamo=False,
                opset_version=OPSET,
                input_names=[input_name],
                output_names=names,
                dynamic_axes={name: {0: "n"} for name in [input_name, *names]},
            )
        except Exception as error:  # the exporter raises a dozen unrelated classes
            raise ModelError(f"PyTorch cannot export the network: {_first_line(error)}") from error
    return file.getvalue()


@contextmanager
def _spelled_out() -> Iterator[None]:
    """Attention in single steps: PyTorch's own shortcut for evaluation cannot be exported."""
    shortcut = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(shortcut)


def _split(output: Any) -> tuple[Tensor, Tensor]:
    """Features and map; None for the one that is not there. Raises ModelError."""
    found = output if isinstance(output, tuple | list) else (output,)
    by_rank = {value.ndim: value for value in found if isinstance(value, Tensor)}
    if len(by_rank) != len(found) or not by_rank or not set(by_rank) <= {2, 4}:
        shapes = [tuple(getattr(value, "shape", ())) or type(value).__name__ for value in found]
        raise ModelError(
            f"the network gives {', '.join(map(str, shapes))}; due are features (n, d), a map"
            " (n, c, h, w), or both"
        )
    return by_rank.get(2), by_rank.get(4)


def _are_same(features: Tensor, mean: Tensor) -> bool:
    if features.shape != mean.shape:
        return False
    largest = float(features.abs().max())
    return float((features - mean).abs().max()) <= SAME_MEAN_TOLERANCE * max(largest, 1e-12)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__

"""The networks that can be trained, by the name of a model, and in which parts.

    efficientnet-lite0, ...    the bundled ones; two networks where a model joins two, which have
                               names of their own
    timm:NAME                  of timm
    open_clip:NAME[/TAG]       image towers of open_clip, where it is installed
    FOLDER                     a model of transformers as published; its tower for photos

docs/decisions/0038.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from goodsight.core.errors import UsageError
from goodsight.core.types import Preprocessing
from goodsight.encoders import BUNDLED, ModelLibrary
from goodsight.encoders.bundled import BundledModel, JoinedModel
from goodsight.hub.image_processors import preprocessing_of
from goodsight.training.adapters import add_adapters, without_adapters
from goodsight.training.lite_network import CLASSIFIER, LiteNetwork, own_names, tensors_of
from goodsight.training.named_network import NOT_STATED, NamedNetwork
from goodsight.training.network_export import check_network
from goodsight.training.new_folder import Origin
from goodsight.training.open_clip_networks import OPEN_CLIP, OpenClipSource, open_clip_network
from goodsight.training.published_folder import (
    CONFIG,
    PROCESSORS,
    published_network,
    published_settings,
)
from goodsight.training.stages import Stage, keep_used, stages_of
from goodsight.training.timm_networks import TIMM, TimmSource, timm_network
from goodsight.training.towers import PhotoTower
from goodsight.training.weights import fill_network, read_weights

__all__ = ["Trainable", "trainable_networks"]

FEATURE = "training a network"


@dataclass(frozen=True, slots=True)
class Trainable:
    """A network with weights to train on, float32 on the CPU.

    `network` takes photos float32 (n, 3, s, s), prepared as `preprocessing` says, and gives
    features (n, d), and a map (n, d, h, w) where it has one; see `tracing.outputs_of`.
    `stages` are its parts from the photo upward, and hold every weight that can be trained;
    beside them they may hold some that cannot (`requires_grad` is false). `name`, `licence` and
    `source` are for what becomes of it.
    """

    network: nn.Module
    preprocessing: Preprocessing
    stages: tuple[Stage, ...]
    name: str
    licence: str
    source: str

    @property
    def weights(self) -> int:
        """How many numbers the network has to compute with, adapters included."""
        return sum(weight.numel() for weight in self.network.parameters())

    @property
    def trained_weights(self) -> int:
        """How many of them can be trained."""
        return sum(w.numel() for w in self.network.parameters() if w.requires_grad)

    def finished(self) -> nn.Module:
        """The network as it is to be exported: adapters, if any, are added up into a copy."""
        return without_adapters(self.network)


def trainable_networks(
    library: ModelLibrary,
    model_name: str,
    *,
    weights: Path | None = None,
    lora_rank: int | None = None,
) -> tuple[Trainable, ...]:
    """The networks of a model, in the order in which their features stand side by side.

    `weights` is a file to begin with instead of the published ones. With `lora_rank` only
    adapters of that rank can be trained; see `adapters`. Raises UsageError for a model that
    cannot be trained so, MissingExtra where a package is missing, and ModelError where weights
    cannot be read or do not fit.
    """
    bundled = _bundled(model_name)
    if lora_rank is not None and bundled is not None:
        raise UsageError(f"LoRA is for transformers, and {model_name} is none: leave it out")
    if isinstance(bundled, JoinedModel):
        if weights is not None:
            names = " or ".join(part.name for part in bundled.parts)
            raise UsageError(f"{model_name} is two networks: give --weights for {names} alone")
        return tuple(_lite(part, None) for part in bundled.parts)
    if bundled is not None:
        return (_lite(bundled, weights),)
    return (_trainable(_found(library, model_name, weights), lora_rank),)


def _bundled(name: str) -> BundledModel | JoinedModel | None:
    """A bundled model, or one network of those that are joined."""
    joined = [model for model in BUNDLED.values() if isinstance(model, JoinedModel)]
    parts = {part.name: part for model in joined for part in model.parts}
    return BUNDLED.get(name) or parts.get(name)


def _lite(bundled: BundledModel, weights: Path | None) -> Trainable:
    network, card = LiteNetwork(bundled.architecture), bundled.card()
    found = tensors_of(bundled.weights()) if weights is None else read_weights(weights)
    fill_network(network, own_names(found), spare=(CLASSIFIER,))
    network.eval()
    return Trainable(
        network,
        bundled.preprocessing,
        network.stages,
        card.name,
        card.licence if weights is None else NOT_STATED,
        card.source if weights is None else f"{card.name}, weights from {weights.name}",
    )


def _found(library: ModelLibrary, model_name: str, weights: Path | None) -> NamedNetwork:
    if model_name.startswith(TIMM):
        return timm_network(TimmSource(model_name.removeprefix(TIMM), weights), FEATURE)
    if model_name.startswith(OPEN_CLIP):
        name, _, tag = model_name.removeprefix(OPEN_CLIP).partition("/")
        return open_clip_network(OpenClipSource(name, tag or None, weights))
    if (Path(model_name) / CONFIG).exists():
        if weights is not None:
            raise UsageError("--weights are for networks by name: a folder has its own")
        return _tower(Path(model_name))
    if model_name in library.names():
        raise UsageError(
            f"{model_name} was added as an ONNX file, which can be searched with and not trained:"
            f" name what it was made from, {TIMM}NAME or the folder of a published model"
        )
    raise UsageError(
        f"there is no '{model_name}' to train: name {', '.join(BUNDLED)}, {TIMM}NAME,"
        f" {OPEN_CLIP}NAME, or a folder of a published model with {CONFIG} and safetensors"
    )


def _tower(source: Path) -> NamedNetwork:
    preprocessing = preprocessing_of(published_settings(source, *PROCESSORS))
    kind, name = published_settings(source, CONFIG).get("model_type"), source.resolve().name
    told = f"{kind} of transformers, folder {name}"
    network = PhotoTower(published_network(source, FEATURE))
    return NamedNetwork(network, preprocessing, Origin(name, NOT_STATED, told))


def _trainable(found: NamedNetwork, lora_rank: int | None) -> Trainable:
    network, origin = found.network, found.origin
    check_network(network, found.preprocessing)
    keep_used(network, found.preprocessing.input_size)
    if isinstance(network, PhotoTower):
        network.drop_frozen()
    if lora_rank is not None:
        add_adapters(network, lora_rank)
    network.eval()
    return Trainable(
        network,
        found.preprocessing,
        stages_of(network),
        origin.name,
        origin.licence,
        origin.source,
    )

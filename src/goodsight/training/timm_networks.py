"""Networks by the names of timm: ResNet, VGG, Inception and a thousand more."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from goodsight.core.errors import MissingExtra, ModelError, UsageError
from goodsight.core.types import Preprocessing
from goodsight.training.named_network import NOT_STATED, NamedNetwork
from goodsight.training.network_export import ExportedModel, export_network
from goodsight.training.new_folder import Origin
from goodsight.training.timm_settings import preprocessing_of
from goodsight.training.weights import fill_network, read_weights

__all__ = ["TIMM", "TimmSource", "export_timm", "timm_network"]

# Before a name, to say that it is one of timm's.
TIMM = "timm:"

# Heads of training that some checkpoints still have, and no evaluation uses.
TRAINING_HEADS = ("AuxLogits.", "aux")


@dataclass(frozen=True, slots=True)
class TimmSource:
    """A network's name in timm and where its weights come from.

    `weights` is a file of one's own. Without it timm's published ones are fetched, or with
    `pretrained` false the weights stay random: to try an architecture's speed, not to search.
    """

    name: str
    weights: Path | None = None
    pretrained: bool = True


class FeaturesAndMap(nn.Module):  # type: ignore[misc]  # the base install has no torch to check with
    """A timm network without its classifier."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, photos: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Features (n, d), and the last map (n, c, h, w) of a network that has one."""
        found = self.network.forward_features(photos)
        features: Tensor = self.network.forward_head(found)
        return (features, found) if found.ndim == 4 else features


def export_timm(
    source: TimmSource, folder: Path, *, name: str | None = None, licence: str | None = None
) -> ExportedModel:
    """Export a network of timm into a new folder, called `name` or after timm.

    Raises UsageError for a network timm does not know, MissingExtra without the extra `tune`,
    ModelError where the weights cannot be had or do not fit, and what `export_network` raises.
    """
    found = timm_network(source, "exporting a model")
    return export_network(
        found.network,
        found.preprocessing,
        origin=replace(
            found.origin, name=name or found.origin.name, licence=licence or found.origin.licence
        ),
        folder=folder,
    )


def timm_network(source: TimmSource, feature: str) -> NamedNetwork:
    """A network of timm without its classifier. Raises as `export_timm`, naming the `feature`."""
    # Read before anything is made: the likeliest mistake is told first.
    weights = None if source.weights is None else read_weights(source.weights)
    network = _create(source, feature)
    described: Mapping[str, Any] = network.pretrained_cfg
    if weights is not None:
        fill_network(network, weights, spare=(*_classifiers(described), *TRAINING_HEADS))
    return NamedNetwork(
        FeaturesAndMap(network),
        _preprocessing(source.name, described),
        Origin(f"timm-{source.name}", _licence(source, described), _told(source, described)),
    )


def _create(source: TimmSource, feature: str) -> Any:
    timm = _timm(feature)
    if not timm.is_model(source.name):
        near = difflib.get_close_matches(source.name, timm.list_models(), n=3)
        hint = f"; near it are {', '.join(near)}" if near else ""
        raise UsageError(f"timm knows no '{source.name}'{hint}")
    fetches = source.weights is None and source.pretrained
    if fetches and not timm.is_model_pretrained(source.name):
        raise UsageError(
            f"timm has no weights for '{source.name}': give your own with --weights FILE"
        )
    try:
        # Without a classifier, and with layers that can be traced.
        return timm.create_model(source.name, pretrained=fetches, num_classes=0, exportable=True)
    except Exception as error:  # the hub's client and timm raise a dozen unrelated classes
        if not fetches:
            raise ModelError(f"timm cannot make '{source.name}': {error}") from error
        raise ModelError(
            f"the weights of '{source.name}' cannot be fetched ({type(error).__name__}). They"
            " come from the hub the first time; where it is out of reach, fetch"
            f" {_hub_file(timm, source)} elsewhere and give it with --weights FILE"
        ) from error


def _hub_file(timm: Any, source: TimmSource) -> str:
    hub = timm.get_pretrained_cfg(source.name).hf_hub_id
    return f"model.safetensors of hf:{hub}" if hub else "the weights"


def _timm(feature: str) -> Any:
    try:
        import timm
    except ModuleNotFoundError as error:
        raise MissingExtra(feature, extra="tune") from error
    return timm


def _preprocessing(name: str, described: Mapping[str, Any]) -> Preprocessing:
    try:
        return preprocessing_of(described)
    except ModelError as error:
        raise ModelError(f"'{name}': {error}") from error


def _classifiers(described: Mapping[str, Any]) -> tuple[str, ...]:
    """How the names of the classifier's weights begin."""
    named = described.get("classifier") or ()
    return tuple(f"{part}." for part in ((named,) if isinstance(named, str) else named))


def _licence(source: TimmSource, described: Mapping[str, Any]) -> str:
    # What timm states is about its own weights, not about somebody's file.
    if source.weights is None and source.pretrained:
        return described.get("license") or NOT_STATED
    return NOT_STATED


def _told(source: TimmSource, described: Mapping[str, Any]) -> str:
    """Where the model comes from, in words for `model show`."""
    if source.weights is not None:
        return f"timm:{source.name}, weights from {source.weights.name}"
    if not source.pretrained:
        return f"timm:{source.name}, random weights"
    tag = described.get("tag")
    full = f"{described.get('architecture', source.name)}{f'.{tag}' if tag else ''}"
    hub = described.get("hf_hub_id")
    return f"timm:{full}" + (f" from hf:{hub}" if hub else "")

"""Image towers by the names of open_clip, where it is installed.

It is in no extra: it needs torchvision, which fits one version of torch only.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from goodsight.core.errors import ModelError, UsageError
from goodsight.core.types import Preprocessing
from goodsight.encoders.preprocessing import INTERPOLATIONS
from goodsight.training.named_network import NOT_STATED, NamedNetwork
from goodsight.training.new_folder import Origin
from goodsight.training.weights import fill_network, read_weights

__all__ = ["OPEN_CLIP", "OpenClipSource", "open_clip_network"]

# Before a name, to say that it is one of open_clip's.
OPEN_CLIP = "open_clip:"
# How the names of the image tower's weights begin.
TOWER = "visual."
LARGEST_PIXEL = 255
# "longest" fills up with black where Goodsight takes grey.
RESIZES = {"shortest": "short_side", "squash": "squash"}


@dataclass(frozen=True, slots=True)
class OpenClipSource:
    """A model's name in open_clip, and where its weights come from.

    `weights` is a file of one's own, of the whole model or of its image tower; without it the
    weights of `tag`, one of open_clip's own, are fetched.
    """

    name: str
    tag: str | None = None
    weights: Path | None = None


def open_clip_network(source: OpenClipSource) -> NamedNetwork:
    """The image tower of a model, with weights.

    Raises UsageError for names open_clip does not know and where it is not installed, and
    ModelError where the weights cannot be had or do not fit.
    """
    if (source.tag is None) is (source.weights is None):
        raise UsageError(
            f"{OPEN_CLIP}{source.name} needs weights: {OPEN_CLIP}{source.name}/TAG fetches those"
            " of one of open_clip's tags, --weights FILE reads your own"
        )
    weights = None if source.weights is None else read_weights(source.weights)
    tower: nn.Module = _model(source).visual
    if weights is not None:
        fill_network(tower, _of_tower(weights))
    described: Mapping[str, Any] = getattr(tower, "preprocess_cfg", {})
    told = f"{OPEN_CLIP}{source.name}"
    told += f"/{source.tag}" if source.weights is None else f", weights from {source.weights.name}"
    return NamedNetwork(
        tower,
        _preprocessing(source.name, described),
        Origin(f"open-clip-{source.name}", NOT_STATED, told),
    )


def _model(source: OpenClipSource) -> Any:
    try:
        import open_clip
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{OPEN_CLIP}{source.name} needs open_clip, which is no part of Goodsight:"
            " pip install open_clip_torch"
        ) from error
    if source.name not in open_clip.list_models():
        near = difflib.get_close_matches(source.name, open_clip.list_models(), n=3)
        hint = f"; near it are {', '.join(near)}" if near else ""
        raise UsageError(f"open_clip knows no '{source.name}'{hint}")
    tags = open_clip.list_pretrained_tags_by_model(source.name)
    if source.tag is not None and source.tag not in tags:
        raise UsageError(
            f"open_clip has no weights '{source.tag}' for '{source.name}'; it has"
            f" {', '.join(tags) or 'none'}"
        )
    try:
        return open_clip.create_model(source.name, pretrained=source.tag, precision="fp32")
    except Exception as error:  # open_clip and the hub's client raise a dozen unrelated classes
        raise ModelError(f"open_clip cannot make '{source.name}': {error}") from error


def _of_tower(weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """The image tower's weights; those of a file that holds nothing else as they are."""
    found = {
        name.removeprefix(TOWER): weight
        for name, weight in weights.items()
        if name.startswith(TOWER)
    }
    return found or weights


def _preprocessing(name: str, described: Mapping[str, Any]) -> Preprocessing:
    try:
        side, resize = _side(described["size"]), RESIZES[described["resize_mode"]]
        interpolation = described["interpolation"]
        if interpolation not in INTERPOLATIONS:
            raise KeyError(interpolation)
        return Preprocessing(
            input_size=side,
            resize_size=side,
            resize=resize,
            interpolation=interpolation,
            mean=_pixels(described["mean"]),
            std=_pixels(described["std"]),
            crop="whole_pixels",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"'{name}': photos are prepared in a way that is not known here: {error}"
        ) from error


def _side(size: Any) -> int:
    height, width = (size, size) if isinstance(size, int) else size
    if height != width:
        raise ValueError(f"{height} × {width} pixels are no square")
    return int(height)


def _pixels(shares: Any) -> tuple[float, float, float]:
    # Rounded, so that 0.485 becomes 123.675 and not 123.67499999999998.
    red, green, blue = (round(share * LARGEST_PIXEL, 6) for share in shares)
    return red, green, blue

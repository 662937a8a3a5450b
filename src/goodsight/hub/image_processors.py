"""A published `preprocessor_config.json` -> our preprocessing, step for step.

The steps, in this order: resize, centre crop, rescale, normalise. What is not written there is
the processor's own default, as transformers has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from goodsight.core.errors import ModelError
from goodsight.core.model_card import Preprocessing

__all__ = ["preprocessing_of"]

Triple = tuple[float, float, float]
CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
HALF = (0.5, 0.5, 0.5)
ENDINGS = ("ImageProcessorFast", "ImageProcessorPil", "ImageProcessor", "FeatureExtractor")
# Pillow's numbers. Our other ways of resizing have no counterpart there, and vice versa.
RESAMPLING = {1: "lanczos", 2: "bilinear", 3: "bicubic"}


@dataclass(frozen=True, slots=True)
class _Processor:
    """A kind of processor, by what it does unless told otherwise."""

    resample: int
    mean: Triple
    std: Triple
    by_shortest: bool
    crops: bool


_LIKE_CLIP = _Processor(3, CLIP_MEAN, CLIP_STD, by_shortest=True, crops=True)
_PROCESSORS: Mapping[str, _Processor] = {
    "CLIP": _LIKE_CLIP,
    "ChineseCLIP": _LIKE_CLIP,
    "Bit": _LIKE_CLIP,
    "Siglip": _Processor(3, HALF, HALF, by_shortest=False, crops=False),
    "ViT": _Processor(2, HALF, HALF, by_shortest=False, crops=False),
    "DINOv3ViT": _Processor(2, IMAGENET_MEAN, IMAGENET_STD, by_shortest=False, crops=False),
}
DEFAULT_SIDE = 224


def preprocessing_of(document: Mapping[str, Any]) -> Preprocessing:
    """The preprocessing a processor's settings describe.

    Raises ModelError for processors and steps that have no counterpart here.
    """
    # Newer files hold the processors of photos and texts side by side.
    inner = document.get("image_processor")
    values: Mapping[str, Any] = inner if isinstance(inner, dict) else document
    kind, processor = _kind(values)
    if not values.get("do_resize", True):
        raise ModelError(f"{kind}: photos are not resized, so they have no size in common")
    resize, resize_size = _size(kind, processor, values)
    input_size = resize_size
    if values.get("do_center_crop", processor.crops):
        input_size = _crop(values)
    elif resize == "short_side":
        raise ModelError(f"{kind}: photos keep their shape, so they have no size in common")
    if input_size > resize_size:
        raise ModelError(f"{kind}: it cuts out {input_size} pixels of {resize_size}")
    mean, std = _normalisation(processor, values)
    return Preprocessing(
        input_size=input_size,
        resize_size=resize_size,
        resize=resize,
        interpolation=_interpolation(kind, processor, values),
        mean=mean,
        std=std,
        crop="whole_pixels",
    )


def _kind(values: Mapping[str, Any]) -> tuple[str, _Processor]:
    named = str(values.get("image_processor_type") or values.get("feature_extractor_type") or "")
    stem = next((named.removesuffix(end) for end in ENDINGS if named.endswith(end)), named)
    if stem not in _PROCESSORS:
        raise ModelError(
            f"photos are prepared by '{named[:100]}', which is not known here; known are"
            f" {', '.join(_PROCESSORS)}: make a model folder, see docs/models.md"
        )
    if values.get("do_pad") or values.get("do_flip_channel_order"):
        raise ModelError(
            f"{named}: it pads photos or turns their channels, which is not known here"
        )
    return named, _PROCESSORS[stem]


def _size(kind: str, processor: _Processor, values: Mapping[str, Any]) -> tuple[str, int]:
    match values.get("size", DEFAULT_SIDE):
        case {"shortest_edge": int(side), **others} if not others.get("longest_edge"):
            return "short_side", side
        case {"height": int(height), "width": int(width)} if height == width:
            return "squash", height
        case int(side):
            return ("short_side" if processor.by_shortest else "squash"), side
    raise ModelError(f"{kind}: its size is neither a square nor a shortest edge")


def _crop(values: Mapping[str, Any]) -> int:
    match values.get("crop_size", DEFAULT_SIDE):
        case {"height": int(height), "width": int(width)} if height == width:
            return height
        case int(side):
            return side
    raise ModelError("what it cuts out of a photo is no square")


def _interpolation(kind: str, processor: _Processor, values: Mapping[str, Any]) -> str:
    number = values.get("resample", processor.resample)
    if number not in RESAMPLING:
        raise ModelError(f"{kind}: resample {number!r} is not one of {sorted(RESAMPLING)}")
    return RESAMPLING[number]


def _normalisation(processor: _Processor, values: Mapping[str, Any]) -> tuple[Triple, Triple]:
    """Mean and standard deviation for pixels of 0…255: the rescaling is part of them."""
    mean, std = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    if values.get("do_normalize", True):
        mean = _triple(values, "image_mean", processor.mean)
        std = _triple(values, "image_std", processor.std)
    factor = 1.0
    if values.get("do_rescale", True):
        factor = values.get("rescale_factor", 1 / 255)
    if not isinstance(factor, (int, float)) or not 0 < factor <= 1:
        raise ModelError(f"rescale_factor {factor!r} is no number up to 1")
    first, second, third = ((m / factor, s / factor) for m, s in zip(mean, std, strict=True))
    return (first[0], second[0], third[0]), (first[1], second[1], third[1])


def _triple(values: Mapping[str, Any], key: str, default: Triple) -> Triple:
    match values.get(key, default):
        case (int() | float() as first, int() | float() as second, int() | float() as third):
            return float(first), float(second), float(third)
        case [int() | float() as first, int() | float() as second, int() | float() as third]:
            return float(first), float(second), float(third)
    raise ModelError(f"{key} is no list of three numbers")

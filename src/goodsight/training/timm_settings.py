"""How timm says that photos are prepared, as Goodsight says it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from goodsight.core.errors import ModelError
from goodsight.core.types import Preprocessing
from goodsight.encoders.preprocessing import INTERPOLATIONS

__all__ = ["preprocessing_of"]

# timm's pixels are 0..1, Goodsight's 0..255.
LARGEST_PIXEL = 255
RESIZES = {"center": "short_side", "squash": "squash", "border": "pad"}


def preprocessing_of(described: Mapping[str, Any]) -> Preprocessing:
    """The preprocessing of a `pretrained_cfg`, as in timm's evaluation.

    timm resizes to `input_size / crop_pct`, rounded down, and cuts out the middle. Raises
    ModelError for what Goodsight's preprocessing cannot do.
    """
    channels, height, width = described["input_size"]
    if channels != 3 or height != width:
        raise ModelError(
            f"the network takes {channels} channels of {height} × {width} pixels; only three of a"
            " square can be prepared"
        )
    crop = described.get("crop_mode") or "center"
    if crop not in RESIZES:
        raise ModelError(f"the network's crop '{crop}' is unknown; known: {', '.join(RESIZES)}")
    interpolation = described.get("interpolation") or "bicubic"
    if interpolation not in INTERPOLATIONS:
        raise ModelError(
            f"the network's interpolation '{interpolation}' is unknown; known:"
            f" {', '.join(INTERPOLATIONS)}"
        )
    return Preprocessing(
        input_size=height,
        resize_size=math.floor(height / (described.get("crop_pct") or 1)),
        resize=RESIZES[crop],
        interpolation=interpolation,
        mean=_pixels(described["mean"]),
        std=_pixels(described["std"]),
        crop="whole_pixels",
    )


def _pixels(shares: Any) -> tuple[float, float, float]:
    # Rounded, so that 0.485 becomes 123.675 and not 123.67499999999998.
    red, green, blue = (round(share * LARGEST_PIXEL, 6) for share in shares)
    return red, green, blue

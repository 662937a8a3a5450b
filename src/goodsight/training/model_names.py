"""Names of models that are trained: such as hold anywhere, and such as others are called after."""

from __future__ import annotations

import re
from pathlib import Path

from goodsight.encoders import BUNDLED
from goodsight.training.open_clip_networks import OPEN_CLIP
from goodsight.training.timm_networks import TIMM

__all__ = ["lasting_name", "short_name"]

# Two of them and what is between make a name that a library takes.
LONGEST = 45


def lasting_name(model: str) -> str:
    """The name as it holds in every folder: that of a published model with its whole path."""
    is_folder = not _is_named(model) and Path(model).is_dir()
    return str(Path(model).resolve()) if is_folder else model


def short_name(model: str) -> str:
    """What models made from it are called after: letters, digits, dots and dashes, at most 45."""
    own = model if _is_named(model) else Path(model).resolve().name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", own)[:LONGEST].strip("-._") or "network"


def _is_named(model: str) -> bool:
    return model in BUNDLED or model.startswith((TIMM, OPEN_CLIP))

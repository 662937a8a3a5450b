"""A network as it was found somewhere, with what has to be known of it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from goodsight.core.types import Preprocessing
from goodsight.training.new_folder import Origin

__all__ = ["NOT_STATED", "NamedNetwork"]

# The licence of weights of which nobody told it.
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class NamedNetwork:
    """`network` takes photos float32 (n, 3, s, s), prepared as `preprocessing` says.

    It gives features (n, d), a map (n, c, h, w), or both; see `tracing.outputs_of`.
    """

    network: nn.Module
    preprocessing: Preprocessing
    origin: Origin

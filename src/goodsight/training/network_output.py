"""The features among what a network gives."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

__all__ = ["features_in", "photos_features"]

PHOTOS_AT_ONCE = 32


def photos_features(network: nn.Module, pixels: NDArray[np.float32]) -> Tensor:
    """Features (n, d) of prepared photos (n, 3, s, s), on the CPU, without learning."""
    device = next(network.parameters()).device
    found = []
    with torch.inference_mode():
        for start in range(0, len(pixels), PHOTOS_AT_ONCE):
            part = torch.from_numpy(pixels[start : start + PHOTOS_AT_ONCE])
            part = part.to(device, memory_format=torch.channels_last)
            found.append(features_in(network(part)).float().cpu())
    return torch.cat(found)


def features_in(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    """The features among what a network gives; of a map alone its mean."""
    found = output if isinstance(output, tuple) else (output,)
    for value in found:
        if value.ndim == 2:
            return value
    return found[0].mean((2, 3))

"""What an optimiser of Adam's kind keeps beside each weight, as tensors by name and back."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

__all__ = ["adam_tensors", "restore_adam"]

MOMENTS = ("exp_avg", "exp_avg_sq")


def adam_tensors(
    optimizer: torch.optim.Optimizer, weights: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The weights and what belongs to them, on the CPU; zeros before the first step."""
    found = {}
    for name, weight in weights.items():
        state = optimizer.state.get(weight, {})
        found[name] = weight.detach().cpu()
        for part in MOMENTS:
            found[f"{name}.{part}"] = state.get(part, torch.zeros_like(weight)).cpu()
        found[f"{name}.step"] = torch.as_tensor(state.get("step", 0.0)).float().cpu()
    return found


def restore_adam(
    optimizer: torch.optim.Optimizer, weights: Mapping[str, Tensor], found: Mapping[str, Tensor]
) -> None:
    """Give the weights and the optimiser what `adam_tensors` told."""
    for name, weight in weights.items():
        with torch.no_grad():
            weight.copy_(found[name])
        optimizer.state[weight] = {
            "step": found[f"{name}.step"],
            **{part: found[f"{name}.{part}"].to(weight.device) for part in MOMENTS},
        }

"""A network's parts from the photo upward, whatever kind of network it is.

Layer-wise rates and "the last stages only" need an order: lower parts see edges and colours and
are best left alone, upper ones see things (Howard and Ruder, "Universal Language Model
Fine-tuning for Text Classification", ACL 2018, sections 3.2 and 3.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeAlias

import torch
from torch import Tensor, nn

from goodsight.core.errors import ModelError

__all__ = ["Stage", "keep_used", "stages_of"]

Part: TypeAlias = nn.Module | nn.Parameter
Stage: TypeAlias = tuple[Part, ...]

# A part with a larger share of the weights is looked into.
LARGEST_SHARE = 0.5
# One with a smaller share, a norm or a position table, goes with the part behind it.
SMALLEST_SHARE = 0.01
PROBED_PHOTOS = 2


def keep_used(network: nn.Module, side: int) -> None:
    """Freeze the weights that photos of `side` pixels do not go through, for good.

    They may be of another tower, or be there for training from nothing: a mask, a temperature.
    Where a gradient arrives is found by running the network on two photos. Raises ModelError.
    """
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    photos = torch.rand((PROBED_PHOTOS, 3, side, side), generator=torch.Generator().manual_seed(0))
    modes = [(part, part.training) for part in network.modules()]
    network.eval()
    try:
        found = network(photos)
        outputs = found if isinstance(found, tuple) else (found,)
        total = torch.stack([output.square().sum() for output in outputs]).sum()
        gradients = torch.autograd.grad(total, weights, allow_unused=True)
    except Exception as error:  # a network may raise anything
        raise ModelError(f"the network cannot be trained with {side} pixels: {error}") from error
    finally:
        for part, mode in modes:
            part.training = mode
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.requires_grad_(gradient is not None)


def stages_of(network: nn.Module) -> tuple[Stage, ...]:
    """The parts of a network that has weights to train, in the order it lists them.

    A part that holds most of the weights is taken apart into its own parts: the blocks of a
    transformer, the stages of a convolutional network. Every weight that can be trained is in
    one stage, and in one only.
    """
    total = _size(network)
    stages: list[Stage] = []
    waiting: Stage = ()
    for part in _parts(network, total):
        waiting = (*waiting, part)
        if sum(map(_size, waiting)) >= SMALLEST_SHARE * total:
            stages.append(waiting)
            waiting = ()
    if waiting and stages:
        stages[-1] = (*stages[-1], *waiting)
    elif waiting:
        stages.append(waiting)
    return tuple(stages)


def _parts(network: nn.Module, total: int) -> Iterator[Part]:
    for weight in network.parameters(recurse=False):
        if weight.requires_grad:
            yield weight
    for child in network.children():
        size = _size(child)
        if size > LARGEST_SHARE * total and _is_made_of_parts(child):
            yield from _parts(child, total)
        elif size:
            yield child


def _is_made_of_parts(module: nn.Module) -> bool:
    return any(True for _ in module.children())


def _size(part: Part) -> int:
    weights: Collection[Tensor] = [part] if isinstance(part, nn.Parameter) else [*part.parameters()]
    return sum(weight.numel() for weight in weights if weight.requires_grad)

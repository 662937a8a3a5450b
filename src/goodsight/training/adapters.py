"""Adapters of low rank: a transformer learns through a few numbers beside its frozen weights.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022. To each linear layer W
a product B·A of rank r is added, of which B begins at zero; once trained it is added up into W,
and what is exported has no trace of it. The layers are those of the package `peft`.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from goodsight.core.errors import MissingExtra, ModelError, UsageError

__all__ = ["MAX_RANK", "add_adapters", "without_adapters"]

MAX_RANK = 256
# Adapters count B·A times this, whatever the rank: the usual choice, alpha = 2 r.
SCALE = 2
PAST_LAYERS = (nn.MultiheadAttention, nn.TransformerEncoderLayer)
# Of all weights. Below it is a convolutional network, most of which would stay as it is.
LEAST_LINEAR_SHARE = 0.1


def add_adapters(network: nn.Module, rank: int) -> None:
    """Put adapters into every linear layer that can be trained, and freeze all other weights.

    The network gives what it gave until it is trained. The same adapters each time. Raises
    UsageError for a network that is hardly made of linear layers and for ranks beyond 1 to
    `MAX_RANK`, MissingExtra.
    """
    if not 1 <= rank <= MAX_RANK:
        raise UsageError(f"LoRA of rank {rank}: 1 to {MAX_RANK}")
    layers = _linear_layers(network)
    linear = sum(layer.weight.numel() for layer in layers.values())
    total = sum(weight.numel() for weight in network.parameters() if weight.requires_grad)
    if not layers or linear < LEAST_LINEAR_SHARE * total:
        raise UsageError(
            f"LoRA is for transformers: of this network's {total:,} weights {linear:,} are in"
            " linear layers; train its last stages instead"
        )
    peft = _peft()
    settings = peft.LoraConfig(
        r=rank, lora_alpha=SCALE * rank, target_modules=list(layers), bias="none"
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        peft.inject_adapter_in_model(settings, network)


def without_adapters(network: nn.Module) -> nn.Module:
    """The network with its adapters added up into its weights; a copy, the same where it has none.

    Raises ModelError where adapters hold what is no number.
    """
    layers = [name for name, part in network.named_modules() if _is_adapted(part)]
    if not layers:
        return network
    plain = copy.deepcopy(network)
    for name in layers:
        layer: Any = plain.get_submodule(name)
        try:
            layer.merge(safe_merge=True)
        except ValueError as error:
            raise ModelError(f"the adapter of '{name}' holds what is no number") from error
        parent, _, own = name.rpartition(".")
        setattr(plain.get_submodule(parent), own, layer.get_base_layer())
    return plain


def _linear_layers(network: nn.Module) -> dict[str, nn.Linear]:
    """By their names; not those whose weights PyTorch's own attention reads past the layer."""
    inside = [f"{name}." for name, part in network.named_modules() if isinstance(part, PAST_LAYERS)]
    return {
        name: part
        for name, part in network.named_modules()
        if isinstance(part, nn.Linear)
        and part.weight.requires_grad
        and not name.startswith(tuple(inside))
    }


def _is_adapted(part: nn.Module) -> bool:
    # By what it has, so that networks without adapters do not need the package.
    return hasattr(part, "lora_A") and hasattr(part, "get_base_layer")


def _peft() -> Any:
    try:
        import peft
    except ModuleNotFoundError as error:
        raise MissingExtra("training with LoRA", extra="tune") from error
    return peft

"""What training makes small: losses of pytorch-metric-learning, by name.

===============  ==========================================================================
cosface          Wang et al., "CosFace: Large Margin Cosine Loss", CVPR 2018
arcface          Deng et al., "ArcFace: Additive Angular Margin Loss", CVPR 2019
proxy-anchor     Kim et al., "Proxy Anchor Loss for Deep Metric Learning", CVPR 2020
supcon           Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020
===============  ==========================================================================

The first three keep a vector for each group; they suit catalogues of some thousand products.
The last compares the rows of a batch with each other; where a group is one photo and its views,
it is the contrastive loss of self-supervised learning.
"""

from __future__ import annotations

from enum import StrEnum

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodsight.core.errors import MissingExtra

__all__ = ["LossName", "group_weights", "make_loss"]

# Chosen on the grocery photos: docs/decisions/0031.
MARGIN = 0.2
SCALE = 16.0
# pytorch-metric-learning wants ArcFace's margin in degrees.
MARGIN_DEGREES = 11.5
PROXY_MARGIN = 0.1
PROXY_SCALE = 16.0
TEMPERATURE = 0.1


class LossName(StrEnum):
    """The losses by the names that settings use."""

    COSFACE = "cosface"
    ARCFACE = "arcface"
    PROXY_ANCHOR = "proxy-anchor"
    SUPCON = "supcon"


def make_loss(name: LossName, groups: int, dimension: int) -> nn.Module:
    """A loss of vectors (n, dimension) and their groups int64 (n,), numbered below `groups`.

    Raises MissingExtra without pytorch-metric-learning.
    """
    try:
        from pytorch_metric_learning import losses
    except ImportError as error:
        raise MissingExtra("tuning", extra="tune") from error
    if name is LossName.COSFACE:
        return losses.CosFaceLoss(groups, dimension, margin=MARGIN, scale=SCALE)
    if name is LossName.ARCFACE:
        return losses.ArcFaceLoss(groups, dimension, margin=MARGIN_DEGREES, scale=SCALE)
    if name is LossName.PROXY_ANCHOR:
        return losses.ProxyAnchorLoss(groups, dimension, margin=PROXY_MARGIN, alpha=PROXY_SCALE)
    return losses.SupConLoss(temperature=TEMPERATURE)


def group_weights(loss: nn.Module, vectors: Tensor, groups: Tensor) -> None:
    """Let the loss begin with the mean vector of each group, where it keeps one."""
    for name, weights in loss.named_parameters():
        columns = name == "W"
        count = weights.shape[1] if columns else weights.shape[0]
        sums = torch.zeros(count, vectors.shape[1], device=vectors.device)
        sums.index_add_(0, groups, functional.normalize(vectors, dim=1))
        means = functional.normalize(sums, dim=1)
        with torch.no_grad():
            weights.copy_(means.T if columns else means)

"""What a network is trained for: that photos of one product lie together."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from goodsight.core.types import FloatArray
from goodsight.training.losses import LossName, group_weights, make_loss

__all__ = ["ProductObjective", "seen"]

# Below it the square root is too steep to learn through.
LEAST_FEATURE = 1e-6


def seen(features: Tensor, rooted: bool) -> Tensor:
    """Features (n, d) conditioned as they are searched: rooted or not, of norm 1."""
    values = features.clamp_min(LEAST_FEATURE).sqrt() if rooted else features
    return functional.normalize(values, dim=1)


class ProductObjective(nn.Module):  # type: ignore[misc]  # the base install has no torch to check with
    """Photos of a product lie near its own vector, and far from those of the others.

    The products' vectors begin as the means of their photos, and are learnt too.
    """

    def __init__(
        self, loss: LossName, products: NDArray[np.int64], features: FloatArray, *, rooted: bool
    ) -> None:
        """`products` int64 (m,) of the photos, numbered from 0; their features (m, d) now."""
        super().__init__()
        count = int(products.max()) + 1
        self.loss = make_loss(loss, count, features.shape[1])
        self.rooted = rooted
        self.register_buffer("products", torch.from_numpy(products.copy()), persistent=False)
        vectors = seen(torch.from_numpy(features), rooted)
        with torch.no_grad():
            # All photos share a part, which tells nothing apart.
            group_weights(self.loss, vectors - vectors.mean(0), self.products)

    def forward(self, features: Tensor, rows: Tensor) -> Tensor:
        """The loss of features (n, d) of the photos of these numbers."""
        found: Tensor = self.loss(seen(features, self.rooted), self.products[rows])
        return found

    def nearest(self, features: Tensor) -> Tensor:
        """The product whose vector is nearest, int64 (n,)."""
        [(name, vectors)] = list(self.loss.named_parameters())
        vectors = vectors.detach().to(features.device)
        across = functional.normalize(vectors if name == "W" else vectors.T, dim=0)
        return (seen(features, self.rooted) @ across).argmax(1)

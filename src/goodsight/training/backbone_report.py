"""How a network itself is trained on a shop's photos."""

from __future__ import annotations

from dataclasses import dataclass

from goodsight.core.errors import UsageError
from goodsight.core.projecting import MAX_DIMENSION
from goodsight.training.losses import LossName

__all__ = ["BackboneSettings"]

# Those that keep a vector for each product: batches of a network are too small for the others.
LOSSES = (LossName.COSFACE, LossName.ARCFACE, LossName.PROXY_ANCHOR)


@dataclass(frozen=True, slots=True)
class BackboneSettings:
    """How a network is trained.

    `stages` is the share of its stages that learn, the upper ones; the lower ones stay as they
    are. Each stage below the uppermost learns at `decay` times the rate of the one above it.
    After `epochs` epochs without the photos kept aside, `finishing` of them more follow with
    all photos. `dimension` is the most numbers that a vector has. The same seed gives the same
    network, on the same machine.
    """

    epochs: int = 8
    finishing: float = 0.5
    batch: int = 32
    rate: float = 3e-4
    decay: float = 0.8
    stages: float = 0.6
    dimension: int = 256
    loss: LossName = LossName.COSFACE
    seed: int = 0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch < 2:
            raise UsageError("a network is trained for 1 epoch or more, 2 photos or more at once")
        if not 1 <= self.dimension <= MAX_DIMENSION:
            raise UsageError(f"a vector has 1 to {MAX_DIMENSION} numbers, not {self.dimension}")
        if self.loss not in LOSSES:
            raise UsageError(
                f"loss {self.loss} needs more photos at once than a network can be trained with:"
                f" one of {', '.join(LOSSES)}"
            )

    @property
    def finishing_epochs(self) -> int:
        """How many epochs follow with all photos."""
        return max(1, round(self.finishing * self.epochs))

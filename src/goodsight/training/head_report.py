"""What a run of head training is asked for, tells while it runs, and comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import UsageError
from goodsight.core.projecting import MAX_DIMENSION, Projection
from goodsight.training.losses import LossName
from goodsight.training.splitting import Split

__all__ = [
    "Chosen",
    "CurvePoint",
    "Gain",
    "HeadProgress",
    "HeadSettings",
    "Stage",
    "TrainedHead",
]


class Stage(StrEnum):
    """The head is trained twice: without what it is judged by, then with everything."""

    TRIAL = "trial"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """How a head is trained.

    `dimension` is the most that its vectors have. Training stops after `patience` epochs in a
    row that were no better. `noise` is a share of how much the photos of one product scatter.
    `pull` draws the head back to where it began. The same seed gives the same head.
    """

    loss: LossName = LossName.COSFACE
    epochs: int = 30
    patience: int = 8
    dimension: int = 256
    rate: float = 3e-4
    noise: float = 0.5
    pull: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.dimension <= MAX_DIMENSION:
            raise UsageError(f"a head has 1 to {MAX_DIMENSION} dimensions, not {self.dimension}")
        if self.epochs < 0 or self.patience < 1:
            raise UsageError("a head is trained for 0 epochs or more, with a patience of 1 or more")


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Where training was after an epoch.

    `recall` is the recall@1 of what was kept aside, the mean of both kinds; None where nothing
    was. Epoch 0 is before training; its loss is None.
    """

    stage: Stage
    epoch: int
    loss: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class HeadProgress:
    """A point of the curve as it is reached, of `epochs` at most, and about how long is left."""

    point: CurvePoint
    epochs: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Gain:
    """For each photo asked with, bool (n,), whether its product came first; before and after."""

    untuned: NDArray[np.bool_]
    tuned: NDArray[np.bool_]

    @property
    def queries(self) -> int:
        """How many photos were asked with."""
        return len(self.tuned)

    @property
    def recalls(self) -> tuple[float, float]:
        """recall@1 before and after; 0 where nothing was asked."""
        if not self.queries:
            return 0.0, 0.0
        return float(self.untuned.mean()), float(self.tuned.mean())


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen on the photos kept aside.

    `share` is how much of the trained head is in the vectors: 0 is what the catalogue learns
    by itself, 1 the head alone; `views` tells whether views were learnt from. `epochs` 0 is
    the head before training.
    """

    epochs: int
    share: float
    views: bool
    dimension: int


@dataclass(frozen=True, slots=True)
class TrainedHead:
    """A head, and what shows whether it is any good.

    `projection` is learnt from all examples, `trial` without what was kept aside: `known` and
    `unknown` judge the trial, with photos of products it knows and of others. `untuned` is
    what the catalogue learns without training, from the same photos as `trial`. Each is None
    where it is the encoder's own space.
    """

    projection: Projection | None
    trial: Projection | None
    untuned: Projection | None
    split: Split
    known: Gain
    unknown: Gain
    curve: tuple[CurvePoint, ...]
    chosen: Chosen

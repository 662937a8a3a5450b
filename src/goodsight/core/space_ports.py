"""What the core needs of a store to learn a space and to switch to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from goodsight.core.calibrating import Calibration
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.types import Metric

__all__ = ["ActiveSpace", "LearntFrom", "SpaceKeeper"]

Calibrations = Mapping[Metric, Calibration]


@dataclass(frozen=True, slots=True)
class LearntFrom:
    """What a collection holds, and held when its space was last learnt: photos, products."""

    photos: int
    learnt_photos: int | None


@dataclass(frozen=True, slots=True)
class ActiveSpace:
    """The space a collection is searched in.

    `encoder_space` is the encoder's own; the two differ where a projection follows.
    """

    space: str
    encoder_space: str
    projection: Projection | None = None
    calibrations: Calibrations = field(default_factory=dict)


class SpaceKeeper(Protocol):
    """One collection's space, looked at and replaced."""

    def active_space(self) -> ActiveSpace:
        """The space in use. Raises CollectionNotFound."""
        ...

    def learnt_from(self) -> LearntFrom:
        """How many photos there are, and were when the space was learnt."""
        ...

    def feature_batches(self) -> Iterator[FeatureBatch]:
        """All raw features, photos of one product together; for fitting."""
        ...

    def switch_space(self, projection: Projection | None, calibrations: Calibrations) -> str:
        """Give every photo its vector in the new space, then search there; its fingerprint.

        None goes back to the encoder's own space. Searches go on in the old space until one
        atomic step; an interruption before it changes nothing. Durable when this returns.
        """
        ...

    def keep_calibrations(self, calibrations: Calibrations) -> None:
        """Put these in the place of the active space's. Durable when this returns."""
        ...

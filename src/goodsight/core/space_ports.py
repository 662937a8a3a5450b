"""What the core needs of a store to learn a space and to switch to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from goodsight.core.calibrating import Calibration
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.types import Metric

__all__ = [
    "ActiveSpace",
    "FormerSpaces",
    "IndexChange",
    "KeptSpace",
    "LearntFrom",
    "SpaceKeeper",
]

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

    def switch_space(
        self,
        projection: Projection | None,
        calibrations: Calibrations,
        *,
        keep_former: bool = False,
    ) -> str:
        """Give every photo its vector in the new space, then search there; its fingerprint.

        None goes back to the encoder's own space. Searches go on in the old space until one
        atomic step; an interruption before it changes nothing. With `keep_former` the old
        space's vectors stay, to go back to. Durable when this returns.
        """
        ...

    def keep_calibrations(self, calibrations: Calibrations) -> None:
        """Put these in the place of the active space's. Durable when this returns."""
        ...


@dataclass(frozen=True, slots=True)
class KeptSpace:
    """A space whose vectors are kept: the one in use, or a former one to go back to.

    `origin` is "encoder" for a model's own space, else that of its projection. `former` is the
    id of the space that was in use before it, where that is kept.
    """

    id: int
    space: str
    origin: str
    model: str
    dimension: int
    is_active: bool
    former: int | None
    bytes: int


class FormerSpaces(Protocol):
    """One collection's spaces that were in use before, to go back to."""

    def kept_spaces(self) -> Sequence[KeptSpace]:
        """The space in use and those kept, in the order they were made."""
        ...

    def go_to(self, space_id: int) -> str:
        """Search in a kept space from now on, in one atomic step; its fingerprint.

        Photos that came meanwhile get their vectors there first. The space in use is kept in
        turn. Raises UsageError where no such space is kept.
        """
        ...

    def go_back(self) -> str:
        """`go_to` the space that was in use before. Raises UsageError where none is kept."""
        ...

    def prune(self) -> int:
        """Drop every kept space but the one in use; how many."""
        ...


@dataclass(frozen=True, slots=True)
class IndexChange:
    """What changing the vector indexes came to.

    `kind` is "halfvec" or "binary". Bytes are those of the indexes; recalls are the shares of
    the exact first ten that a search finds, for a sample of the catalogue's own photos.
    `is_indexed` is False where the catalogue is too small for an index.
    """

    kind: str
    is_indexed: bool
    bytes_before: int
    bytes_after: int
    recall_before: float
    recall_after: float

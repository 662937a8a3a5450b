"""What a tuning run is, as it is recorded and shown."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from goodsight.core.gating import Verdict

__all__ = [
    "ChangedQuery",
    "CurvePoint",
    "FoundProduct",
    "OpenRun",
    "TunedModel",
    "TuningRecord",
    "TuningRun",
    "TuningRuns",
    "TuningStatus",
]


class TuningStatus(StrEnum):
    """What became of a run. One that is `RUNNING` without a process can be resumed."""

    RUNNING = "running"
    SWITCHED = "switched"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One epoch of training: mean loss, and recall@1 on photos held back for choosing."""

    epoch: int
    loss: float
    recall: float


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """What a query found first."""

    product_id: str
    title: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class ChangedQuery:
    """A photo of the catalogue that one model finds its product with and the other does not."""

    content_hash: str
    product_id: str
    title: str
    before: FoundProduct
    after: FoundProduct

    @property
    def is_gain(self) -> bool:
        """Whether the new model is the one that is right."""
        return self.after.product_id == self.product_id


@dataclass(frozen=True, slots=True)
class TunedModel:
    """The card of what was tuned.

    `data` is a fingerprint of the photos and products it was trained on, `space` of the
    vectors it makes, `base_space` of the encoder's it follows.
    """

    space: str
    base_space: str
    base_model: str
    dimension: int
    photos: int
    products: int
    data: str
    licence: str


@dataclass(frozen=True, slots=True)
class TuningRecord:
    """All that is told of a run; `settings` are names and values, in the order of the loop.

    `gains` and `losses` count the queries that only one model answers rightly, None in records
    of an earlier version; `changed` are some of them to look at.
    """

    settings: tuple[tuple[str, str], ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    verdict: Verdict | None = None
    model: TunedModel | None = None
    changed: tuple[ChangedQuery, ...] = field(default=())
    reason: str = ""
    gains: int | None = None
    losses: int | None = None


@dataclass(frozen=True, slots=True)
class TuningRun:
    """A run with its place in the store.

    `space_id` is the kept space it came to, None where it came to none or that was pruned;
    `forced` tells that it was switched to against the verdict.
    """

    id: int
    method: str
    status: TuningStatus
    started_at: datetime
    finished_at: datetime | None
    forced: bool
    space_id: int | None
    record: TuningRecord


class OpenRun(Protocol):
    """A run that goes on."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    def record(self, record: TuningRecord) -> None:
        """Keep what is known of the run by now."""
        ...

    def finish(self, status: TuningStatus, record: TuningRecord, *, forced: bool = False) -> None:
        """Close the run. A switched run is tied to the space in use."""
        ...


class TuningRuns(Protocol):
    """One collection's tuning runs, recorded."""

    def begin(self, method: str) -> AbstractContextManager[OpenRun]:
        """A new run; one that is left without being finished has failed.

        The error it is left by is its reason; what was recorded of it stays.

        Runs whose process died become interrupted. Raises CollectionNotFound, and StoreError
        while another process tunes the collection.
        """
        ...

    def runs(self, limit: int = 50) -> Sequence[TuningRun]:
        """The latest runs, newest first."""
        ...

    def run(self, run_id: int) -> TuningRun | None:
        """The run of this number, if the collection has it."""
        ...

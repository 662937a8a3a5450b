"""What owners see of the models a collection is, was and could be searched with."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from goodsight.core.tuning import TuningStatus
from goodsight.service.schemas.owner import NamedProduct

__all__ = [
    "SpaceInUse",
    "SpaceList",
    "SpacesDropped",
    "TuningRunAnswer",
    "TuningRunList",
]


class SpaceAnswer(BaseModel):
    """A space that is kept; `former` is the id of the one in use before it."""

    id: int
    space: str
    origin: Literal["encoder", "catalogue", "tuned"]
    model: str
    dimension: int
    is_active: bool
    former: int | None
    bytes: int


class SpaceList(BaseModel):
    """The space in use and those kept, in the order they were made."""

    spaces: list[SpaceAnswer]


class SpaceInUse(BaseModel):
    """The fingerprint of the space that is searched in from now on."""

    space: str


class SpacesDropped(BaseModel):
    """How many kept spaces are gone."""

    dropped: int


class ComparisonAnswer(BaseModel):
    """Both models on the same queries; `low` to `high` is the difference's 95 % interval."""

    suite: str
    category: str
    queries: int
    before: float | None
    after: float | None
    low: float | None
    high: float | None
    is_gain: bool
    is_loss: bool


class TuningRunSummary(BaseModel):
    """A tuning run as a list shows it.

    `before` and `after` are recall@1 of the first comparison; `gains` and `losses` count the
    queries that changed; `reasons` are the verdict's, `reason` what else ended the run.
    """

    id: int
    method: str
    status: TuningStatus
    started_at: str
    finished_at: str | None
    forced: bool
    space_id: int | None
    passed: bool | None
    before: float | None
    after: float | None
    reasons: list[str]
    reason: str
    comparisons: list[ComparisonAnswer]
    gains: int
    losses: int


class TuningRunList(BaseModel):
    """A collection's latest tuning runs, newest first."""

    runs: list[TuningRunSummary]


class SettingAnswer(BaseModel):
    """A setting of a run."""

    name: str
    value: str


class CurvePointAnswer(BaseModel):
    """An epoch; a figure that was no number is null."""

    epoch: int
    loss: float | None
    recall: float | None


class TunedModelAnswer(BaseModel):
    """The card of what was tuned."""

    space: str
    base_space: str
    base_model: str
    dimension: int
    photos: int
    products: int
    data: str
    licence: str


class ChangedQueryAnswer(BaseModel):
    """A photo of `product`, and what each model found with it first."""

    product: NamedProduct
    before: NamedProduct
    after: NamedProduct
    is_gain: bool


class TuningRunAnswer(TuningRunSummary):
    """A tuning run with all that was recorded of it."""

    settings: list[SettingAnswer]
    curve: list[CurvePointAnswer]
    model: TunedModelAnswer | None
    changed: list[ChangedQueryAnswer]

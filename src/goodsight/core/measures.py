"""What an evaluation found out, as values. Shares and means are in 0…1, times in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from goodsight.core.judgements import WrongAnswer
from goodsight.core.reliability import ReliabilityBin
from goodsight.core.resampling import Interval
from goodsight.core.types import Skip

__all__ = [
    "CategoryFigures",
    "DisturbanceFigures",
    "Evaluation",
    "EvaluationMode",
    "LeftOut",
    "MissedProduct",
    "SelfCheck",
    "StageFigures",
    "UnknownFigures",
]


class EvaluationMode(StrEnum):
    """Where the queries came from."""

    LABELLED = "labelled"
    LEAVE_ONE_OUT = "leave-one-out"
    SELF_CHECK = "self-check"


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """Figures of the queries whose right product is in one category.

    `ci95` maps "recall@1" and its kin to (low, high); it is empty for too few products.
    """

    queries: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    ci95: Mapping[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnknownFigures:
    """How well the best score tells unknown queries from known; None without both kinds."""

    queries: int
    auroc: float | None


@dataclass(frozen=True, slots=True)
class StageFigures:
    """Milliseconds one stage took: half of the queries at most `p50`, 19 of 20 at most `p95`."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class MissedProduct:
    """A product that should have come first and did not.

    `queries` were asked for it and `missed` of them failed. The rest shows one such failure:
    the query photo's reference (`content_hash` where the catalogue has it), its right
    product's rank (0-based, None: not among the first 100) and what came first `instead`.
    """

    product_id: str
    title: str
    category: str
    queries: int
    missed: int
    query: str
    content_hash: str
    rank: int | None
    instead: WrongAnswer | None


@dataclass(frozen=True, slots=True)
class DisturbanceFigures:
    """Recall@1 of catalogue photos disturbed in one way."""

    name: str
    queries: int
    recall_at_1: float
    ci95: Interval


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """How the catalogue's own photos are found when they are disturbed.

    `kept` is the mean recall@1 over the disturbances as a share of `undisturbed`, None where
    nothing was found undisturbed. `photos` were asked with; of `from_thumbnails` of them the
    original is gone or has changed, and the thumbnail stood in.
    """

    undisturbed: DisturbanceFigures
    disturbances: tuple[DisturbanceFigures, ...]
    kept: float | None
    kept_ci95: Interval | None
    photos: int
    from_thumbnails: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Catalogue photos that a leave-one-out could not ask with, or did not.

    `only_photo`: their product has no other; `only_shots`: all others are near-duplicates;
    `no_variant`: at variant level, no variant is shown by them and by another photo;
    `not_sampled`: there were more than are asked. `near_duplicates` is how many photos were
    left out per query, on average.
    """

    only_photo: int = 0
    only_shots: int = 0
    no_variant: int = 0
    not_sampled: int = 0
    near_duplicates: float = 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures; None where nothing could be measured.

    `queries` counts known and unknown ones that were answered. `recall` maps 1, 5 and 10.
    `ci95` maps "recall@1", "mrr" and their kin to (low, high). `ece` is the expected
    calibration error of the confidences, `reliability` the table behind it. `stages` maps
    the name of a stage of the work to its times, `worst` are the products most often missed.
    """

    queries: int
    recall: Mapping[int, float | None]
    mrr: float | None
    ndcg_at_10: float | None
    ci95: Mapping[str, Interval]
    per_category: Mapping[str, CategoryFigures]
    unknown: UnknownFigures
    ece: float | None
    failed: tuple[Skip, ...]
    space: str
    mode: EvaluationMode = EvaluationMode.LABELLED
    reliability: tuple[ReliabilityBin, ...] = ()
    stages: Mapping[str, StageFigures] = field(default_factory=dict)
    worst: tuple[MissedProduct, ...] = ()
    left_out: LeftOut | None = None
    self_check: SelfCheck | None = None

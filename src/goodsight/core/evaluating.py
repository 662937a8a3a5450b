"""evaluate(): labelled queries -> figures.

A query names the products (or variants) that would be right answers; `unknown` queries show
something that is not in the catalogue. Products count once however many photos they have.

Recall@k here is the share of queries with a right answer among the first k, as the
instance-retrieval literature uses the word; with several right answers it is the hit rate.
nDCG follows Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques",
ACM TOIS 20 (2002), with binary gains. Intervals are percentile bootstrap intervals over
queries. AUROC is the chance that a known query's best score exceeds an unknown one's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import InputError, UsageError
from goodsight.core.types import Hit, Product, Results, Skip

__all__ = [
    "DEPTH",
    "CategoryFigures",
    "Evaluation",
    "LabelledQuery",
    "Level",
    "UnknownFigures",
    "evaluate",
]

# Ranks beyond this count as not found.
DEPTH = 100
CUTOFFS = (1, 5, 10)
BOOTSTRAP_SAMPLES = 1000
CALIBRATION_BINS = 10


class Level(StrEnum):
    """What must be right: the product, or the very variant."""

    PRODUCT = "product"
    VARIANT = "variant"


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """A photo and/or a text, and the ids that are right; no ids: not in the catalogue.

    `row` is the 1-based line of the query file.
    """

    right_ids: tuple[str, ...]
    image: str | None = None
    text: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """Figures of the queries whose right product is in one category."""

    queries: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float


@dataclass(frozen=True, slots=True)
class UnknownFigures:
    """How well the best score tells unknown queries from known; None without both kinds."""

    queries: int
    auroc: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures, each in 0…1; None where nothing could be measured.

    `queries` counts known and unknown ones that were answered. `recall` maps 1, 5 and 10.
    `ci95` maps "recall@1" and its kin to (low, high). `ece` is the expected calibration
    error of the confidences, over `CALIBRATION_BINS` equal-width bins.
    """

    queries: int
    recall: Mapping[int, float | None]
    mrr: float | None
    ndcg_at_10: float | None
    ci95: Mapping[str, tuple[float, float]]
    per_category: Mapping[str, CategoryFigures]
    unknown: UnknownFigures
    ece: float | None
    failed: tuple[Skip, ...]
    space: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """One query's outcome: 0-based ranks of right hits, and what the top hit claimed."""

    ranks: tuple[int, ...]
    relevant: int
    known: bool
    category: str
    score: float
    confidence: float | None


@dataclass(slots=True)
class _Tally:
    answers: list[_Answer] = field(default_factory=list)
    failed: list[Skip] = field(default_factory=list)
    space: str = ""


def evaluate(
    queries: Iterable[LabelledQuery | Skip],
    ask: Callable[[LabelledQuery], Results],
    lookup: Callable[[Sequence[str]], Sequence[Product]],
    *,
    level: Level = Level.PRODUCT,
    progress: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """Ask every query and judge the answers.

    `ask` searches to `DEPTH` hits, `lookup` finds products by id, `progress` hears how many
    queries are done. A query that cannot be asked (a broken photo, a text no model reads)
    is listed in `failed` and left out of the figures.
    """
    tally = _Tally()
    for count, query in enumerate(queries, start=1):
        if isinstance(query, Skip):
            tally.failed.append(query)
        else:
            _ask(query, ask, lookup, level, tally)
        progress(count)
    known = [answer for answer in tally.answers if answer.known]
    first = np.array([answer.ranks[0] if answer.ranks else DEPTH for answer in known])
    return Evaluation(
        queries=len(tally.answers),
        recall={k: _recall(first, k) for k in CUTOFFS},
        mrr=_mean([1 / (answer.ranks[0] + 1) if answer.ranks else 0.0 for answer in known]),
        ndcg_at_10=_mean([_ndcg(answer, 10) for answer in known]),
        ci95={f"recall@{k}": _interval(first < k) for k in CUTOFFS} if known else {},
        per_category=_per_category(known),
        unknown=_unknown(tally.answers),
        ece=_calibration_error(known),
        failed=tuple(tally.failed),
        space=tally.space,
    )


def _ask(
    query: LabelledQuery,
    ask: Callable[[LabelledQuery], Results],
    lookup: Callable[[Sequence[str]], Sequence[Product]],
    level: Level,
    tally: _Tally,
) -> None:
    try:
        results = ask(query)
    except (InputError, UsageError) as error:
        name = query.image or query.text or ""
        tally.failed.append(Skip(name, str(error), query.row))
        return
    wanted = set(query.right_ids)
    matched = [_right_ids(hit, level) & wanted for hit in results.hits]
    ranks = tuple(rank for rank, ids in enumerate(matched) if ids)
    products = [results.hits[rank].product for rank in ranks[:1]] or lookup(query.right_ids)[:1]
    missed = wanted.difference(*matched)
    top = results.hits[0] if results.hits else None
    tally.space = results.space
    tally.answers.append(
        _Answer(
            ranks=ranks,
            relevant=len(ranks) + len(missed),
            known=bool(wanted),
            category=_category(products),
            score=top.score if top else -np.inf,
            confidence=top.confidence if top else None,
        )
    )


def _right_ids(hit: Hit, level: Level) -> set[str]:
    """The ids this hit answers to."""
    if level is Level.VARIANT and hit.product.variants:
        return set(hit.variants)
    return {hit.product.id, *(variant.id for variant in hit.product.variants)}


def _category(products: Sequence[Product]) -> str:
    paths = products[0].categories if products else ()
    return "/".join(paths[0]) if paths else ""


def _per_category(known: Sequence[_Answer]) -> dict[str, CategoryFigures]:
    groups: dict[str, list[int]] = {}
    for answer in known:
        groups.setdefault(answer.category, []).append(answer.ranks[0] if answer.ranks else DEPTH)
    return {
        name: CategoryFigures(len(ranks), *(float(np.mean(np.array(ranks) < k)) for k in CUTOFFS))
        for name, ranks in sorted(groups.items())
    }


def _unknown(answers: Sequence[_Answer]) -> UnknownFigures:
    known = np.array([_claim(answer) for answer in answers if answer.known])
    unknown = np.array([_claim(answer) for answer in answers if not answer.known])
    if not (len(known) and len(unknown)):
        return UnknownFigures(len(unknown), None)
    # Mann-Whitney: ties count one half.
    order = np.sort(unknown)
    below = np.searchsorted(order, known, side="left")
    at_most = np.searchsorted(order, known, side="right")
    return UnknownFigures(len(unknown), float((below + at_most).mean() / 2 / len(unknown)))


def _claim(answer: _Answer) -> float:
    return answer.score if answer.confidence is None else answer.confidence


def _ndcg(answer: _Answer, cutoff: int) -> float:
    gain = sum(1 / np.log2(rank + 2) for rank in answer.ranks if rank < cutoff)
    ideal = sum(1 / np.log2(rank + 2) for rank in range(min(answer.relevant, cutoff)))
    return float(gain / ideal)


def _calibration_error(known: Sequence[_Answer]) -> float | None:
    judged = [answer for answer in known if answer.confidence is not None]
    if not judged:
        return None
    confidence = np.array([answer.confidence for answer in judged], dtype=np.float64)
    right = np.array([answer.ranks[:1] == (0,) for answer in judged], dtype=np.float64)
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [abs((confidence - right)[bins == b].sum()) for b in range(CALIBRATION_BINS)]
    return float(sum(gaps) / len(judged))


def _interval(hits: NDArray[np.bool_]) -> tuple[float, float]:
    # A fixed seed: the same answers give the same interval.
    draws = np.random.default_rng(0).binomial(len(hits), hits.mean(), BOOTSTRAP_SAMPLES)
    low, high = np.percentile(draws / len(hits), [2.5, 97.5])
    return float(low), float(high)


def _recall(first: NDArray[np.int_], cutoff: int) -> float | None:
    return float((first < cutoff).mean()) if len(first) else None


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None

"""Judgements -> figures.

Recall@k here is the share of queries with a right answer among the first k, as the
instance-retrieval literature uses the word; with several right answers it is the hit rate.
nDCG follows Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques",
ACM TOIS 20 (2002), with binary gains. AUROC is the chance that a known query's best score
exceeds an unknown one's (Mann and Whitney, Annals of Mathematical Statistics 18, 1947).
Intervals are bootstrap intervals over queries, see `goodsight.core.resampling`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from goodsight.core.judgements import Judgement
from goodsight.core.measures import (
    CategoryFigures,
    Evaluation,
    EvaluationMode,
    MissedProduct,
    StageFigures,
    UnknownFigures,
)
from goodsight.core.reliability import calibration_error, reliability
from goodsight.core.resampling import Interval, group_numbers, mean_intervals
from goodsight.core.types import Skip

__all__ = ["CUTOFFS", "evaluation_of", "stage_figures", "worst_products"]

CUTOFFS = (1, 5, 10)
NDCG_CUTOFF = 10
WORST_PRODUCTS = 20
# Of fewer products nothing follows for others: drawing the same one again and again would
# show an interval of no width.
LEAST_GROUPS = 3
STAGES = ("decode", "encode", "store", "total")


def evaluation_of(
    judgements: Sequence[Judgement],
    *,
    mode: EvaluationMode,
    failed: Sequence[Skip] = (),
    space: str = "",
    stages: Mapping[str, StageFigures] | None = None,
) -> Evaluation:
    """The figures of all judgements; `stages` where the judgements hold no times themselves."""
    known = [judgement for judgement in judgements if judgement.known]
    values = _values(known)
    means = dict.fromkeys(_NAMES) if not known else dict(zip(_NAMES, values.mean(0), strict=True))
    sure = [j for j in known if j.confidence is not None]
    bins = reliability([j.confidence or 0.0 for j in sure], [j.rank == 0 for j in sure])
    return Evaluation(
        queries=len(judgements),
        recall={k: _number(means[f"recall@{k}"]) for k in CUTOFFS},
        mrr=_number(means["mrr"]),
        ndcg_at_10=_number(means["ndcg@10"]),
        ci95=_intervals(known, values, _NAMES) if known else {},
        per_category=_per_category(known, values),
        unknown=_unknown(judgements),
        ece=calibration_error(bins),
        failed=tuple(failed),
        space=space,
        mode=mode,
        reliability=bins,
        stages=stage_figures(judgements) if stages is None else stages,
        worst=worst_products(known),
    )


_NAMES = (*(f"recall@{k}" for k in CUTOFFS), "mrr", f"ndcg@{NDCG_CUTOFF}")


def _values(known: Sequence[Judgement]) -> NDArray[np.float64]:
    """What each query adds to each mean of `_NAMES`; float64 (n, 5)."""
    return np.array(
        [
            [
                *(float(judgement.rank < k) for k in CUTOFFS),
                1 / (judgement.rank + 1) if judgement.ranks else 0.0,
                _ndcg(judgement, NDCG_CUTOFF),
            ]
            for judgement in known
        ],
        dtype=np.float64,
    ).reshape(len(known), len(_NAMES))


def _intervals(
    known: Sequence[Judgement], values: NDArray[np.float64], names: Sequence[str]
) -> dict[str, Interval]:
    groups = group_numbers([judgement.group for judgement in known])
    return dict(zip(names, mean_intervals(values[:, : len(names)], groups), strict=True))


def _ndcg(judgement: Judgement, cutoff: int) -> float:
    gain = sum(1 / np.log2(rank + 2) for rank in judgement.ranks if rank < cutoff)
    ideal = sum(1 / np.log2(rank + 2) for rank in range(min(judgement.relevant, cutoff)))
    return float(gain / ideal)


def _per_category(
    known: Sequence[Judgement], values: NDArray[np.float64]
) -> dict[str, CategoryFigures]:
    places: dict[str, list[int]] = {}
    for number, judgement in enumerate(known):
        places.setdefault(judgement.category, []).append(number)
    names = _NAMES[: len(CUTOFFS)]
    found = {}
    for category, numbers in sorted(places.items()):
        own = values[numbers]
        at_1, at_5, at_10 = (float(mean) for mean in own[:, : len(names)].mean(axis=0))
        judged = [known[number] for number in numbers]
        enough = len(set(group_numbers([j.group for j in judged]))) >= LEAST_GROUPS
        intervals = _intervals(judged, own, names) if enough else {}
        found[category] = CategoryFigures(len(numbers), at_1, at_5, at_10, intervals)
    return found


def _unknown(judgements: Sequence[Judgement]) -> UnknownFigures:
    known = np.array([_claim(judgement) for judgement in judgements if judgement.known])
    unknown = np.array([_claim(judgement) for judgement in judgements if not judgement.known])
    if not (len(known) and len(unknown)):
        return UnknownFigures(len(unknown), None)
    # Ties count one half.
    order = np.sort(unknown)
    below = np.searchsorted(order, known, side="left")
    at_most = np.searchsorted(order, known, side="right")
    return UnknownFigures(len(unknown), float((below + at_most).mean() / 2 / len(unknown)))


def _claim(judgement: Judgement) -> float:
    return judgement.score if judgement.confidence is None else judgement.confidence


def stage_figures(judgements: Sequence[Judgement]) -> dict[str, StageFigures]:
    """Median and 95th percentile of each stage's times, over the queries that were timed."""
    timed = [judgement.timings for judgement in judgements if judgement.timings is not None]
    if not timed:
        return {}
    return {
        stage: StageFigures(
            *(float(p) for p in np.percentile([getattr(t, f"{stage}_ms") for t in timed], (50, 95)))
        )
        for stage in STAGES
    }


def worst_products(known: Sequence[Judgement]) -> tuple[MissedProduct, ...]:
    """At most `WORST_PRODUCTS` products, those with most queries missed first.

    The failure shown is the one whose right answer came latest.
    """
    by_product: dict[str, list[Judgement]] = {}
    for judgement in known:
        if judgement.product_id:
            by_product.setdefault(judgement.product_id, []).append(judgement)
    missed = [_missed(judged) for judged in by_product.values() if any(j.rank > 0 for j in judged)]
    missed.sort(key=lambda product: (-product.missed, product.queries, product.product_id))
    return tuple(missed[:WORST_PRODUCTS])


def _missed(judged: Sequence[Judgement]) -> MissedProduct:
    shown = max(judged, key=lambda judgement: judgement.rank)
    return MissedProduct(
        product_id=shown.product_id,
        title=shown.title,
        category=shown.category,
        queries=len(judged),
        missed=sum(judgement.rank > 0 for judgement in judged),
        query=shown.query,
        content_hash=shown.content_hash,
        rank=shown.ranks[0] if shown.ranks else None,
        instead=shown.first,
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)

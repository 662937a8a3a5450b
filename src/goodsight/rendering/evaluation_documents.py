"""Evaluations as JSON documents."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from goodsight.core.measures import DisturbanceFigures, Evaluation, MissedProduct, SelfCheck

__all__ = ["evaluation_document"]


def evaluation_document(evaluation: Evaluation) -> dict[str, Any]:
    """The figures of an evaluation."""
    return {
        "mode": str(evaluation.mode),
        "queries": evaluation.queries,
        **{f"recall@{k}": value for k, value in evaluation.recall.items()},
        "mrr": evaluation.mrr,
        "ndcg@10": evaluation.ndcg_at_10,
        "ci95": {name: list(interval) for name, interval in evaluation.ci95.items()},
        "per_category": {
            name: {
                "queries": figures.queries,
                "recall@1": figures.recall_at_1,
                "recall@5": figures.recall_at_5,
                "recall@10": figures.recall_at_10,
                "ci95": {figure: list(interval) for figure, interval in figures.ci95.items()},
            }
            for name, figures in evaluation.per_category.items()
        },
        "unknown": asdict(evaluation.unknown),
        "calibration": {
            "ece": evaluation.ece,
            "bins": [asdict(one) for one in evaluation.reliability],
        },
        "stages": {
            name: {"p50_ms": round(stage.p50, 3), "p95_ms": round(stage.p95, 3)}
            for name, stage in evaluation.stages.items()
        },
        "worst": [_missed(product) for product in evaluation.worst],
        "left_out": None if evaluation.left_out is None else asdict(evaluation.left_out),
        "self_check": None if evaluation.self_check is None else _check(evaluation.self_check),
        "failed": [
            {"image": skip.reference, "reason": skip.reason, "row": skip.row}
            for skip in evaluation.failed
        ],
        "space": evaluation.space,
    }


def _missed(product: MissedProduct) -> dict[str, Any]:
    instead = product.instead
    return {
        "product_id": product.product_id,
        "title": product.title,
        "category": product.category,
        "queries": product.queries,
        "missed": product.missed,
        "query": product.query,
        # People count from one.
        "rank": None if product.rank is None else product.rank + 1,
        "instead": None
        if instead is None
        else {"product_id": instead.product_id, "title": instead.title},
    }


def _check(check: SelfCheck) -> dict[str, Any]:
    return {
        "photos": check.photos,
        "from_thumbnails": check.from_thumbnails,
        "undisturbed": _disturbance(check.undisturbed),
        "disturbances": {one.name: _disturbance(one) for one in check.disturbances},
        "kept": check.kept,
        "kept_ci95": None if check.kept_ci95 is None else list(check.kept_ci95),
    }


def _disturbance(figures: DisturbanceFigures) -> dict[str, Any]:
    return {
        "queries": figures.queries,
        "recall@1": figures.recall_at_1,
        "ci95": list(figures.ci95),
    }

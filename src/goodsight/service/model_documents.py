"""Kept spaces and tuning runs as JSON documents; photos become paths of this service.

JSON knows no "not a number": a figure that is none, such as recall without a query, is null.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from goodsight.core.gating import Comparison
from goodsight.core.space_ports import KeptSpace
from goodsight.core.tuning import ChangedQuery, TuningRun

__all__ = ["space_document", "tuning_run_document", "tuning_run_summary"]

# What only the way back to a kept space needs.
NOT_TOLD = ("encoder_space", "feature_set")
PhotoPath = Callable[[str], str | None]


def space_document(kept: KeptSpace) -> dict[str, Any]:
    """A kept space; see the schema SpaceAnswer."""
    document = dataclasses.asdict(kept)
    return {name: value for name, value in document.items() if name not in NOT_TOLD}


def tuning_run_summary(run: TuningRun) -> dict[str, Any]:
    """A tuning run as a list shows it; see the schema TuningRunSummary."""
    verdict, changed = run.record.verdict, run.record.changed
    comparisons = verdict.comparisons if verdict else ()
    first = comparisons[0] if comparisons else None
    gains, losses = run.record.gains, run.record.losses
    if gains is None or losses is None:
        gains = sum(query.is_gain for query in changed)
        losses = len(changed) - gains
    return {
        "id": run.id,
        "method": run.method,
        "status": run.status.value,
        "started_at": run.started_at.isoformat(),
        "finished_at": None if run.finished_at is None else run.finished_at.isoformat(),
        "forced": run.forced,
        "space_id": run.space_id,
        "passed": None if verdict is None else verdict.passed,
        "before": None if first is None else _number(first.before),
        "after": None if first is None else _number(first.after),
        "reasons": [] if verdict is None else list(verdict.reasons),
        "reason": run.record.reason,
        "comparisons": [_comparison(found) for found in comparisons],
        "gains": gains,
        "losses": losses,
    }


def tuning_run_document(run: TuningRun, photo_path: PhotoPath) -> dict[str, Any]:
    """A tuning run with all that was recorded; see the schema TuningRunAnswer."""
    record = run.record
    return {
        **tuning_run_summary(run),
        "settings": [{"name": name, "value": value} for name, value in record.settings],
        "curve": [
            {"epoch": point.epoch, "loss": _number(point.loss), "recall": _number(point.recall)}
            for point in record.curve
        ],
        "model": None if record.model is None else dataclasses.asdict(record.model),
        "changed": [_changed(query, photo_path) for query in record.changed],
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "suite": found.suite,
        "category": found.category,
        "queries": found.queries,
        "before": _number(found.before),
        "after": _number(found.after),
        "low": _number(found.low),
        "high": _number(found.high),
        "is_gain": found.is_gain,
        "is_loss": found.is_loss,
    }


def _changed(query: ChangedQuery, photo_path: PhotoPath) -> dict[str, Any]:
    def named(product_id: str, title: str, content_hash: str) -> dict[str, Any]:
        return {"id": product_id, "title": title, "photo": photo_path(content_hash)}

    before, after = query.before, query.after
    return {
        "product": named(query.product_id, query.title, query.content_hash),
        "before": named(before.product_id, before.title, before.content_hash),
        "after": named(after.product_id, after.title, after.content_hash),
        "is_gain": query.is_gain,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None

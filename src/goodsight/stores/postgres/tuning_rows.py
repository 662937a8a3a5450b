"""A tuning run's record as JSON, and back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from goodsight.core.gating import Comparison, Verdict
from goodsight.core.tuning import (
    ChangedQuery,
    CurvePoint,
    FoundProduct,
    TunedModel,
    TuningRecord,
)

__all__ = ["record_of", "record_text"]


def record_text(record: TuningRecord) -> str:
    """The record as JSON."""
    return json.dumps(dataclasses.asdict(record))


def record_of(stored: Mapping[str, Any]) -> TuningRecord:
    """The record that `record_text` wrote, parsed by the database driver."""
    verdict, model = stored["verdict"], stored["model"]
    return TuningRecord(
        settings=tuple((name, value) for name, value in stored["settings"]),
        curve=tuple(CurvePoint(**point) for point in stored["curve"]),
        verdict=None if verdict is None else _verdict(verdict),
        model=None if model is None else TunedModel(**model),
        changed=tuple(_changed(query) for query in stored["changed"]),
        reason=stored["reason"],
    )


def _verdict(stored: Mapping[str, Any]) -> Verdict:
    return Verdict(
        passed=stored["passed"],
        reasons=tuple(stored["reasons"]),
        comparisons=tuple(Comparison(**values) for values in stored["comparisons"]),
    )


def _changed(stored: Mapping[str, Any]) -> ChangedQuery:
    found = {name: FoundProduct(**stored[name]) for name in ("before", "after")}
    return ChangedQuery(**{**stored, **found})

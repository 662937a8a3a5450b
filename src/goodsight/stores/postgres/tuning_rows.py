"""A tuning run's record as JSON, and back.

JSON knows no infinity and no "not a number": such a figure is kept as null and read as nan.
"""

from __future__ import annotations

import dataclasses
import json
import math
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
    return json.dumps(_finite(dataclasses.asdict(record)), allow_nan=False)


def record_of(stored: Mapping[str, Any]) -> TuningRecord:
    """The record that `record_text` wrote, parsed by the database driver."""
    verdict, model = stored["verdict"], stored["model"]
    return TuningRecord(
        settings=tuple((name, value) for name, value in stored["settings"]),
        curve=tuple(CurvePoint(**_numbers(point)) for point in stored["curve"]),
        verdict=None if verdict is None else _verdict(verdict),
        model=None if model is None else TunedModel(**model),
        changed=tuple(_changed(query) for query in stored["changed"]),
        reason=stored["reason"],
        gains=stored.get("gains"),
        losses=stored.get("losses"),
    )


def _verdict(stored: Mapping[str, Any]) -> Verdict:
    return Verdict(
        passed=stored["passed"],
        reasons=tuple(stored["reasons"]),
        comparisons=tuple(Comparison(**_numbers(values)) for values in stored["comparisons"]),
    )


def _changed(stored: Mapping[str, Any]) -> ChangedQuery:
    found = {name: FoundProduct(**stored[name]) for name in ("before", "after")}
    return ChangedQuery(**{**stored, **found})


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _numbers(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: math.nan if value is None else value for name, value in stored.items()}

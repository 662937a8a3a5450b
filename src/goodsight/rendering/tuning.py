"""Kept spaces and tuning runs, as documents and as tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from goodsight.core.gating import Comparison, Verdict
from goodsight.core.space_ports import KeptSpace
from goodsight.core.tuning import TuningRun
from goodsight.rendering.terminal import plain, table_of

__all__ = [
    "kept_space_document",
    "kept_spaces_table",
    "tuning_run_document",
    "tuning_runs_table",
    "verdict_table",
]

ORIGINS = {
    "encoder": "the model's own",
    "catalogue": "learnt from the catalogue",
    "tuned": "tuned",
}


def kept_space_document(kept: KeptSpace) -> dict[str, Any]:
    """A kept space as JSON."""
    return dataclasses.asdict(kept)


def kept_spaces_table(spaces: Sequence[KeptSpace]) -> RenderableType:
    """One line per space, the one in use marked."""
    table = table_of(
        ("Id", "right"), "In use", "Made by", "Model", ("Numbers", "right"), ("MB", "right"),
        ("Before", "right"), "Space",
    )  # fmt: skip
    for kept in spaces:
        table.add_row(
            str(kept.id),
            "yes" if kept.is_active else "",
            ORIGINS[kept.origin],
            plain(kept.model),
            str(kept.dimension),
            f"{kept.bytes / 1e6:.1f}",
            "" if kept.former is None else str(kept.former),
            kept.space,
        )
    return table


def tuning_run_document(run: TuningRun) -> dict[str, Any]:
    """A tuning run as JSON; times as ISO 8601."""
    document = dataclasses.asdict(run)
    document["started_at"] = run.started_at.isoformat()
    document["finished_at"] = None if run.finished_at is None else run.finished_at.isoformat()
    document["record"]["settings"] = dict(run.record.settings)
    for changed, query in zip(document["record"]["changed"], run.record.changed, strict=True):
        changed["is_gain"] = query.is_gain
    return document


def tuning_runs_table(runs: Sequence[TuningRun]) -> RenderableType:
    """One line per run, newest first."""
    if not runs:
        return Text("No tuning run yet: goodsight tune makes one.")
    table = table_of(
        ("Run", "right"), "Method", "Came to", "Began", ("Before", "right"), ("After", "right"),
        ("Space", "right"), "Why",
    )  # fmt: skip
    for run in runs:
        first = run.record.verdict.comparisons[0] if run.record.verdict else None
        table.add_row(
            str(run.id),
            run.method,
            f"{run.status}, forced" if run.forced else str(run.status),
            f"{run.started_at:%Y-%m-%d %H:%M}",
            f"{first.before:.3f}" if first else "",
            f"{first.after:.3f}" if first else "",
            "" if run.space_id is None else str(run.space_id),
            plain(_why(run)),
        )
    return table


def verdict_table(verdict: Verdict) -> RenderableType:
    """Every comparison of both models, then the verdict with its reasons."""
    table = table_of(
        "Asked with", ("Queries", "right"), ("Before", "right"), ("After", "right"),
        "Difference, 95 %", "",
    )  # fmt: skip
    for found in verdict.comparisons:
        if not found.queries:
            continue
        name = f"  {found.category}" if found.category else found.suite
        table.add_row(
            plain(name), str(found.queries), f"{found.before:.3f}", f"{found.after:.3f}",
            f"{found.low:+.3f} to {found.high:+.3f}", _mark(found),
        )  # fmt: skip
    passed = (
        Text("passed", style="bold green") if verdict.passed else Text("refused", style="bold red")
    )
    return Group(table, passed, *(plain(reason) for reason in verdict.reasons))


def _mark(found: Comparison) -> Text:
    if found.is_gain:
        return Text("better", style="green")
    return Text("worse", style="red") if found.is_loss else Text("alike")


def _why(run: TuningRun) -> str:
    if run.record.reason:
        return run.record.reason
    return "; ".join(run.record.verdict.reasons) if run.record.verdict else ""

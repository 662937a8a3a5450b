"""Smaller models and shorter vectors beside what was there before, as documents and tables."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from goodsight.core.compressing import DistilledModel, QuantisedModel, ShorterSpace, loses
from goodsight.core.gating import Comparison
from goodsight.rendering.json_documents import model_document
from goodsight.rendering.terminal import table_of

__all__ = [
    "comparison_document",
    "distilled_document",
    "distilled_table",
    "quantised_document",
    "quantised_table",
    "recall_line",
    "shorter_document",
    "shorter_lines",
]


def comparison_document(found: Comparison) -> dict[str, Any]:
    """A comparison as JSON; figures of no query are null."""
    return {
        key: None if isinstance(value, float) and math.isnan(value) else value
        for key, value in dataclasses.asdict(found).items()
    }


def quantised_document(found: QuantisedModel) -> dict[str, Any]:
    """A model of 8 bits beside the one it was made of, as JSON."""
    return {
        **dataclasses.asdict(found),
        "card": model_document(found.card),
        "recall": comparison_document(found.recall),
        "speed": found.speed,
        "is_worse": found.is_worse,
    }


def quantised_table(found: QuantisedModel) -> RenderableType:
    """Before and after, line by line."""
    table = _sizes_table(found.base, found)
    table.add_row("cosine of features", "1", f"{found.cosine:.4f}", "")
    recall = found.recall
    if recall.queries:
        mark = Text("worse", style="bold red") if found.is_worse else Text("")
        table.add_row("recall@1", f"{recall.before:.3f}", f"{recall.after:.3f}", mark)
    return Group(
        table,
        f"{found.calibrated:,} photos chose the scales, {found.compared:,} were encoded by both",
        recall_line(recall),
    )


def distilled_document(found: DistilledModel) -> dict[str, Any]:
    """A model taught by a larger one beside that, as JSON."""
    return {
        **dataclasses.asdict(found),
        "card": model_document(found.card),
        "taught": [comparison_document(part) for part in found.taught],
        "untaught": [comparison_document(part) for part in found.untaught],
        "speed": found.speed,
        "is_worse": found.is_worse,
    }


def distilled_table(found: DistilledModel) -> RenderableType:
    """Teacher and new model, line by line; then the student as it was and the new model."""
    table = _sizes_table(f"{found.teacher}, the teacher", found)
    for part in found.taught:
        mark = Text("worse", style="bold red") if loses(part) else Text("")
        table.add_row(f"recall@1, {part.suite}", f"{part.before:.3f}", f"{part.after:.3f}", mark)
    lines = [
        f"{found.student} untaught finds {part.before:.3f} of {part.suite}, taught"
        f" {part.after:.3f}; difference {part.low:+.3f} to {part.high:+.3f} (95 %)"
        for part in found.untaught
    ]
    return Group(table, f"learnt from {found.photos:,} photos", *lines)


def _sizes_table(before: str, found: QuantisedModel | DistilledModel) -> Table:
    table = table_of("", (before, "right"), (found.card.name, "right"), ("", "right"))
    table.add_row(
        "MB",
        f"{found.bytes_before / 1e6:.1f}",
        f"{found.bytes_after / 1e6:.1f}",
        f"1/{found.bytes_before / found.bytes_after:.1f}",
    )
    table.add_row(
        "photos/s, one core",
        f"{found.rate_before:.1f}",
        f"{found.rate_after:.1f}",
        f"{found.speed:.2f} x",
    )
    return table


def shorter_document(found: ShorterSpace) -> dict[str, Any]:
    """A cut space beside the longer one, as JSON."""
    return {
        **dataclasses.asdict(found),
        "recall": comparison_document(found.recall),
        "switched": found.switched,
    }


def shorter_lines(found: ShorterSpace) -> str:
    """Length, size and recall before and after."""
    size = f"{found.bytes_before / 1e6:.1f} MB before"
    if found.bytes_after is not None:
        size += f", {found.bytes_after / 1e6:.1f} MB now"
    recall = found.recall
    told = (
        f"recall@1 {recall.before:.3f} before, {recall.after:.3f} cut\n" if recall.queries else ""
    )
    return (
        f"{found.dimension_before:,} numbers before, {found.dimension_after:,} cut; {size}\n"
        f"{told}{recall_line(recall)}"
    )


def recall_line(recall: Comparison) -> str:
    """What recall was asked with, and how far apart both are by chance."""
    if not recall.queries:
        return "nothing could be held back to ask with"
    return (
        f"recall@1 of {recall.queries:,} photos held back; difference {recall.low:+.3f} to"
        f" {recall.high:+.3f} (95 %)"
    )

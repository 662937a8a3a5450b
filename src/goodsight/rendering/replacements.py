"""What replacing a collection's model came to, as lines and as a document."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.text import Text

from goodsight.core.reports import ReplacementReport

__all__ = ["replacement_document", "replacement_summary"]


def replacement_document(report: ReplacementReport) -> dict[str, Any]:
    """What it came to as JSON."""
    return {**asdict(report), "seconds": round(report.seconds, 3)}


def replacement_summary(name: str, report: ReplacementReport) -> Text:
    """What it came to, in three lines."""
    seen = report.embedding
    space = "learnt from the catalogue" if report.projected else "the model's own"
    lines = (
        (
            f"{seen.photos:,} photos, {seen.embedded:,} of them embedded now,"
            f" {seen.from_thumbnails:,} from their thumbnails, {len(seen.skipped):,} skipped"
        ),
        (
            f"'{name}' is searched with {report.model} (profile {report.profile}): a space of"
            f" {report.dimension:,} numbers, {space}"
        ),
        f"{report.seconds:.1f} s",
    )
    return Text("\n".join(lines))

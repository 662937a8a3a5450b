"""What a backup holds, as lines and as a document."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.text import Text

from goodsight.core.backups import BackupReport

__all__ = ["backup_document", "backup_lines"]

MEGABYTE = 1_000_000


def backup_document(report: BackupReport) -> dict[str, Any]:
    """What a backup holds."""
    return asdict(report)


def backup_lines(report: BackupReport) -> Text:
    """What a backup holds, in two lines."""
    models = ", ".join(report.models) or "no added model"
    settings = "with the settings file" if report.settings else "no settings file"
    return Text(
        f"{report.collections:,} collections, {report.products:,} products,"
        f" {report.photos:,} photos; {models}; {settings}\n"
        f"{report.size_bytes / MEGABYTE:,.1f} MB, made {report.made_at}"
    )

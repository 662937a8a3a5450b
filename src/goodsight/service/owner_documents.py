"""What owners see, as JSON documents: runs, health, audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from goodsight.core.access import AuditEntry
from goodsight.core.types import Skip
from goodsight.core.upkeep import CatalogueHealth, Duplicate, ProductName, RunRecord

__all__ = ["audit_document", "health_document", "run_document"]


def run_document(run: RunRecord) -> dict[str, Any]:
    """An index run; see the schema RunAnswer."""
    return {
        "id": run.id,
        "source": run.source,
        "status": run.status,
        "started_at": run.started_at.isoformat(),
        "finished_at": _time(run.finished_at),
        "products_seen": run.products_seen,
        "products_changed": run.products_changed,
        "products_removed": run.products_removed,
        "photos_indexed": run.photos_indexed,
        "photos_removed": run.photos_removed,
        "skipped_count": run.skipped_count,
        "skipped": [_skip(skip) for skip in run.skipped],
    }


def health_document(
    health: CatalogueHealth, photo_path: Callable[[str], str | None]
) -> dict[str, Any]:
    """What is wrong with a catalogue; see the schema HealthReport."""

    def named(product: ProductName) -> dict[str, Any]:
        photo = photo_path(product.content_hash or "")
        return {"id": product.id, "title": product.title, "photo": photo}

    def shown(duplicate: Duplicate) -> dict[str, Any]:
        return {
            "content_hash": duplicate.content_hash,
            "photo": photo_path(duplicate.content_hash),
            "products": [named(product) for product in duplicate.products],
        }

    return {
        "products": health.products,
        "photos": health.photos,
        "without_photo": [named(product) for product in health.without_photo],
        "without_photo_count": health.without_photo_count,
        "unreadable": [_skip(skip) for skip in health.unreadable],
        "unreadable_count": health.unreadable_count,
        "duplicates": [shown(duplicate) for duplicate in health.duplicates],
        "duplicates_count": health.duplicates_count,
        "near_duplicates": [shown(duplicate) for duplicate in health.near_duplicates],
        "near_duplicates_count": health.near_duplicates_count,
        "not_found_by_own_photo": [
            {
                "product": named(displaced.product),
                "found": named(displaced.found),
                "score": displaced.score,
                "found_score": displaced.found_score,
            }
            for displaced in health.not_found_by_own_photo
        ],
        "checked": health.checked,
    }


def audit_document(entry: AuditEntry) -> dict[str, Any]:
    """One administrative act; see the schema AuditAnswer."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "detail": dict(entry.detail),
    }


def _skip(skip: Skip) -> dict[str, Any]:
    return {"ref": skip.reference, "row": skip.row, "reason": skip.reason}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()

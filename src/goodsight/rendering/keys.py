"""API keys as documents and as a table; never with a secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from goodsight.core.access import ApiKey
from goodsight.rendering.terminal import plain

__all__ = ["key_document", "keys_table"]


def key_document(key: ApiKey) -> dict[str, Any]:
    """A key as JSON; times as ISO 8601 in UTC."""
    return {
        "id": key.id,
        "name": key.name,
        "role": str(key.role),
        "collections": None if key.collections is None else list(key.collections),
        "created_at": _time(key.created_at),
        "expires_at": _time(key.expires_at),
        "revoked_at": _time(key.revoked_at),
        "last_used_at": _time(key.last_used_at),
    }


def keys_table(keys: Sequence[ApiKey], now: datetime) -> RenderableType:
    """One line per key, and whether it holds at `now`."""
    if not keys:
        return Text("No keys. Make one: goodsight key create NAME --role search")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Id", "Name", "Role", "Collections", "State", "Last used"):
        table.add_column(title)
    for key in keys:
        opened = "all" if key.collections is None else ", ".join(key.collections)
        table.add_row(
            key.id, plain(key.name), key.role, plain(opened), _state(key, now), _used(key)
        )
    return table


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {_day(key.revoked_at)}"
    if key.expires_at is None:
        return "valid"
    return f"{'valid until' if key.is_valid(now) else 'expired'} {_day(key.expires_at)}"


def _used(key: ApiKey) -> str:
    return "never" if key.last_used_at is None else _day(key.last_used_at)


def _day(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d}"


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat(timespec="seconds")

"""What the pages are made of: tables and plain cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table's lines, with an empty one behind; nothing where there are no rows."""
    lines = [_row([cell(text) for text in row]) for row in rows]
    if not lines:
        return []
    return [_row(head), _row(["---"] * len(head)), *lines, ""]


def cell(text: str) -> str:
    """Text that stays in its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"

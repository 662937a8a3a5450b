"""Where words go: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType

    from goodsight.core.types import Skip

__all__ = ["message", "messages_console", "print_json", "print_result", "print_skips"]

SKIPS_SHOWN = 10
# Wide enough for a table's columns where no terminal says how wide it is.
WIDTH_WITHOUT_TERMINAL = 140


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def print_result(result: RenderableType) -> None:
    """A table or text on stdout; NO_COLOR and the terminal's width are respected."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
    Console(width=width, highlight=False).print(result)


def messages_console() -> Console:
    """The console for progress and messages."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def message(text: str) -> None:
    """A line on stderr, as plain text whatever it holds."""
    sys.stderr.write(text + "\n")


def print_skips(skips: Sequence[Skip]) -> None:
    """The first skips with their reasons, and how many more there are."""
    for skip in skips[:SKIPS_SHOWN]:
        place = f"row {skip.row}, " if skip.row is not None else ""
        message(f"  skipped: {place}{skip.reference}: {skip.reason}")
    if len(skips) > SKIPS_SHOWN:
        message(f"  … and {len(skips) - SKIPS_SHOWN:,} more; --json lists all")

"""Progress of an index run: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from goodsight.cli.output import message, messages_console
from goodsight.stores import hearing_builds

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["IndexProgress"]

SECONDS_BETWEEN_LINES = 5.0


class IndexProgress:
    """Implements `core.ports.Progress`; a context manager around the run.

    `count_photos` is called on a thread of its own to learn how many photos there will be,
    which gives the time left.
    """

    def __init__(self, count_photos: Callable[[], int]) -> None:
        self._started = time.monotonic()
        self._last_line = self._started
        self._total: int | None = None
        self._count_photos = count_photos
        self._live = _live_progress() if sys.stderr.isatty() else None
        self._task = self._live.add_task("Indexing", total=None, detail="") if self._live else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
            threading.Thread(target=self._count, daemon=True).start()
        self._hearing = hearing_builds(self.building)
        self._hearing.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hearing.__exit__(kind, error, traceback)
        if self._live is not None:
            self._live.stop()

    def update(self, *, products: int, photos: int, indexed: int, skipped: int) -> None:
        """Draw the state; on a terminal at once, else a line every few seconds."""
        seconds = time.monotonic() - self._started
        rate = indexed / seconds if seconds > 0 else 0.0
        detail = f"{products:,} products, {indexed:,} photos indexed, {rate:.0f} photos/s"
        if skipped:
            detail += f", {skipped:,} skipped"
        if self._live is not None and self._task is not None:
            self._live.update(self._task, completed=photos, total=self._total, detail=detail)
        elif time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            message(detail)

    def learning(self) -> None:
        """Say that the photos are in and that the collection learns from them."""
        if self._live is not None and self._task is not None:
            self._live.update(
                self._task, description="Learning", total=None, detail="from the catalogue's photos"
            )
        else:
            message("learning from the catalogue's photos")

    def building(self, stage: str, done: int, total: int) -> None:
        """Draw how far the building of a vector index is."""
        share = f"{100 * done / total:.0f} %" if total else ""
        if self._live is not None and self._task is not None:
            self._live.update(
                self._task, description=stage, completed=done, total=total or None, detail=share
            )
        elif time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            message(f"{stage} {share}".rstrip())

    def _count(self) -> None:
        # Only decoration: where the feed cannot be read, the run itself says so.
        try:
            self._total = self._count_photos()
        except Exception:  # noqa: BLE001 - nothing may come of a missing time left
            self._total = None


def _live_progress() -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(),
        console=messages_console(),
        transient=True,
    )

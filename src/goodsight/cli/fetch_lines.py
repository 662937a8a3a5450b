"""Progress of a download: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from goodsight.cli.output import message, messages_console

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["FetchLines"]

SECONDS_BETWEEN_LINES = 5.0
MEGABYTE = 1_000_000


class FetchLines:
    """Shows how far files have come; a context manager around the download."""

    def __init__(self) -> None:
        self._live: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, file: str, done: int, total: int) -> None:
        """`done` of `total` bytes of a file have come."""
        if sys.stderr.isatty():
            self._draw(file, done, total)
        elif done == total or time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            message(f"{file}: {done / MEGABYTE:,.1f} of {total / MEGABYTE:,.1f} MB")

    def _draw(self, file: str, done: int, total: int) -> None:
        if self._live is None:
            self._live = _live_progress()
            self._live.start()
        if file not in self._tasks:
            self._tasks[file] = self._live.add_task(file, total=total)
        self._live.update(self._tasks[file], completed=done)


def _live_progress() -> Progress:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=messages_console(),
        transient=True,
    )

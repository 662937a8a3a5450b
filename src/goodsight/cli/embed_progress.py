"""Progress of embedding a collection anew: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from goodsight.cli.live_line import LiveLine
from goodsight.stores import hearing_builds

if TYPE_CHECKING:
    from goodsight.core.types import Skip

__all__ = ["EmbedProgress"]


class EmbedProgress:
    """Implements `replacing.ReplacementWatch`; a context manager around the run."""

    def __init__(self) -> None:
        self._line = LiveLine(waits=True)
        self._began, self._first = 0.0, 0
        self._skipped = 0

    def __enter__(self) -> Self:
        self._hearing = hearing_builds(self._building)
        self._hearing.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hearing.__exit__(kind, error, traceback)
        self._line.wipe()

    def embedded(self, done: int, total: int) -> None:
        """Draw how many photos are done, how fast, and the time left."""
        now = time.monotonic()
        if self._first == 0:
            self._first, self._began = done + 1, now
        made, seconds = done + 1 - self._first, now - self._began
        text = f"{done:,} of {total:,} photos embedded"
        if made and seconds > 0:
            left = seconds / made * (total - done)
            text += f", {made / seconds:.0f} photos/s, {left:.0f} s left"
        if self._skipped:
            text += f", {self._skipped:,} skipped"
        self._line.tell(text, is_important=done == total)

    def skipped(self, skip: Skip) -> None:  # noqa: ARG002 - they are listed at the end
        """Count a photo that cannot be read."""
        self._skipped += 1

    def stage(self, name: str) -> None:
        """Say that another part begins."""
        self._line.tell(name, is_important=True)

    def _building(self, stage: str, done: int, total: int) -> None:
        share = f" {100 * done / total:.0f} %" if total else ""
        self._line.tell(f"{stage}{share}")

"""Progress of a tuning run: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from goodsight.cli.output import message

if TYPE_CHECKING:
    from goodsight.core.types import Skip
    from goodsight.training.head_report import HeadProgress

__all__ = ["TuneProgress"]

SECONDS_BETWEEN_LINES = 5.0


class TuneProgress:
    """Implements `training.tuning_options.TuningWatch`; a context manager around the run."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._drawn = False
        self._last_line = 0.0
        self._counting, self._began, self._first = "", 0.0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._wipe()

    def viewed(self, done: int, total: int) -> None:
        """Draw how many photos are read, and the time left."""
        self._counted("photos read", done, total)

    def embedded(self, done: int, total: int) -> None:
        """Draw how many photos a network has seen, and the time left."""
        self._counted("photos seen by the network", done, total)

    def _counted(self, doing: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self._counting != doing:
            self._counting, self._began, self._first = doing, now, done
        each = (now - self._began) / max(1, done - self._first)
        text = f"{doing}: {done:,} of {total:,}{_left(each * (total - done))}"
        self._tell(text, done == total)

    def training(self, name: str, progress: HeadProgress) -> None:
        """Draw the epoch, its loss and recall, and the time left."""
        point = progress.point
        loss = "" if point.loss is None else f", loss {point.loss:.3f}"
        recall = "" if point.recall is None else f", recall {point.recall:.3f}"
        text = f"training, {name}: epoch {point.epoch} of {progress.epochs}{loss}{recall}"
        self._tell(text + _left(progress.seconds_left), point.epoch == progress.epochs)

    def skipped(self, skip: Skip) -> None:
        """Say which labelled photo cannot be used."""
        self._wipe()
        message(f"skipped {skip.reference}: {skip.reason}")

    def stage(self, name: str) -> None:
        """Say that another part begins."""
        self._tell(name, important=True)

    def _tell(self, text: str, important: bool) -> None:
        if self._live:
            self._drawn = True
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        elif important or time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            message(text)

    def _wipe(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _left(seconds: float | None) -> str:
    if seconds is None or seconds < 1:
        return ""
    return f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"

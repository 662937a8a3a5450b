"""Progress of a tuning run: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from goodsight.cli.live_line import LiveLine
from goodsight.cli.output import message

if TYPE_CHECKING:
    from goodsight.core.types import Skip
    from goodsight.training.head_report import HeadProgress

__all__ = ["TuneProgress"]


class TuneProgress:
    """Implements `training.tuning_options.TuningWatch`; a context manager around the run."""

    def __init__(self) -> None:
        self._line = LiveLine()
        self._counting, self._began, self._first = "", 0.0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._line.wipe()

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
        self._line.tell(text, is_important=done == total)

    def training(self, name: str, progress: HeadProgress) -> None:
        """Draw the epoch, its loss and recall, and the time left."""
        point = progress.point
        loss = "" if point.loss is None else f", loss {point.loss:.3f}"
        recall = "" if point.recall is None else f", recall {point.recall:.3f}"
        text = f"training, {name}: epoch {point.epoch} of {progress.epochs}{loss}{recall}"
        is_last = point.epoch == progress.epochs
        self._line.tell(text + _left(progress.seconds_left), is_important=is_last)

    def skipped(self, skip: Skip) -> None:
        """Say which labelled photo cannot be used."""
        self._line.wipe()
        message(f"skipped {skip.reference}: {skip.reason}")

    def stage(self, name: str) -> None:
        """Say that another part begins."""
        self._line.tell(name, is_important=True)


def _left(seconds: float | None) -> str:
    if seconds is None or seconds < 1:
        return ""
    return f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"

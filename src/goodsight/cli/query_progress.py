"""Progress of an evaluation: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from goodsight.cli.interrupt import lasting_interrupt
from goodsight.cli.live_line import LiveLine
from goodsight.cli.output import message

__all__ = ["QueryProgress"]

UNITS_BETWEEN_LINES = 200


class QueryProgress:
    """Counts what is done, in the units named; a context manager around the work."""

    def __init__(self, units: str) -> None:
        self._units = units
        self._line = LiveLine()
        self._told: dict[str, int] = {}
        self._interrupt = lasting_interrupt()

    def __enter__(self) -> Self:
        self._break_if_asked = self._interrupt.__enter__()
        if not self._line.is_live:
            message("evaluating")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._interrupt.__exit__(kind, error, traceback)
        self._line.wipe()

    def update(self, done: int, total: int | None = None, units: str | None = None) -> None:
        """Draw the state; off a terminal a line for every few hundred.

        Raises KeyboardInterrupt once the user pressed Ctrl-C.
        """
        self._break_if_asked()
        units = units or self._units
        text = f"{done:,} of {total:,} {units}" if total else f"{done:,} {units}"
        if self._line.is_live:
            self._line.tell(text)
        elif done // UNITS_BETWEEN_LINES > self._told.get(units, 0) // UNITS_BETWEEN_LINES:
            self._told[units] = done
            message(text)

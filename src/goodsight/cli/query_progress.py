"""Progress of an evaluation: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from goodsight.cli.output import message

__all__ = ["QueryProgress"]

QUERIES_BETWEEN_LINES = 200


class QueryProgress:
    """Counts what is done, in the units named; a context manager around the work."""

    def __init__(self, units: str) -> None:
        self._units = units
        self._live = sys.stderr.isatty()
        self._drawn = False
        self._told = 0

    def __enter__(self) -> Self:
        if not self._live:
            message("evaluating")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def update(self, done: int, total: int | None = None) -> None:
        """Draw the state; off a terminal a line for every few hundred."""
        text = f"{done:,} of {total:,} {self._units}" if total else f"{done:,} {self._units}"
        if self._live:
            self._drawn = True
            sys.stderr.write(f"\r{text}")
            sys.stderr.flush()
        elif done // QUERIES_BETWEEN_LINES > self._told // QUERIES_BETWEEN_LINES:
            self._told = done
            message(text)

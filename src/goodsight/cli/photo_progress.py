"""How many photos a stage has done: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from goodsight.cli.output import message

__all__ = ["PhotoProgress"]

SECONDS_BETWEEN_LINES = 5.0


class PhotoProgress:
    """A context manager around work on photos in stages."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._drawn = False
        self._last_line = 0.0

    def __enter__(self) -> Self:
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

    def update(self, stage: str, done: int, total: int) -> None:
        """Draw the state; off a terminal a line every few seconds, and the last of a stage."""
        text = f"{stage}: {done:,} of {total:,} photos"
        if self._live:
            self._drawn = True
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        elif done == total or time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            message(text)

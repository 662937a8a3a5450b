"""How many photos a stage has done."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from goodsight.cli.live_line import LiveLine

__all__ = ["PhotoProgress"]


class PhotoProgress:
    """A context manager around work on photos in stages."""

    def __init__(self) -> None:
        self._line = LiveLine()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._line.wipe()

    def update(self, stage: str, done: int, total: int) -> None:
        """Draw the state; the last of a stage is said in any case."""
        self._line.tell(f"{stage}: {done:,} of {total:,} photos", is_important=done == total)

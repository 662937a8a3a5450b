"""How far something is: one line drawn anew on a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import sys
import time

from goodsight.cli.output import message

__all__ = ["LiveLine"]

SECONDS_BETWEEN_LINES = 5.0


class LiveLine:
    """Messages that replace each other. Whoever draws wipes the last one in the end."""

    def __init__(self, *, waits: bool = False) -> None:
        """Off a terminal the first text is said at once, or where it `waits` after seconds too."""
        self.is_live = sys.stderr.isatty()
        self._is_drawn = False
        self._last_line = time.monotonic() - (0 if waits else SECONDS_BETWEEN_LINES)

    def tell(self, text: str, *, is_important: bool = False) -> None:
        """Draw the text; off a terminal it is said every few seconds, and if it is important."""
        if self.is_live:
            self._is_drawn = True
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        elif is_important or time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            message(text)

    def wipe(self) -> None:
        """Leave nothing of what was drawn."""
        if self._is_drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

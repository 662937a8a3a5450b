"""What "alike" means to the one who asks."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Look"]


class Look(StrEnum):
    """What is compared: the style as the encoder sees it, the colour, or both."""

    STYLE = "style"
    COLOUR = "colour"
    BOTH = "both"

"""Letters without the marks above and below them."""

from __future__ import annotations

import unicodedata

__all__ = ["without_accents"]


def without_accents(text: str) -> str:
    """The text without accents; full-width and other compatibility forms become plain ones."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    # Marks of other scripts are letters in their own right.
    bare = "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", bare)

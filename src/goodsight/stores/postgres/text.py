"""Text that PostgreSQL can hold, and fingerprints of text."""

from __future__ import annotations

import hashlib

__all__ = ["digest", "storable"]

DIGEST_BYTES = 16


def storable(text: str) -> str:
    """The text with each NUL and lone surrogate, which no UTF-8 column holds, replaced."""
    if text.isascii():
        return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text
    whole = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def digest(text: str) -> bytes:
    """A short fingerprint for indexes: ids and references may be longer than an entry."""
    return hashlib.blake2b(storable(text).encode(), digest_size=DIGEST_BYTES).digest()

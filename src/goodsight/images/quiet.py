"""Pillow's warnings kept from the user: what matters of them becomes a PhotoError."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quiet"]

# Before Python 3.14 the warning filters belong to the whole process: only one thread at a
# time may set and restore them. What runs inside holds the interpreter lock anyway.
_one_at_a_time = threading.Lock()


@contextmanager
def quiet() -> Iterator[None]:
    """No warning leaves this block. Only for reading headers, never for long decoding."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

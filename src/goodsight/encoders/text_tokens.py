"""From a text to the numbers of its tokens, by a model's own `tokenizer.json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.model_card import TextReading

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["TokenReader", "Tokens"]

# Far more than any model reads; a text without end would keep the tokenizer busy.
MAX_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """One text's tokens, int64 (1, n), and which of them count, 1 or 0, int64 (1, n)."""

    numbers: NDArray[np.int64]
    mask: NDArray[np.int64]


class TokenReader:
    """Reads texts as a model was taught to. Safe to use from several threads."""

    def __init__(self, content: bytes, reading: TextReading) -> None:
        """`content` is `tokenizer.json`. Raises MissingExtra, ModelError."""
        self._reading = reading
        self._tokenizer = _tokenizer(content, reading)

    def read(self, text: str) -> Tokens:
        """The text's tokens, cut and padded as the reading says. Raises ModelError."""
        # Half a surrogate pair is no UTF-8.
        plain = text[:MAX_CHARACTERS].encode(errors="replace").decode()
        try:
            found = self._tokenizer.encode(plain.lower() if self._reading.lower_case else plain)
        except Exception as error:  # the library raises bare exceptions
            raise ModelError(f"the tokenizer failed: {error}") from error
        return Tokens(
            np.asarray([found.ids], dtype=np.int64),
            np.asarray([found.attention_mask], dtype=np.int64),
        )


def _tokenizer(content: bytes, reading: TextReading) -> Tokenizer:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtra("a model that sees texts", extra="hub") from error
    try:
        tokenizer = Tokenizer.from_str(content.decode("utf-8"))
    except Exception as error:  # the library raises bare exceptions
        raise ModelError(f"it is no tokenizer that can be read: {error}") from error
    pad = tokenizer.token_to_id(reading.pad_token)
    if pad is None:
        raise ModelError(f"it has no token {reading.pad_token!r}, which text.pad_token names")
    # What the file itself says on both was left there by whoever used it last.
    tokenizer.enable_truncation(reading.length)
    if reading.padding == "full":
        tokenizer.enable_padding(
            direction=reading.padding_side,
            pad_id=pad,
            pad_token=reading.pad_token,
            length=reading.length,
        )
    else:
        tokenizer.no_padding()
    return tokenizer

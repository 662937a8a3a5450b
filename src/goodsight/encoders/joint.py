"""A model that sees photos and texts in one space, as CLIP does.

Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML
2021; Zhai et al., "Sigmoid Loss for Language Image Pre-Training", ICCV 2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import ModelError
from goodsight.core.types import FloatArray, ModelCard
from goodsight.encoders.feeding import INPUT_TYPES, run_network
from goodsight.encoders.onnx_encoder import ModelOutputs, OnnxEncoder, directions, pooled
from goodsight.encoders.text_tokens import TokenReader, Tokens

__all__ = ["JointEncoder", "TextNetwork"]

TEXT_RANK = 2


class TextNetwork:
    """Texts in, one row of features each. Safe to use from several threads.

    `outputs` says which output is used, and how it becomes one row.
    """

    def __init__(self, session: Any, reader: TokenReader, outputs: ModelOutputs) -> None:
        self._session = session
        self._reader = reader
        self._outputs = outputs
        self._roles = _roles(session)

    def features(self, texts: Sequence[str]) -> FloatArray:
        """Features of n ≥ 1 texts, float32 (n, d). Raises ModelError."""
        # One by one: a quantised network rounds by what else is in its batch.
        return np.concatenate([self._row(self._reader.read(text)) for text in texts])

    def _row(self, tokens: Tokens) -> FloatArray:
        count = tokens.numbers.shape[1]
        values: dict[str, NDArray[Any]] = {
            "tokens": tokens.numbers,
            "mask": tokens.mask,
            "positions": np.arange(count, dtype=np.int64)[np.newaxis],
            "kinds": np.zeros((1, count), dtype=np.int64),
        }
        feed = {name: values[role].astype(kind) for name, role, kind in self._roles}
        output = run_network(self._session, self._outputs.features, feed)
        return pooled(output, self._outputs.pooling, "NCHW")


def _roles(session: Any) -> list[tuple[str, str, type[np.generic]]]:
    """Each input of texts: its name, what it takes, its type. Raises ModelError."""
    inputs = [item for item in session.get_inputs() if len(item.shape) == TEXT_RANK]
    roles = []
    for item in inputs:
        kind = INPUT_TYPES.get(item.type)
        role = "tokens" if len(inputs) == 1 else _role(item.name)
        if kind is None or role is None:
            raise ModelError(f"input '{item.name}' ({item.type}) takes nothing that texts give")
        roles.append((item.name, role, kind))
    # The tokens first: they say how many rows there are.
    roles.sort(key=lambda role: role[1] != "tokens")
    if not roles or [role for _, role, _ in roles].count("tokens") != 1:
        names = ", ".join(item.name for item in session.get_inputs())
        raise ModelError(f"of its inputs ({names}) one must take the tokens of texts: input_ids")
    return roles


def _role(name: str) -> str | None:
    """What an input takes, by the names that exporters give."""
    words = {"mask": "mask", "type": "kinds", "position": "positions", "ids": "tokens"}
    return next((role for word, role in words.items() if word in name.lower()), None)


class JointEncoder(OnnxEncoder):
    """Implements `ImageEncoder` and `TextEncoder`, both in the card's space."""

    def __init__(
        self, session: Any, card: ModelCard, outputs: ModelOutputs, texts: TextNetwork
    ) -> None:
        super().__init__(session, card, outputs)
        self._texts = texts

    @property
    def space(self) -> str:
        """The card's: a text's vector may be compared with those of photos."""
        return self._card.space

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Embed n texts into float32 (n, d), rows of norm 1. Raises ModelError."""
        if not texts:
            return np.zeros((0, self._card.dimension), dtype=np.float32)
        try:
            features = self._texts.features(texts)
        except ModelError as error:
            raise ModelError(f"{self._card.name}: {error}") from error
        if features.shape[1] != self._card.dimension:
            raise ModelError(
                f"{self._card.name}: its texts give vectors of {features.shape[1]} numbers, its"
                f" photos of {self._card.dimension}: choose outputs that share a space"
            )
        return directions(features)

    def encode_question(self, text: str) -> FloatArray:
        """Embed what was asked into float32 (d,) of norm 1; as any text. Raises ModelError."""
        vector: FloatArray = self.encode_texts([text])[0]
        return vector

"""Goodsight's vectors of texts against PyTorch's, from the letters on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from goodsight.core.errors import ModelError
from goodsight.core.ports import TextEncoder
from goodsight.encoders import OnnxEncoder
from goodsight.encoders.onnx_encoder import directions
from goodsight.training.parity import Parity, judged

__all__ = ["check_text_parity"]

# Short, Chinese, with digits, and longer than any model reads.
LONG = "wool " * 100 + "red shoes " * 100
TEXTS = ("red shoes", "a photo of three green apples", "红色跑鞋", "size 42 in blue", LONG)


def check_text_parity(network: nn.Module, source: Path, encoder: OnnxEncoder) -> Parity:
    """Compare on several texts, read by the tokenizer of transformers in folder `source`.

    `network` turns tokens (n, length) into features (n, d). Raises ModelError where the two are
    not the same.
    """
    reading = encoder.card.texts
    if reading is None or not isinstance(encoder, TextEncoder):
        raise ModelError("the exported model reads no texts")
    texts = [text.lower() if reading.lower_case else text for text in TEXTS]
    tokens = _tokenizer(source)(
        texts,
        padding="max_length",
        max_length=reading.length,
        truncation=True,
        return_tensors="pt",
    )["input_ids"]
    expected = directions(network(tokens).numpy())
    return judged([expected], [[encoder.encode_texts(list(TEXTS))]])


def _tokenizer(source: Path) -> Any:
    import transformers

    try:
        return transformers.AutoTokenizer.from_pretrained(
            source, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # transformers raises a dozen unrelated classes
        raise ModelError(f"{source}: transformers cannot read its tokenizer: {error}") from error

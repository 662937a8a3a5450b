"""The part "text" of `model.json`: how a model that sees texts too reads them.

"text": {
  "length": 77,                      tokens that count, at most
  "padding": "full",                 full or longest; see core.model_card.TextReading
  "pad_token": "<|endoftext|>",
  "padding_side": "right",           optional
  "lower_case": false,               optional
  "features": "text_embeds",         the output to use; optional if there is only one
  "pooling": "none",                 none, cls (the first token) or mean; optional for rank 2
  "sha256": "…",                     optional; checked against text.onnx, where there is one
  "tokenizer_sha256": "…"            optional; checked against tokenizer.json
}
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from goodsight.core.errors import ModelError
from goodsight.core.model_card import TextReading
from goodsight.encoders.json_values import (
    choice_of,
    optional_text,
    refuse_unknown,
    text_of,
    whole_number,
)

__all__ = ["PADDINGS", "PADDING_SIDES", "TextSettings", "parse_text_settings"]

PADDINGS = ("full", "longest")
PADDING_SIDES = ("right", "left")
TEXT_POOLINGS = ("none", "cls", "mean")
MAX_TOKENS = 8192
_READING = {field.name for field in fields(TextReading)}
_OTHERS = {"features", "pooling", "sha256", "tokenizer_sha256"}


@dataclass(frozen=True, slots=True)
class TextSettings:
    """The part "text" as a value; see the module."""

    reading: TextReading
    features: str | None
    pooling: str
    sha256: str | None
    tokenizer_sha256: str | None


def parse_text_settings(values: Any) -> TextSettings:
    """Read the part "text". Raises ModelError that names the key."""
    if not isinstance(values, dict):
        raise ModelError(f"'text' is no object of {', '.join(sorted(_READING | _OTHERS))}")
    refuse_unknown(values, _READING | _OTHERS, "key of 'text',")
    lower_case = values.get("lower_case", False)
    if not isinstance(lower_case, bool):
        raise ModelError("text.lower_case is neither true nor false")
    return TextSettings(
        reading=TextReading(
            length=whole_number(values, "length", MAX_TOKENS, "tokens", "text."),
            padding=choice_of(values, "padding", PADDINGS, "text."),
            pad_token=text_of(values, "pad_token"),
            padding_side=choice_of(values, "padding_side", PADDING_SIDES, "text."),
            lower_case=lower_case,
        ),
        features=optional_text(values, "features"),
        pooling=choice_of(values, "pooling", TEXT_POOLINGS, "text."),
        sha256=optional_text(values, "sha256"),
        tokenizer_sha256=optional_text(values, "tokenizer_sha256"),
    )

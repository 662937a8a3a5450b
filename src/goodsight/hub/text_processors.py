"""A published model's and tokenizer's settings -> how its texts are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goodsight.core.errors import ModelError
from goodsight.core.model_card import TextReading

__all__ = ["text_reading_of"]

# Of models whose settings leave it out, because it is the kind's usual one.
USUAL_LENGTHS = {"siglip": 64, "siglip2": 64}
USUAL_LENGTH = 77
# BERT reads 512; taught it was with 52, and with a mask, so that nothing needs to be filled up.
CHINESE_CLIP_LENGTH = 52
# Tokenizers without a limit name one of thirty digits.
MAX_LENGTH = 8192


def text_reading_of(
    config: Mapping[str, Any],
    tokenizer_config: Mapping[str, Any],
    special_tokens: Mapping[str, Any],
    fixed_length: int | None,
) -> TextReading:
    """How texts are read. The mappings are `config.json`, `tokenizer_config.json` and
    `special_tokens_map.json`; `fixed_length` is the network's, where it takes no other.

    Raises ModelError where they do not say what texts are padded with.
    """
    kind = str(config.get("model_type") or "")
    pad_token = _token(tokenizer_config.get("pad_token")) or _token(special_tokens.get("pad_token"))
    if pad_token is None:
        raise ModelError("tokenizer_config.json does not say what texts are padded with: pad_token")
    side = tokenizer_config.get("padding_side", "right")
    if side not in ("right", "left"):
        raise ModelError("tokenizer_config.json: padding_side is neither right nor left")
    whole = kind != "chinese_clip"
    return TextReading(
        length=fixed_length or _length(kind, config, tokenizer_config),
        # A mask, or an end that is looked for, makes filling up harmless; SigLIP, which reads
        # its last token, was taught with it.
        padding="full" if whole or fixed_length else "longest",
        pad_token=pad_token,
        padding_side=str(side),
        lower_case=_was_taught_small(kind, tokenizer_config),
    )


def _was_taught_small(kind: str, tokenizer_config: Mapping[str, Any]) -> bool:
    """Whether capitals were never seen in training, whatever the tokenizer does with them.

    Most of SigLIP 2 calls itself "siglip"; what tells it apart is its tokenizer, Gemma's, which
    keeps capitals though the model was taught without them.
    """
    tokenizer = str(tokenizer_config.get("tokenizer_class") or "")
    second = kind == "siglip2" or (kind == "siglip" and tokenizer.startswith(("Gemma", "Siglip2")))
    return second or tokenizer_config.get("do_lower_case") is True


def _length(kind: str, config: Mapping[str, Any], tokenizer_config: Mapping[str, Any]) -> int:
    if kind == "chinese_clip":
        return CHINESE_CLIP_LENGTH
    inner = config.get("text_config")
    positions = inner.get("max_position_embeddings") if isinstance(inner, dict) else None
    given = [
        value
        for value in (positions, tokenizer_config.get("model_max_length"))
        if type(value) is int and 0 < value <= MAX_LENGTH
    ]
    return min(given, default=USUAL_LENGTHS.get(kind, USUAL_LENGTH))


def _token(value: object) -> str | None:
    """A token, written as a text or as an object with its content."""
    content = value.get("content") if isinstance(value, dict) else value
    return content if isinstance(content, str) and content else None

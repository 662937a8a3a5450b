"""Values out of JSON that strangers wrote: checked one by one, and named where they do not fit."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from goodsight.core.errors import ModelError

__all__ = [
    "choice_of",
    "is_number",
    "object_in",
    "optional_text",
    "refuse_unknown",
    "text_of",
    "whole_number",
]

MAX_TEXT_LENGTH = 500


def object_in(content: bytes) -> Mapping[str, Any]:
    """The object a JSON file holds. Raises ModelError."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ModelError("it holds no object")
    return document


def refuse_unknown(values: Mapping[str, Any], known: set[str], what: str) -> None:
    """Raises ModelError where there is a key that nobody knows: it may be a slip."""
    unknown = set(values) - known
    if unknown:
        raise ModelError(f"unknown {what} {min(unknown)!r}; known: {', '.join(sorted(known))}")


def text_of(document: Mapping[str, Any], key: str) -> str:
    """A text of one printable line. Raises ModelError."""
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ModelError(f"'{key}' is missing or not a text")
    # It is shown on terminals, where control characters would be obeyed.
    if not value.isprintable() or len(value) > MAX_TEXT_LENGTH:
        raise ModelError(f"'{key}' is longer than {MAX_TEXT_LENGTH} or not on one printable line")
    return value


def optional_text(document: Mapping[str, Any], key: str) -> str | None:
    """A text, or None where it is not given. Raises ModelError."""
    return None if document.get(key) is None else text_of(document, key)


def choice_of(values: Mapping[str, Any], key: str, choices: Sequence[str], where: str = "") -> str:
    """One of the choices, the first unless given. Raises ModelError that lists them."""
    value: Any = values.get(key, choices[0])
    if value not in choices:
        raise ModelError(f"{where}{key}: choose from {', '.join(choices)}")
    return str(value)


def whole_number(values: Mapping[str, Any], key: str, most: int, unit: str, where: str = "") -> int:
    """A number from 1 to `most`. Raises ModelError."""
    value = values.get(key)
    if type(value) is not int or not 1 <= value <= most:
        raise ModelError(f"{where}{key} is no number of {unit} up to {most}")
    return value


def is_number(value: Any) -> bool:
    """Whether it is a finite number of a size that a model may need."""
    # JSON's parser lets NaN, Infinity and integers beyond any float pass.
    return type(value) in (int, float) and abs(value) < 1e6 and not math.isnan(value)

"""A chat-completions answer -> what it proposes. Nothing in it is trusted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from goodsight.core.proposals import Proposal

__all__ = ["BadAnswer", "proposals_of"]


class BadAnswer(Exception):
    """An answer that cannot be read; its text is the reason."""


def proposals_of(body: bytes) -> tuple[Proposal, ...]:
    """What an answer proposes, unchecked. Raises BadAnswer."""
    content = _at(_json(body), "choices", 0, "message", "content")
    if not isinstance(content, str):
        raise BadAnswer("its answer is no chat completion")
    # Some models put their JSON between other words, or in a fence.
    start, end = content.find("{"), content.rfind("}")
    found = _at(_json(content[start : end + 1].encode("utf-8", "replace")), "read")
    if not isinstance(found, list):
        raise BadAnswer("its answer has no list of what was read")
    return tuple(_proposals(found))


def _proposals(found: list[Any]) -> Iterator[Proposal]:
    for one in found:
        words, text = _at(one, "words"), _at(one, "filter")
        if isinstance(words, str) and isinstance(text, str):
            yield Proposal(words, text)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("its answer is not JSON") from error


def _at(value: Any, *keys: str | int) -> Any:
    """What is at a path; None where nothing is."""
    for key in keys:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value

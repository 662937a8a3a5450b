"""Google's product filter -> ours.

Google's language is an AND of ORs of `key = value`, all of one OR with the same key:
`(color = red OR color = blue) AND brand = Acme`. Keys and values are bare words or quoted.
"""

from __future__ import annotations

import re

__all__ = ["BadGoogleFilter", "translate_filter"]

_TOKEN = re.compile(
    r"""\s*(?:(?P<symbol>[()=])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[^\s()="]+))""", re.DOTALL
)


class BadGoogleFilter(ValueError):
    """A filter that does not read; its text says why."""


def translate_filter(text: str) -> str | None:
    """The filter in Goodsight's language; None for an empty one. Raises BadGoogleFilter."""
    tokens = _tokens(text)
    if not tokens:
        return None
    groups, position = [], 0
    while True:
        group, position = _group(tokens, position)
        groups.append(group)
        if position == len(tokens):
            return " and ".join(groups)
        position = _expect(tokens, position, "AND")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadGoogleFilter(f"cannot be read at character {position + 1}")
        kind = match.lastgroup or ""
        value = match[kind]
        tokens.append((kind, re.sub(r"\\(.)", r"\1", value) if kind == "quoted" else value))
        position = match.end()
    return tokens


def _group(tokens: list[tuple[str, str]], position: int) -> tuple[str, int]:
    """An expression, or several of one key joined by OR within parentheses."""
    if position >= len(tokens) or tokens[position] != ("symbol", "("):
        key, value, position = _expression(tokens, position)
        return f"{_name(key)} = {_text(value)}", position
    key, value, position = _expression(tokens, position + 1)
    values = [value]
    while position < len(tokens) and tokens[position] == ("word", "OR"):
        other, value, position = _expression(tokens, position + 1)
        if other != key:
            raise BadGoogleFilter(f"expressions within one OR must have one key, not {other}")
        values.append(value)
    position = _expect(tokens, position, ")")
    return f"{_name(key)} in ({', '.join(map(_text, values))})", position


def _expression(tokens: list[tuple[str, str]], position: int) -> tuple[str, str, int]:
    parts = [*tokens[position : position + 3], ("end", ""), ("end", ""), ("end", "")][:3]
    (kind, key), equals, (value_kind, value) = parts
    if kind not in ("word", "quoted") or equals != ("symbol", "="):
        raise BadGoogleFilter("an expression is key = value")
    if value_kind not in ("word", "quoted"):
        raise BadGoogleFilter(f"{key} has no value")
    return key, value, position + 3


def _expect(tokens: list[tuple[str, str]], position: int, text: str) -> int:
    if position >= len(tokens) or tokens[position][1] != text:
        raise BadGoogleFilter(f"'{text}' is missing")
    return position + 1


def _name(key: str) -> str:
    if '"' in key or not key:
        raise BadGoogleFilter("a key with a quotation mark, or without a letter")
    return f'"{key}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

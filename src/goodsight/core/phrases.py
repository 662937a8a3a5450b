"""Tables of phrases, of which the longest that begins at a token is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from goodsight.core.request_tokens import Kind, Token, tokenize

__all__ = ["Key", "Match", "Phrases", "key_of", "keys_at"]

Key = tuple[str, ...]
Value = TypeVar("Value")

# Signs that may stand between the words of one phrase: v-neck, 1/4 zip, hoodies & sweatshirts.
_JOINERS = frozenset("-–—&/®™'’")
MAX_PHRASE_TOKENS = 8
# A catalogue that changes has mostly the values it had.
REMEMBERED_KEYS = 1 << 16


@dataclass(frozen=True, slots=True)
class Match(Generic[Value]):
    """What a phrase stands for, and how many tokens it takes."""

    value: Value
    tokens: int


class Phrases(Generic[Value]):
    """Phrases as written by us, and what each stands for."""

    def __init__(self, meanings: Mapping[str, Value]) -> None:
        self._meanings = {key_of(phrase): value for phrase, value in meanings.items()}

    @classmethod
    def of(cls, meanings: Mapping[Value, str]) -> Phrases[Value]:
        """From what is meant to its phrases, separated by `;`."""
        return cls({p: meant for meant, phrases in meanings.items() for p in phrases.split(";")})

    def at(self, tokens: Sequence[Token], start: int) -> Match[Value] | None:
        """The longest phrase that begins with a token."""
        for key, length in keys_at(tokens, start):
            if key in self._meanings:
                return Match(self._meanings[key], length)
        return None


@lru_cache(maxsize=REMEMBERED_KEYS)
def key_of(phrase: str) -> Key:
    """A phrase as its words: singular, folded, without the signs between them.

    A phrase of signs alone, such as <=, is their row.
    """
    tokens = tokenize(phrase)
    words = tuple(token.text for token in tokens if token.kind is not Kind.SIGN)
    return words or tuple(token.text for token in tokens)


def keys_at(tokens: Sequence[Token], start: int) -> Iterator[tuple[Key, int]]:
    """The keys of the phrases that begin with a token, longest first, with their tokens."""
    if start >= len(tokens) or tokens[start].kind is Kind.LITERAL:
        return
    found: list[tuple[Key, int]] = []
    words: Key = ()
    for position in range(start, min(len(tokens), start + MAX_PHRASE_TOKENS)):
        token = tokens[position]
        if token.kind is Kind.LITERAL or (position > start and token.apart):
            break
        if token.kind is Kind.SIGN and position > start:
            if token.text not in _JOINERS:
                break
            continue
        words = (*words, token.text)
        found.append((words, position - start + 1))
        if token.kind is Kind.SIGN:
            break
    yield from reversed(found)

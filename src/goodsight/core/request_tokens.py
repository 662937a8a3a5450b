"""A request cut into tokens: words, numbers, single Chinese characters, signs.

What is in double quotes, and a word after a minus, is one token that nobody looks into: people
who write so mean the words as they are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Kind", "Token", "is_chinese", "singular", "tokenize"]


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    CHINESE = "chinese"
    SIGN = "sign"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is folded and, of an English word, singular; `written` is as it stands.

    `apart` tells of a mark before it, such as a comma: no phrase goes over it.
    """

    kind: Kind
    text: str
    written: str
    start: int
    end: int
    apart: bool = False


_CHINESE = r"\u3400-\u4dbf\u4e00-\u9fff\u3007"
# Marks between words, which no search needs.
_SEPARATORS = r"\s,，、。;；!！?？:：()（）\[\]【】…"
# What people write onto a number without a space: 50eur, 2k.
_AFTER_NUMBERS = "k|eur|euros?|usd|dollars?|gbp|cny|rmb|yuan|bucks"
_TOKEN = re.compile(
    rf"""
    (?P<literal>"[^"]*"|(?<![^\s])-[^\W\d][^\s]*)
  | (?P<number>\d+(?:[.,]\d+)*(?=(?:{_AFTER_NUMBERS})?(?![^\W{_CHINESE}])))
  | (?P<chinese>[{_CHINESE}])
  | (?P<word>[^\W{_CHINESE}]+(?:['’][^\W\d_{_CHINESE}]+)*)
  | (?P<sign><=|>=|[^{_SEPARATORS}])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_IRREGULAR = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "scarves": "scarf",
    "knives": "knife",
    "shelves": "shelf",
    # Words that only look like plurals, or whose singular is another thing.
    "shorts": "shorts",
    "glasses": "glasses",
    "sunglasses": "sunglasses",
    "less": "less",
    "plus": "plus",
    "this": "this",
    "is": "is",
    "us": "us",
    "as": "as",
    "gps": "gps",
    "bus": "bus",
}


def tokenize(text: str) -> tuple[Token, ...]:
    """All tokens of a text in order; what lies between them is space and punctuation."""
    plain = _with_common_width(text)
    tokens: list[Token] = []
    end = 0
    for found in _TOKEN.finditer(plain):
        kind = Kind(str(found.lastgroup))
        written = found[0]
        word = singular(written.casefold()) if kind is Kind.WORD else written
        apart = plain[end : found.start()].strip() != ""
        tokens.append(Token(kind, word, written, found.start(), found.end(), apart))
        end = found.end()
    return tuple(tokens)


def singular(word: str) -> str:
    """The singular of a folded English word, as far as its ending tells; `'s` is left off."""
    word = word.replace("’", "'").removesuffix("'s").removesuffix("s'")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.isascii() or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    word = word[:-1] if word.endswith("s") else word
    # Hoodies are of a hoody as well as of a hoodie: both are written alike here.
    word = word[:-2] + "y" if word.endswith("ie") and len(word) > 4 else word
    return _IRREGULAR.get(word, word)


def is_chinese(text: str) -> bool:
    """Whether any of it is written in Chinese characters."""
    return re.search(rf"[{_CHINESE}]", text) is not None


def _with_common_width(text: str) -> str:
    """Full-width letters, digits and signs as the usual ones, each in its own place."""
    return "".join(
        same if len(same := unicodedata.normalize("NFKC", sign)) == 1 else sign for sign in text
    )

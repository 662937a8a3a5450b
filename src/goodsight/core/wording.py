"""Text as the words it is searched by, prepared alike when a product is kept and when asked.

Full-width forms, case and accents are set aside. Words are runs of letters and digits;
writing without spaces (Chinese, Japanese, Korean) is cut into overlapping pairs, so that no
dictionary has to know the shop's words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from goodsight.core.plain_letters import without_accents

__all__ = ["fold_text", "is_unspaced", "kept_words", "words_in"]

# No one types more of one word, and PostgreSQL keeps none beyond two kilobytes.
MAX_WORD_LENGTH = 100
_UNSPACED = (
    "\u3005\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUNS = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_STARTS_UNSPACED = re.compile(f"[{_UNSPACED}]")
# Latin letters that Unicode does not take apart into a letter and an accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d"})


def fold_text(text: str) -> str:
    """The text without differences of width, case and accent."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return folded
    return without_accents(folded).translate(_PLAIN)


def is_unspaced(word: str) -> bool:
    """Whether the word is of a writing without spaces."""
    return _STARTS_UNSPACED.match(word) is not None


def words_in(text: str) -> tuple[str, ...]:
    """The words to ask for, in their order."""
    return tuple(word for run in _RUNS.findall(fold_text(text)) for word in _pieces(run))


def kept_words(texts: Iterable[str]) -> tuple[str, ...]:
    """The words to keep of some texts: those to ask for, and single letters of unspaced runs.

    One Chinese letter may be asked for alone. They come last, so that words which follow each
    other in the text still do.
    """
    words: list[str] = []
    letters: list[str] = []
    for text in texts:
        for word in words_in(text):
            words.append(word)
            if is_unspaced(word) and len(word) > 1:
                letters += word
    return (*words, *dict.fromkeys(letters))


def _pieces(run: str) -> list[str]:
    if is_unspaced(run) and len(run) > 1:
        return [run[start : start + 2] for start in range(len(run) - 1)]
    return [run[:MAX_WORD_LENGTH]]

"""understand(): a request in words -> chips that filter, and the words that are left.

    red running shoes under 50  ->  category = 'shoes', color = 'red', price < 50; "running"

Rules and the catalogue's own vocabulary, in English and Chinese. Nothing raises, and no word is
dropped: each is in one chip or in what is left. Small words (for, 的) go along with the chip
beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

from goodsight.core.filter_text import filter_text
from goodsight.core.phrases import Phrases
from goodsight.core.request_reading import Read, RequestReader
from goodsight.core.request_tokens import Kind, Token, tokenize
from goodsight.core.request_words import CHEAP, FILLERS, POLITE
from goodsight.core.shop_words import ShopWords
from goodsight.core.understood import Chip, ChipKind, Span, Understood
from goodsight.core.vocabulary import Vocabulary

__all__ = ["MAX_REQUEST_CHARACTERS", "Understander", "small_words", "understand"]

# What is longer is no request: it is searched for as it is.
MAX_REQUEST_CHARACTERS = 1000


def understand(text: str, vocabulary: Vocabulary, words: ShopWords) -> Understood:
    """Read one request to a catalogue with this vocabulary."""
    return Understander(vocabulary, words).understand(text)


class Understander:
    """Reads many requests to the same catalogue."""

    def __init__(self, vocabulary: Vocabulary, words: ShopWords) -> None:
        self._reader = RequestReader(vocabulary, words)

    def understand(self, text: str) -> Understood:
        """The request as it was read."""
        if len(text) > MAX_REQUEST_CHARACTERS:
            return Understood(text, (), (Span(0, len(text)),))
        tokens = tokenize(text)
        reads = self._reader.read(tokens)
        small = small_words(tokens, cheap=any(read.kind is ChipKind.PRICE for read in reads))
        chips: list[Chip] = []
        rest: list[Span] = []
        end = 0
        for position, read in enumerate(reads):
            start = read.start
            while start > end and small[start - 1]:
                start -= 1
            _leave(text, tokens[end:start], small[end:start], chips, rest)
            following = reads[position + 1] if position + 1 < len(reads) else None
            end = _end(tokens, small, read, following)
            chips.append(_chip(read, tokens[start].start, tokens[end - 1].end))
        _leave(text, tokens[end:], small[end:], chips, rest)
        return Understood(text, tuple(chips), tuple(rest))


def _end(tokens: Sequence[Token], small: Sequence[int], read: Read, following: Read | None) -> int:
    """Where the small words after something end that go along with it.

    Between two chips an English one (red | in cotton) belongs to what follows.
    """
    limit = len(tokens) if following is None else following.start
    between = following is not None and all(small[read.end : limit])
    end = read.end
    while end < limit and small[end] and not (between and tokens[end].kind is Kind.WORD):
        end += 1
    return end


def _chip(read: Read, start: int, end: int) -> Chip:
    text = "" if read.tree is None else filter_text(read.tree)
    return Chip(read.kind, read.label, text, start, end, read.words, read.colours)


# What a token is where it says nothing by itself.
_SMALL, _POLITE = 1, 2


def small_words(tokens: Sequence[Token], *, cheap: bool) -> list[int]:
    """For each token 0, or which kind of small word it belongs to."""
    tables: list[tuple[Phrases[bool], int]] = [(POLITE, _POLITE), (FILLERS, _SMALL)]
    if cheap:
        tables.append((CHEAP, _SMALL))
    kinds = [0] * len(tokens)
    position = 0
    while position < len(tokens):
        found = [
            (match.tokens, kind) for table, kind in tables if (match := table.at(tokens, position))
        ]
        length, kind = max(found, default=(1, 0))
        kinds[position : position + length] = [kind] * length
        position += length
    return kinds


def _leave(
    text: str,
    tokens: Sequence[Token],
    small: Sequence[int],
    chips: list[Chip],
    rest: list[Span],
) -> None:
    """Leave tokens that nothing was told by as text; a chip says what stays of a polite phrase."""
    if not tokens:
        return
    first, last = 0, len(tokens)
    while first < last and small[first]:
        first += 1
    while last > first and small[last - 1]:
        last -= 1
    outer = (*small[:first], *small[last:])
    start, end = tokens[0].start, tokens[-1].end
    if first < last and _POLITE in outer:
        words = text[tokens[first].start : tokens[last - 1].end]
        chips.append(Chip(ChipKind.WORD, words, "", start, end, words))
    else:
        rest.append(Span(start, end))

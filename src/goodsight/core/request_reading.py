"""One thing after another in a request: what is asked, what is denied, what is an alternative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from goodsight.core.catalogue_phrases import CataloguePhrases, Meaning
from goodsight.core.colour_words import ColourWords, ReadColour
from goodsight.core.filter_text import filter_label
from goodsight.core.filters import Comparison, Filter, Flag, Membership, Not, Operator, Or, Value
from goodsight.core.price_words import price_at
from goodsight.core.request_tokens import Kind, Token
from goodsight.core.request_words import DENIALS, FILLERS, INTENSIFIERS, JOINING, STOCK
from goodsight.core.shop_words import ShopWords
from goodsight.core.understood import ChipKind
from goodsight.core.vocabulary import Vocabulary

__all__ = ["Read", "RequestReader"]

# After these even a word that the catalogue has no name for can be left out of the results.
_LEAVING_OUT = frozenset({"without", "no", "excluding"})
_ALTERNATIVES = frozenset({ChipKind.CATEGORY, ChipKind.BRAND, ChipKind.COLOUR, ChipKind.ATTRIBUTE})


@dataclass(frozen=True, slots=True)
class Read:
    """What the tokens from `start` up to but without `end` stand for."""

    kind: ChipKind
    tree: Filter | None
    label: str
    start: int
    end: int
    words: str = ""
    colours: tuple[str, ...] = ()


class RequestReader:
    """Reads requests to one catalogue."""

    def __init__(self, vocabulary: Vocabulary, words: ShopWords) -> None:
        self._vocabulary = vocabulary
        self._phrases = CataloguePhrases(vocabulary, words)
        self._colours = ColourWords(vocabulary)

    def read(self, tokens: Sequence[Token]) -> list[Read]:
        """All that can be told, in order; no two overlap."""
        found: list[Read] = []
        position = 0
        while position < len(tokens):
            harmless = INTENSIFIERS.at(tokens, position)
            if harmless is not None:
                position += harmless.tokens
                continue
            read = self._asked(tokens, position, first=True) or self._denied(tokens, position)
            if read is None:
                position += 1
            else:
                found.append(read)
                position = read.end
        return _with_alternatives(found, tokens)

    def _asked(self, tokens: Sequence[Token], start: int, *, first: bool = False) -> Read | None:
        """What begins with a token. `first`: no denial goes before it."""
        if start >= len(tokens):
            return None
        price = price_at(tokens, start, self._vocabulary)
        if price is not None:
            return Read(ChipKind.PRICE, price.tree, price.label, start, start + price.tokens)
        stock = STOCK.at(tokens, start) if self._vocabulary.has_stock else None
        if stock is not None:
            tree: Filter = Flag("in_stock") if stock.value else Not(Flag("in_stock"))
            return Read(ChipKind.STOCK, tree, filter_label(tree), start, start + stock.tokens)
        if first and DENIALS.at(tokens, start) is not None:
            return None
        return _better(self._colours.at(tokens, start), self._phrases.at(tokens, start), start)

    def _denied(self, tokens: Sequence[Token], start: int) -> Read | None:
        denial = DENIALS.at(tokens, start)
        if denial is None:
            # A word for "not" may be the beginning of a name: what it names was asked for.
            return None
        at = start + denial.tokens
        while (small := FILLERS.at(tokens, at)) is not None:
            at += small.tokens
        denied = self._asked(tokens, at)
        if denied is None:
            return _left_out(tokens, start, at)
        while (joined := JOINING.at(tokens, denied.end)) is not None:
            other = self._asked(tokens, denied.end + joined.tokens)
            if other is None or denied.kind not in _ALTERNATIVES or other.kind != denied.kind:
                break
            denied = _either(denied, other)
        if denied.words or denied.tree is None:
            # Less than the whole category is meant: the words alone leave it out.
            words = denied.words
            return Read(ChipKind.WORD, None, f"not {words}", start, denied.end, _minus(words))
        tree = denied.tree.term if isinstance(denied.tree, Not) else Not(denied.tree)
        return Read(denied.kind, tree, f"not {denied.label}", start, denied.end)


def _better(colour: ReadColour | None, meaning: Meaning | None, start: int) -> Read | None:
    """The longer one; of equals a category or brand before a colour, and that before the rest."""
    if colour is not None and (
        meaning is None
        or colour.tokens > meaning.tokens
        or (
            colour.tokens == meaning.tokens
            and meaning.kind not in (ChipKind.CATEGORY, ChipKind.BRAND)
        )
    ):
        label = filter_label(colour.tree)
        end = start + colour.tokens
        return Read(ChipKind.COLOUR, colour.tree, label, start, end, colours=colour.keys)
    if meaning is None:
        return None
    label = meaning.words if meaning.tree is None else filter_label(meaning.tree)
    end = start + meaning.tokens
    return Read(meaning.kind, meaning.tree, label, start, end, meaning.words)


def _left_out(tokens: Sequence[Token], start: int, at: int) -> Read | None:
    if tokens[start].text not in _LEAVING_OUT or at >= len(tokens):
        return None
    word = tokens[at]
    if word.kind is not Kind.WORD or not word.written.isalpha():
        return None
    return Read(ChipKind.WORD, None, f"not {word.written}", start, at + 1, _minus(word.written))


def _minus(words: str) -> str:
    return f'-"{words}"' if " " in words else f"-{words}"


def _with_alternatives(reads: list[Read], tokens: Sequence[Token]) -> list[Read]:
    """`red, blue or green` as one: any of them will do."""
    merged: list[Read] = []
    for read in reads:
        if not (merged and _joined(merged[-1], read, tokens)):
            merged.append(read)
            continue
        merged[-1] = _either(merged[-1], read)
        while len(merged) > 1 and _listed(merged[-2], merged[-1], tokens):
            last = merged.pop()
            merged[-1] = _either(merged[-1], last)
    return merged


def _joined(left: Read, right: Read, tokens: Sequence[Token]) -> bool:
    joining = JOINING.at(tokens, left.end)
    if joining is None or not (_is_choice(left) and _is_choice(right)):
        return False
    at = left.end + joining.tokens
    while at < right.start and (small := FILLERS.at(tokens, at)) is not None:
        at += small.tokens
    return at == right.start


def _listed(left: Read, right: Read, tokens: Sequence[Token]) -> bool:
    follows = left.end == right.start and tokens[right.start].apart
    return follows and left.kind is right.kind and _is_choice(left)


def _is_choice(read: Read) -> bool:
    return read.kind in _ALTERNATIVES and read.tree is not None and not isinstance(read.tree, Not)


def _either(left: Read, right: Read) -> Read:
    """Both as alternatives. The words of a part would be wanted of either, so they go."""
    tree = _union([tree for read in (left, right) if (tree := read.tree) is not None])
    kind = left.kind if left.kind is right.kind else ChipKind.ATTRIBUTE
    both = replace(left, kind=kind, tree=tree, label=filter_label(tree), end=right.end, words="")
    return replace(both, colours=tuple(dict.fromkeys((*left.colours, *right.colours))))


def _union(trees: Sequence[Filter]) -> Filter:
    """What passes any of them; several values of one name in one list."""
    terms: list[Filter] = []
    for tree in trees:
        for term in tree.terms if isinstance(tree, Or) else (tree,):
            last = terms[-1] if terms else None
            if _names_values(last) and _names_values(term) and last.name == term.name:
                terms[-1] = _of_any(last.name, (*_values(last), *_values(term)))
            elif term not in terms:
                terms.append(term)
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


def _names_values(tree: Filter | None) -> TypeGuard[Comparison | Membership]:
    return isinstance(tree, Comparison | Membership)


def _of_any(name: str, values: Sequence[Value]) -> Filter:
    unlike = tuple(dict.fromkeys(values))
    if len(unlike) == 1:
        return Comparison(name, Operator.EQUAL, unlike[0])
    return Membership(name, unlike)


def _values(tree: Comparison | Membership) -> tuple[Value, ...]:
    return tree.values if isinstance(tree, Membership) else (tree.value,)

"""What a language model proposes to read in a request, taken only where this catalogue bears it.

    "something warm under 50", warm -> climate = 'cold'  ->  one chip more, and no word less

Rules come first: a proposal is about words that they left. Its filter must parse and name what
the catalogue has, so that a silly or hostile answer changes nothing. Nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from goodsight.core.catalogue_bounds import denies, knows, leaves
from goodsight.core.colour_names import SEEN_COLOUR
from goodsight.core.errors import FilterError
from goodsight.core.filter_parser import parse_filter
from goodsight.core.filter_text import filter_label, filter_text
from goodsight.core.filters import Comparison, Filter, fold
from goodsight.core.phrases import Phrases
from goodsight.core.request_tokens import Kind, Token, tokenize
from goodsight.core.request_words import DENIALS, JOINING
from goodsight.core.understanding import MAX_REQUEST_CHARACTERS, small_words
from goodsight.core.understood import Chip, ChipKind, Span, Understood
from goodsight.core.vocabulary import Vocabulary

__all__ = ["Proposal", "RequestModel", "is_worth_asking", "unread_texts", "with_proposals"]

# Rules read one word as well as it can be read; from two on there is something to understand.
LEAST_UNREAD_WORDS = 2
MAX_PROPOSALS = 10
MAX_FILTER_CHARACTERS = 300
# The longest phrase that denies or joins: "anything but", "is not", "not made of".
MAX_SMALL_TOKENS = 3
_KINDS = {
    "category": ChipKind.CATEGORY,
    "brand": ChipKind.BRAND,
    "price": ChipKind.PRICE,
    "stock": ChipKind.STOCK,
    "in_stock": ChipKind.STOCK,
    SEEN_COLOUR: ChipKind.COLOUR,
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """`words`, an exact part of a request, read as `filter`, a text in the filter language."""

    words: str
    filter: str


class RequestModel(Protocol):
    """Something that reads freely what rules left of a request."""

    def read(self, understood: Understood, vocabulary: Vocabulary) -> Sequence[Proposal] | None:
        """What it proposes, unchecked; None where it cannot be asked now. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class _Part:
    """What no rule read: the tokens from `first` up to but without `last`.

    `chip` is the one that holds them, where polite words go along with them.
    """

    start: int
    end: int
    first: int
    last: int
    chip: Chip | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    """The tokens from `first` up to but without `last`, and what they are read as."""

    first: int
    last: int
    tree: Filter


def is_worth_asking(understood: Understood) -> bool:
    """Whether the rules left enough words for a model to say something about them."""
    tokens = _tokens(understood)
    small = small_words(tokens, cheap=False)
    unread = [
        position
        for part in _parts(understood, tokens)
        for position in range(part.first, part.last)
        if not small[position] and tokens[position].kind not in (Kind.SIGN, Kind.LITERAL)
    ]
    return len(unread) >= LEAST_UNREAD_WORDS


def unread_texts(understood: Understood) -> tuple[str, ...]:
    """The parts of the request that no rule read, in order."""
    tokens = _tokens(understood)
    parts = [part for part in _parts(understood, tokens) if part.first < part.last]
    return tuple(
        understood.request[tokens[part.first].start : tokens[part.last - 1].end] for part in parts
    )


def with_proposals(
    understood: Understood, proposals: Sequence[Proposal], vocabulary: Vocabulary
) -> Understood:
    """The request with those proposals as chips that can be taken; all else stays as it was."""
    tokens = _tokens(understood)
    small = small_words(tokens, cheap=False)
    parts = _parts(understood, tokens)
    read = {name for chip in understood.chips for name in _names_in(chip.filter)}
    taken: list[_Taken] = []
    for proposal in proposals[:MAX_PROPOSALS]:
        tree = _bearable(proposal.filter, vocabulary)
        # What the rules or a proposal before said of a price or a size is not said once more.
        if tree is None or read & (_names(tree) - {"category"}):
            continue
        free = (one for one in _places(proposal.words, tokens, parts) if _is_free(one, taken))
        found = next((one for one in free if _means(one, tree, tokens, small)), None)
        if found is not None:
            taken.append(_Taken(*found, tree))
            read |= _names(tree)
    if not taken:
        return understood
    return _rebuilt(understood, tokens, small, parts, sorted(taken, key=lambda one: one.first))


def _tokens(understood: Understood) -> tuple[Token, ...]:
    # What is longer is searched for as it is.
    request = understood.request
    return tokenize(request) if len(request) <= MAX_REQUEST_CHARACTERS else ()


def _parts(understood: Understood, tokens: Sequence[Token]) -> list[_Part]:
    parts = []
    for span in understood.rest:
        inside = [at for at, one in enumerate(tokens) if span.start <= one.start < span.end]
        if inside:
            parts.append(_Part(span.start, span.end, inside[0], inside[-1] + 1))
    for chip in understood.chips:
        if chip.kind is not ChipKind.WORD or chip.label != chip.words:
            continue
        # "I want something warm": the chip has the polite words beside those that are left.
        ends = {one.end: at + 1 for at, one in enumerate(tokens)}
        for at, token in enumerate(tokens):
            end = token.start + len(chip.words)
            same = understood.request.startswith(chip.words, token.start)
            if same and chip.start <= token.start and end <= chip.end and end in ends:
                parts.append(_Part(chip.start, chip.end, at, ends[end], chip))
                break
    return sorted(parts, key=lambda part: part.start)


def _bearable(text: str, vocabulary: Vocabulary) -> Filter | None:
    """The filter where it parses and asks for what this catalogue has."""
    if len(text) > MAX_FILTER_CHARACTERS:
        return None
    try:
        tree = parse_filter(text)
    except FilterError:
        return None
    return tree if all(knows(vocabulary, leaf) for leaf in leaves(tree)) else None


def _names_in(text: str) -> frozenset[str]:
    return _names(parse_filter(text)) if text else frozenset()


def _names(tree: Filter) -> frozenset[str]:
    return frozenset(fold(leaf.name) for leaf in leaves(tree))


def _places(
    words: str, tokens: Sequence[Token], parts: Sequence[_Part]
) -> Iterator[tuple[int, int]]:
    """Where the words stand within one part, whole words only."""
    wanted = [token.written.casefold() for token in tokenize(words[:MAX_REQUEST_CHARACTERS])]
    for part in parts if wanted else ():
        for first in range(part.first, part.last - len(wanted) + 1):
            last = first + len(wanted)
            if [token.written.casefold() for token in tokens[first:last]] == wanted:
                yield first, last


def _is_free(place: tuple[int, int], taken: Sequence[_Taken]) -> bool:
    return all(place[1] <= other.first or other.last <= place[0] for other in taken)


def _means(
    place: tuple[int, int], tree: Filter, tokens: Sequence[Token], small: Sequence[int]
) -> bool:
    """Whether the words can mean the filter: neither its opposite nor one of two choices."""
    first, last = place
    inside = range(first, last)
    if all(small[at] or tokens[at].kind is Kind.SIGN for at in inside):
        return False
    # What is in double quotes or after a minus is meant as it is written.
    if any(tokens[at].kind is Kind.LITERAL for at in inside):
        return False
    if any(DENIALS.at(tokens[:last], at) for at in inside) and not denies(tree):
        return False
    while first > 0 and small[first - 1]:
        first -= 1
    while last < len(tokens) and small[last]:
        last += 1
    beside = _ends_at(DENIALS, tokens, first) or _ends_at(JOINING, tokens, first)
    return not beside and JOINING.at(tokens, last) is None


def _ends_at(table: Phrases[bool], tokens: Sequence[Token], end: int) -> bool:
    for start in range(max(0, end - MAX_SMALL_TOKENS), end):
        match = table.at(tokens[:end], start)
        if match is not None and start + match.tokens == end:
            return True
    return False


def _rebuilt(
    understood: Understood,
    tokens: Sequence[Token],
    small: Sequence[int],
    parts: Sequence[_Part],
    taken: Sequence[_Taken],
) -> Understood:
    whole = {part.chip for part in parts if part.chip is not None}
    chips = [chip for chip in understood.chips if chip not in whole]
    held = {part.start for part in parts}
    rest = [span for span in understood.rest if span.start not in held]
    for part in parts:
        inside = [one for one in taken if part.first <= one.first < part.last]
        if not inside:
            _keep(part, chips, rest)
            continue
        start = part.first
        for number, one in enumerate(inside):
            limit = inside[number + 1].first if number + 1 < len(inside) else part.last
            first, last = one.first, one.last
            # Small words go along with the chip beside them, as they do with those of the rules.
            while first > start and small[first - 1]:
                first -= 1
            while last < limit and small[last]:
                last += 1
            if start < first:
                _keep(_piece(part, tokens, start, first, understood.request), chips, rest)
            begins, ends = _outline(part, tokens, first, last)
            chips.append(_chip(one.tree, begins, ends))
            start = last
        if start < part.last:
            _keep(_piece(part, tokens, start, part.last, understood.request), chips, rest)
    chips.sort(key=lambda chip: chip.start)
    rest.sort(key=lambda span: span.start)
    return replace(understood, chips=tuple(chips), rest=tuple(rest))


def _outline(part: _Part, tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """The characters of some tokens of a part; its outer ones have what is beside them."""
    start = part.start if first == part.first else tokens[first].start
    return start, part.end if last == part.last else tokens[last - 1].end


def _piece(part: _Part, tokens: Sequence[Token], first: int, last: int, request: str) -> _Part:
    start, end = _outline(part, tokens, first, last)
    words = request[tokens[first].start : tokens[last - 1].end]
    chip = part.chip and replace(part.chip, label=words, words=words, start=start, end=end)
    return _Part(start, end, first, last, chip)


def _keep(part: _Part, chips: list[Chip], rest: list[Span]) -> None:
    if part.chip is None:
        rest.append(Span(part.start, part.end))
    else:
        chips.append(part.chip)


def _chip(tree: Filter, start: int, end: int) -> Chip:
    names = _names(tree)
    kind = _KINDS.get(min(names), ChipKind.ATTRIBUTE) if len(names) == 1 else ChipKind.ATTRIBUTE
    colours: tuple[str, ...] = ()
    if isinstance(tree, Comparison) and kind is ChipKind.COLOUR and not denies(tree):
        colours = (fold(str(tree.value)),)
    return Chip(kind, filter_label(tree), filter_text(tree), start, end, colours=colours)

"""One collection's requests in words, read with its own vocabulary and our shop words."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

from goodsight.core.choices import Look
from goodsight.core.filter_parser import parse_filter
from goodsight.core.proposals import RequestModel, is_worth_asking, with_proposals
from goodsight.core.query_vectors import is_visual
from goodsight.core.shop_words import ShopWords
from goodsight.core.types import Query, Results, Term
from goodsight.core.understanding import Understander
from goodsight.core.understood import Understood, WordUse
from goodsight.core.vocabulary import Vocabulary, VocabularyReader

__all__ = ["RequestUnderstander", "answered"]

SHOP_WORDS = "shop_words.tsv"


# People ask the same again, and turn pages.
MAX_REMEMBERED = 500


@dataclass(slots=True)
class _Known:
    """What reads requests to one version of a catalogue, and how those asked of a model read."""

    vocabulary: Vocabulary
    understander: Understander
    completed: OrderedDict[str, Understood] = field(default_factory=OrderedDict)


class RequestUnderstander:
    """Understands requests to one collection, by rules first. Safe to use from several threads.

    A `model` is asked where rules leave several words.
    """

    def __init__(self, model: RequestModel | None = None) -> None:
        self._model = model
        self._known: _Known | None = None

    def understand(self, text: str, reader: VocabularyReader) -> Understood:
        """How a request reads in this catalogue. Raises CollectionNotFound, StoreError."""
        known = self._known_of(reader)
        remembered = known.completed.get(text)
        if remembered is not None:
            return remembered
        understood = known.understander.understand(text)
        if self._model is None or not is_worth_asking(understood):
            return understood
        proposals = self._model.read(understood, known.vocabulary)
        if proposals is None:
            # It may answer the next time.
            return understood
        completed = with_proposals(understood, proposals, known.vocabulary)
        known.completed[text] = completed
        if len(known.completed) > MAX_REMEMBERED:
            known.completed.popitem(last=False)
        return completed

    def _known_of(self, reader: VocabularyReader) -> _Known:
        vocabulary = reader.vocabulary()
        known = self._known
        # The store gives the same one until the collection changes, and most changes are of stock.
        if known is None or (known.vocabulary is not vocabulary and known.vocabulary != vocabulary):
            known = _Known(vocabulary, Understander(vocabulary, _shop_words()))
            self._known = known
        return known

    def applied(self, query: Query, reader: VocabularyReader) -> tuple[Query, Understood]:
        """The query with its texts understood: fewer words, and a narrower filter.

        Raises FilterError where the query's own filter cannot be read, and what `understand`
        raises.
        """
        if query.where and query.where.strip():
            # Within the longer filter its faults would be told at another place.
            parse_filter(query.where)
        texts = [term for term in query.terms if _is_request(term)]
        understood = self.understand(" ".join(term.text or "" for term in texts), reader)
        others = tuple(term for term in query.terms if not _is_request(term))
        words = (Term(text=understood.text),) if understood.text else ()
        filters = [text for text in (query.where, understood.filter) if text and text.strip()]
        where = " and ".join(f"({text})" for text in filters) if len(filters) > 1 else None
        read = replace(query, terms=(*others, *words), where=where or "".join(filters) or None)
        # What somebody weighed does not narrow, but names a colour all the same.
        return replace(read, colours=self.coloured(query, reader).colours), understood

    def coloured(self, query: Query, reader: VocabularyReader) -> Query:
        """The query, its texts as they are, with the colours that they name beside a photo.

        Raises what `understand` raises.
        """
        texts = [term.text for term in query.terms if term.text and term.weight > 0]
        if not texts or not _takes_colours(query):
            return query
        # Nobody asked for the words to be understood: rules tell a colour as well.
        rules = self._known_of(reader).understander
        return replace(query, colours=rules.understand(" ".join(texts)).colours)


def _is_request(term: Term) -> bool:
    """Whether a text is read as a request; one that somebody weighed is a term as it is."""
    return term.text is not None and term.weight == 1


def _takes_colours(query: Query) -> bool:
    """Beside a photo a colour in words is one to look for: which photo is shown depends on it."""
    return is_visual(query) and not query.colours and query.look is not Look.PATTERN


def answered(
    query: Query, understood: Understood | None, find: Callable[[Query], Results]
) -> tuple[Query, Results]:
    """The answer to a query that was understood, and the query that it answers.

    Where no product that passes the filter has all of the words, less is asked of them.
    """
    found = find(query)
    if understood is not None and found.some_words:
        # Beside a photo products without the words are found as well.
        used = any(hit.explanation.get("text", 1.0) for hit in found.hits)
        understood = replace(understood, word_use=WordUse.ANY if used else WordUse.NONE)
    found = replace(found, understood=understood)
    for looser, read in _loosened(query, understood) if understood else ():
        # An empty page beyond the last one has a total, and is no reason to ask for less.
        if found.hits or found.total or not found.no_match:
            break
        query, found = looser, replace(find(looser), understood=read, some_words=True)
    return query, found


def _loosened(query: Query, understood: Understood) -> Iterator[tuple[Query, Understood]]:
    """The query with any of its words, then with none.

    Without a filter there is nothing else that is asked for, and words in quotes or after a
    minus are meant as they are.
    """
    words = understood.text.split()
    if understood.filter is None or not words or any(word[0] in '-"' for word in words):
        return
    others = tuple(term for term in query.terms if not _is_request(term))
    if len(words) > 1:
        any_of_them = replace(query, terms=(*others, Term(text=" or ".join(words))))
        yield any_of_them, replace(understood, word_use=WordUse.ANY)
    yield replace(query, terms=others), replace(understood, word_use=WordUse.NONE)


@cache
def _shop_words() -> ShopWords:
    file = resources.files("goodsight") / SHOP_WORDS
    return ShopWords.read(file.read_text(encoding="utf-8"))

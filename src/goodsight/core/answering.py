"""What every answer to a query is made of: which products count, their order, counts and times."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from goodsight.core.errors import UsageError
from goodsight.core.filter_parser import parse_filter
from goodsight.core.filters import Filter
from goodsight.core.store_ports import Facets, Found, ProductBrowser, ScoredProduct
from goodsight.core.types import Hit, Query, Results, Sort, Term, Timings

__all__ = [
    "ALL_FACETS",
    "MAX_LIMIT",
    "Choice",
    "Clock",
    "Watch",
    "by_price_order",
    "facets_of",
    "results_of",
]

MAX_LIMIT = 1000
ALL_FACETS = "*"

# Told by name of each stage it is entered for: "encode", "store", "facets".
Watch = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which products count, and the texts that are asked for."""

    where: Filter | None
    texts: tuple[Term, ...]

    @classmethod
    def of(cls, query: Query) -> Choice:
        """What the query says of it. Raises FilterError, UsageError."""
        if not 1 <= query.limit <= MAX_LIMIT:
            raise UsageError(f"limit {query.limit}: give a number from 1 to {MAX_LIMIT}")
        if not 0 <= query.offset <= MAX_LIMIT - query.limit:
            raise UsageError(f"only the first {MAX_LIMIT} products can be looked through")
        where = parse_filter(query.where) if query.where and query.where.strip() else None
        texts = [term for term in query.terms if term.text and term.text.strip() and term.weight]
        return cls(where, tuple(texts))

    @property
    def words(self) -> str | None:
        """The words of all texts that are wanted."""
        wanted = [term.text or "" for term in self.texts if term.weight > 0]
        return " ".join(wanted).strip() or None

    @property
    def any_words(self) -> str | None:
        """Any of the wanted texts, and none of the unwanted ones, as one text."""
        wanted = " or ".join(_whole(term) for term in self.texts if term.weight > 0)
        unwanted = [f"-{_whole(term)}" for term in self.texts if term.weight < 0]
        return " ".join([wanted, *unwanted]).strip() or None

    @property
    def is_weighed(self) -> bool:
        """Whether the texts are unwanted or of different weight."""
        return any(term.weight < 0 or term.weight != self.texts[0].weight for term in self.texts)


def _whole(term: Term) -> str:
    """A text whose words stand together."""
    words = (term.text or "").replace('"', " ").split()
    return words[0] if len(words) == 1 else f'"{" ".join(words)}"'


def by_price_order(products: tuple[ScoredProduct, ...], sort: Sort) -> tuple[ScoredProduct, ...]:
    """By price, the cheapest or the dearest first; those without one come last."""
    sign = -1 if sort is Sort.PRICE_DOWN else 1

    def key(scored: ScoredProduct) -> tuple[bool, object]:
        price = scored.product.price
        return (price is None, 0 if price is None else sign * price)

    return tuple(sorted(products, key=key))


def facets_of(
    query: Query,
    where: Filter | None,
    words: str | None,
    browser: ProductBrowser | None,
    watch: Watch,
) -> Facets:
    """The counts that are asked for, among the products that pass and have the words."""
    if not query.facets or browser is None:
        return {}
    with watch("facets"):
        names = browser.narrowings() if ALL_FACETS in query.facets else query.facets
        return browser.facets(names, where, words)


def results_of(
    found: Found,
    shown: tuple[ScoredProduct, ...],
    facets: Facets,
    space: str,
    timings: Timings,
) -> Results:
    """What was found, as the answer that shows these products."""
    return Results(
        query_id=uuid.uuid4().hex,
        hits=tuple(_hit(scored) for scored in shown),
        no_match=not found.products,
        facets=facets,
        space=space,
        index_version=found.index_version,
        timings=timings,
        total=found.total,
        read_as=found.read_as,
        some_words=found.some_words,
    )


def _hit(scored: ScoredProduct) -> Hit:
    return Hit(
        product=scored.product,
        photo=scored.photo,
        content_hash=scored.content_hash,
        variants=scored.variants,
        score=scored.score,
        explanation=scored.parts,
    )


class Clock:
    """Milliseconds since the last lap."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def lap(self) -> float:
        """Milliseconds since the lap before."""
        now = time.perf_counter()
        passed, self._since = (now - self._since) * 1000, now
        return passed

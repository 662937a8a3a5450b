"""browse(): words and filters alone -> results.

Texts of one weight are one text: products need the words. Where their weights differ, or one is
unwanted, products are put in order by what they have of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

from goodsight.core.answering import (
    MAX_LIMIT,
    Choice,
    Clock,
    Watch,
    by_price_order,
    facets_of,
    results_of,
)
from goodsight.core.choices import Look
from goodsight.core.composing import fitted_texts, weighed
from goodsight.core.errors import UsageError
from goodsight.core.store_ports import BrowseQuery, Found, ProductBrowser
from goodsight.core.term_ports import TextMatcher
from goodsight.core.types import Query, Results, Sort, Term, Timings

__all__ = ["browse"]


def browse(
    query: Query,
    browser: ProductBrowser,
    *,
    matcher: TextMatcher | None = None,
    watch: Watch = lambda _: nullcontext(),
) -> Results:
    """Look through the catalogue by words, filter and price alone.

    Raises FilterError, UsageError, CollectionNotFound.
    """
    chosen = Choice.of(query)
    if query.colours or query.look is not Look.STYLE:
        raise UsageError(
            "colours and patterns are compared with a photo or a product: give one, or use a"
            " filter such as seen_colour = 'red'"
        )
    clock = Clock()
    asked = BrowseQuery(
        where=chosen.where,
        words=chosen.words,
        limit=query.limit,
        offset=query.offset,
        sort=query.sort,
    )
    with watch("store"):
        if chosen.is_weighed and matcher is not None:
            found = _weighed(asked, chosen.texts, browser, matcher)
        else:
            found = browser.browse(asked)
    counted = chosen.any_words if chosen.is_weighed else chosen.words
    facets = facets_of(query, chosen.where, counted, browser, watch)
    timings = Timings(0.0, 0.0, store_ms := clock.lap(), store_ms)
    return results_of(found, found.products, facets, found.space, timings)


def _weighed(
    asked: BrowseQuery, texts: Sequence[Term], browser: ProductBrowser, matcher: TextMatcher
) -> Found:
    """A page of the products that have any of the texts, by what they have of each."""
    whole = replace(asked, limit=MAX_LIMIT, offset=0, sort=Sort.MATCH)
    wanted = [term.text for term in texts if term.weight > 0]
    founds = [browser.browse(replace(whole, words=text)) for text in wanted or [None]]
    products = {scored.product.id: scored for found in founds for scored in found.products}
    ranked = weighed([*products.values()], fitted_texts(texts, [*products], matcher))
    if asked.sort is not Sort.MATCH:
        ranked = by_price_order(ranked, asked.sort)
    complete = all(found.total is not None and found.total <= MAX_LIMIT for found in founds)
    return replace(
        founds[0],
        products=ranked[asked.offset : asked.offset + asked.limit],
        total=len(ranked) if complete else None,
        read_as=" ".join(found.read_as for found in founds if found.read_as) or None,
        some_words=any(found.some_words for found in founds),
    )

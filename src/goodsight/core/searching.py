"""search(): query -> results.

    with a photo:    Query -> Encoder -> vector -> ProductStore -> Results
    with words only: Query -> ProductBrowser -> Results

Photos and products in a query rank every product, words beside them lift those that have them,
and the filter says which ones count. Words alone are needed; see `composing` for the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache

from goodsight.core.answering import (
    MAX_LIMIT,
    Choice,
    Clock,
    Watch,
    by_price_order,
    facets_of,
    results_of,
)
from goodsight.core.calibrating import COMPETITORS, Calibration
from goodsight.core.choices import Look
from goodsight.core.composing import (
    fitted_texts,
    looks_weight,
    text_unit,
    unit_of_spread,
    with_texts,
)
from goodsight.core.ports import ImageEncoder, Reranker
from goodsight.core.query_vectors import PhotoSample, seen_terms
from goodsight.core.scoring import similarity
from goodsight.core.store_ports import (
    Found,
    ProductBrowser,
    ProductStore,
    ScoredProduct,
    VectorQuery,
)
from goodsight.core.term_ports import TextMatcher
from goodsight.core.types import FloatArray, Metric, Query, Results, Sort, Term, Timings

__all__ = ["search"]

# A photo ranks the whole catalogue: its cheapest product is seldom a match. By price are
# therefore put in order only so many of the best matches.
SORTED_MATCHES = 100
# Of the best by looks, and of the best that have a text, so many more than are shown are put
# together: what has no words falls behind.
COMPOSED_MORE = 100

Calibrations = Callable[[int], Mapping[Metric, Calibration]]


def search(
    query: Query,
    encoder: ImageEncoder,
    store: ProductStore,
    *,
    photos: PhotoSample,
    matcher: TextMatcher | None = None,
    browser: ProductBrowser | None = None,
    rerankers: Sequence[Reranker] = (),
    calibrations: Calibrations = lambda _: {},
    decode_ms: float = 0.0,
    watch: Watch = lambda _: nullcontext(),
) -> Results:
    """Find the products that look most like the query's photos.

    Several photos or products are added up with their weights, as vectors; products that
    have a text's words are lifted by its weight. `matcher` knows who has them. Where the
    encoder sees texts too they are vectors as well, balanced by some of the catalogue's
    `photos`.
    Each of the `rerankers` sees the best products in the order the one before left them in.
    `decode_ms` is what decoding the photos took before; `browser` counts facets;
    `calibrations` are the space's, as of an index version.

    Raises FilterError, UsageError (no usable term, an unknown product, a limit or offset
    out of range), SpaceMismatch, CollectionNotFound, ModelError.
    """
    chosen = Choice.of(query)
    clock = Clock()
    photos = cache(photos)
    with watch("encode"):
        seen = seen_terms(query.terms, encoder, store, photos)
        vector = seen.vector
    encode_ms = clock.lap()
    by_price = query.sort is not Sort.MATCH
    wanted = max(query.offset + query.limit, SORTED_MATCHES if by_price else 0)
    depth = max((wanted, *(one.depth(query) for one in rerankers)))
    depth = min(depth + (COMPOSED_MORE if chosen.texts else 0), MAX_LIMIT)
    asked = VectorQuery(
        vector=vector,
        space=encoder.card.space,
        where=chosen.where,
        limit=depth,
        # Those behind only lower the confidence in the best: most of them will do.
        besides=max(COMPETITORS - depth, 0),
        metric=query.metric,
        exact=query.exact,
    )
    with watch("store"):
        found = store.search(asked)
        calibration = calibrations(found.index_version).get(query.metric)
        weight = looks_weight(query.terms)
        unit = (
            unit_of_spread(similarity(vector, photos(), query.metric), weight)
            if seen.with_text
            else text_unit(calibration, query.metric, weight)
        )
        if chosen.texts and matcher is not None:
            found = _with_texts(found, asked, chosen.texts, unit, store, matcher)
    with watch("rerank"):
        ranked = _reranked(found.products, query, vector, rerankers)
    # Scores that mix colours in, or several looks, are on another scale than those that were
    # calibrated: with single photos of what is there.
    plain = query.look is Look.STYLE and not query.colours and seen.is_one_look
    # Where a photo's own words are unwanted its product falls behind: that tells nothing of
    # whether it is here.
    plain = plain and all(text.weight > 0 for text in chosen.texts)
    sure = _confidences(ranked, calibration if plain else None)
    products = by_price_order(ranked[:wanted], query.sort) if by_price else ranked
    # Looks rank every product and select none.
    facets = facets_of(query, chosen.where, None, browser, watch)
    timings = Timings(
        decode_ms, encode_ms, store_ms := clock.lap(), decode_ms + encode_ms + store_ms
    )
    shown = products[query.offset : query.offset + query.limit]
    results = results_of(found, shown, facets, encoder.card.space, timings)
    hits = tuple(replace(hit, confidence=sure.get(hit.product.id)) for hit in results.hits)
    doubted = bool(sure) and max(sure.values()) < query.min_confidence
    return replace(results, hits=hits, no_match=results.no_match or doubted)


def _with_texts(
    found: Found,
    asked: VectorQuery,
    texts: Sequence[Term],
    unit: float,
    store: ProductStore,
    matcher: TextMatcher,
) -> Found:
    """The best by looks and the best that have a text, put in order by both."""
    products = {scored.product.id: scored for scored in found.products}
    read_as: list[str] = []
    for term in texts:
        if term.weight > 0:
            having = store.search(replace(asked, words=term.text, besides=0))
            products |= {scored.product.id: scored for scored in having.products}
            read_as += [having.read_as] if having.read_as else []
            some_words = having.some_words or not having.products
            found = replace(found, some_words=found.some_words or some_words)
    fitted = fitted_texts(texts, [*products], matcher)
    ranked = with_texts([*products.values()], fitted, unit)
    return replace(found, products=ranked, read_as=" ".join(read_as) or None)


def _reranked(
    products: tuple[ScoredProduct, ...],
    query: Query,
    vector: FloatArray,
    rerankers: Sequence[Reranker],
) -> tuple[ScoredProduct, ...]:
    """The products with the first `depth` of them in each reranker's order, the rest behind."""
    for reranker in rerankers:
        if depth := reranker.depth(query):
            products = (*reranker.rerank(query, vector, products[:depth]), *products[depth:])
    return products


def _confidences(
    products: Sequence[ScoredProduct], calibration: Calibration | None
) -> dict[str, float]:
    """Product id -> the probability that it is the one looked for; nothing without calibration.

    By looks alone: a word neither shows nor denies that what is on the photo is here.
    """
    if calibration is None:
        return {}
    scores = {one.product.id: one.score - one.parts.get("text", 0.0) for one in products}
    ordered = sorted(scores, key=lambda product: -scores[product])
    sure = calibration.confidences([scores[product] for product in ordered])
    return dict(zip(ordered, sure, strict=True))

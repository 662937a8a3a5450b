"""search(): query -> results.

    with a photo:    Query -> Encoder -> vector -> ProductStore -> Results
    with words only: Query -> ProductBrowser -> Results

A photo ranks every product; words and filters say which ones count.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import numpy as np

from goodsight.core.calibrating import COMPETITORS, Calibration
from goodsight.core.choices import Look
from goodsight.core.errors import UsageError
from goodsight.core.filter_parser import parse_filter
from goodsight.core.filters import Filter
from goodsight.core.ports import ImageEncoder, Reranker
from goodsight.core.scoring import mean_vector
from goodsight.core.store_ports import (
    BrowseQuery,
    Facets,
    Found,
    ProductBrowser,
    ProductStore,
    ScoredProduct,
    VectorQuery,
)
from goodsight.core.types import (
    Embeddings,
    FloatArray,
    Hit,
    Metric,
    Query,
    Results,
    Sort,
    Term,
    Timings,
)

__all__ = ["ALL_FACETS", "MAX_LIMIT", "Watch", "browse", "is_visual", "search"]

MAX_LIMIT = 1000
# A photo ranks the whole catalogue: its cheapest product is seldom a match. By price are
# therefore put in order only so many of the best matches.
SORTED_MATCHES = 100
ALL_FACETS = "*"

# Told by name of each stage it is entered for: "encode", "store", "facets".
Watch = Callable[[str], AbstractContextManager[object]]
Calibrations = Callable[[int], Mapping[Metric, Calibration]]


def is_visual(query: Query) -> bool:
    """Whether the query has a term that is compared by its looks."""
    return any(term.text is None for term in query.terms)


def search(
    query: Query,
    encoder: ImageEncoder,
    store: ProductStore,
    *,
    browser: ProductBrowser | None = None,
    rerankers: Sequence[Reranker] = (),
    calibrations: Calibrations = lambda _: {},
    decode_ms: float = 0.0,
    watch: Watch = lambda _: nullcontext(),
) -> Results:
    """Find the products that look most like the query's photos.

    Several photos or products are added up with their weights, as vectors; texts narrow.
    Each of the `rerankers` sees the best products in the order the one before left them in.
    `decode_ms` is what decoding the photos took before; `browser` counts facets;
    `calibrations` are the space's, as of an index version.

    Raises FilterError, UsageError (no usable term, an unknown product, a limit or offset
    out of range), SpaceMismatch, CollectionNotFound, ModelError.
    """
    chosen = _Choice.of(query)
    clock = _Clock()
    with watch("encode"):
        vector = query_vector(query.terms, encoder, store)
    encode_ms = clock.lap()
    by_price = query.sort is not Sort.MATCH
    wanted = max(query.offset + query.limit, SORTED_MATCHES if by_price else 0)
    depth = min(max((wanted, *(one.depth(query) for one in rerankers))), MAX_LIMIT)
    with watch("store"):
        found = store.search(
            VectorQuery(
                vector=vector,
                space=encoder.card.space,
                where=chosen.where,
                words=chosen.words,
                limit=depth,
                # Those behind only lower the confidence in the best: most of them will do.
                besides=max(COMPETITORS - depth, 0),
                metric=query.metric,
                exact=query.exact,
            )
        )
    with watch("rerank"):
        ranked = _reranked(found.products, query, vector, rerankers)
    # Scores that mix colours in are on another scale than those that were calibrated.
    plain = query.look is Look.STYLE and not query.colours
    calibration = calibrations(found.index_version).get(query.metric) if plain else None
    sure = _confidences(ranked, calibration)
    products = _by_price(ranked[:wanted], query.sort) if by_price else ranked
    facets = _facets(query, chosen, browser, watch)
    timings = Timings(
        decode_ms, encode_ms, store_ms := clock.lap(), decode_ms + encode_ms + store_ms
    )
    shown = products[query.offset : query.offset + query.limit]
    results = _results(found, shown, facets, encoder.card.space, timings)
    hits = tuple(replace(hit, confidence=sure.get(hit.product.id)) for hit in results.hits)
    doubted = bool(sure) and max(sure.values()) < query.min_confidence
    return replace(results, hits=hits, no_match=results.no_match or doubted)


def browse(
    query: Query,
    browser: ProductBrowser,
    *,
    watch: Watch = lambda _: nullcontext(),
) -> Results:
    """Look through the catalogue by words, filter and price alone.

    Raises FilterError, UsageError, CollectionNotFound.
    """
    chosen = _Choice.of(query)
    if query.colours or query.look is not Look.STYLE:
        raise UsageError(
            "colours and patterns are compared with a photo or a product: give one, or use a"
            " filter such as seen_colour = 'red'"
        )
    clock = _Clock()
    with watch("store"):
        found = browser.browse(
            BrowseQuery(
                where=chosen.where,
                words=chosen.words,
                limit=query.limit,
                offset=query.offset,
                sort=query.sort,
            )
        )
    facets = _facets(query, chosen, browser, watch)
    timings = Timings(0.0, 0.0, store_ms := clock.lap(), store_ms)
    return _results(found, found.products, facets, found.space, timings)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which products count."""

    where: Filter | None
    words: str | None

    @classmethod
    def of(cls, query: Query) -> _Choice:
        if not 1 <= query.limit <= MAX_LIMIT:
            raise UsageError(f"limit {query.limit}: give a number from 1 to {MAX_LIMIT}")
        if not 0 <= query.offset <= MAX_LIMIT - query.limit:
            raise UsageError(f"only the first {MAX_LIMIT} products can be looked through")
        where = parse_filter(query.where) if query.where and query.where.strip() else None
        texts = [term for term in query.terms if term.text is not None]
        if any(term.weight <= 0 for term in texts):
            raise UsageError("words cannot be negative here: put 'not' into the filter instead")
        words = " ".join(term.text or "" for term in texts).strip()
        return cls(where, words or None)


def query_vector(terms: tuple[Term, ...], encoder: ImageEncoder, store: ProductStore) -> FloatArray:
    """The weighted sum of the visual terms' unit vectors, scaled to norm 1; float32 (d,)."""
    visual = [term for term in terms if term.text is None]
    if not visual:
        raise UsageError("a query without a photo: give one, or a product to compare with")
    total = np.zeros(encoder.card.dimension, dtype=np.float64)
    for term in visual:
        total += term.weight * _term_vector(term, encoder, store)
    norm = float(np.linalg.norm(total))
    if norm < 1e-6:
        raise UsageError("the query's terms cancel each other out: change a weight")
    return np.asarray(total / norm, dtype=np.float32)


def _term_vector(term: Term, encoder: ImageEncoder, store: ProductStore) -> FloatArray:
    if term.photo is not None:
        return _only_row(encoder.encode_photos([term.photo]))
    if term.product_id is None:
        raise UsageError("an empty term: give a photo, a text or a product")
    vectors = store.vectors(term.product_id)
    if len(vectors) == 0:
        raise UsageError(f"product '{term.product_id}' is not here or has no photo")
    return mean_vector(vectors)


def _only_row(embeddings: Embeddings) -> FloatArray:
    row: FloatArray = embeddings.vectors[0]
    return row


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
    """Product id -> the probability that it is the one looked for; nothing without calibration."""
    if calibration is None:
        return {}
    sure = calibration.confidences([product.score for product in products])
    return {p.product.id: value for p, value in zip(products, sure, strict=True)}


def _by_price(products: tuple[ScoredProduct, ...], sort: Sort) -> tuple[ScoredProduct, ...]:
    sign = -1 if sort is Sort.PRICE_DOWN else 1

    def key(scored: ScoredProduct) -> tuple[bool, object]:
        price = scored.product.price
        return (price is None, 0 if price is None else sign * price)

    return tuple(sorted(products, key=key))


def _facets(query: Query, chosen: _Choice, browser: ProductBrowser | None, watch: Watch) -> Facets:
    if not query.facets or browser is None:
        return {}
    with watch("facets"):
        names = browser.narrowings() if ALL_FACETS in query.facets else query.facets
        return browser.facets(names, chosen.where, chosen.words)


def _results(
    found: Found,
    shown: tuple[ScoredProduct, ...],
    facets: Facets,
    space: str,
    timings: Timings,
) -> Results:
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


class _Clock:
    """Milliseconds since the last lap."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def lap(self) -> float:
        now = time.perf_counter()
        passed, self._since = (now - self._since) * 1000, now
        return passed

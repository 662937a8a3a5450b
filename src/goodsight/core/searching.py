"""search(): query -> results.

Query -> Encoder -> vector -> ProductStore -> Results
"""

from __future__ import annotations

import time
import uuid

import numpy as np

from goodsight.core.errors import UsageError
from goodsight.core.filter_parser import parse_filter
from goodsight.core.ports import ImageEncoder, ProductStore, ScoredProduct, TextEncoder, VectorQuery
from goodsight.core.scoring import mean_vector
from goodsight.core.types import Embeddings, FloatArray, Hit, Query, Results, Term, Timings

__all__ = ["MAX_LIMIT", "search"]

MAX_LIMIT = 1000


def search(
    query: Query,
    encoder: ImageEncoder,
    store: ProductStore,
    *,
    text_encoder: TextEncoder | None = None,
    decode_ms: float = 0.0,
) -> Results:
    """Find the products that look most like the query.

    Several terms are added up with their weights, as vectors. `decode_ms` is what decoding
    the query's photos took before. Raises FilterError, UsageError (no usable term, a text
    without a text encoder, an unknown product, a limit out of 1…`MAX_LIMIT`),
    SpaceMismatch, CollectionNotFound, ModelError.
    """
    if not 1 <= query.limit <= MAX_LIMIT:
        raise UsageError(f"limit {query.limit}: give a number from 1 to {MAX_LIMIT}")
    where = parse_filter(query.where) if query.where and query.where.strip() else None
    started = time.perf_counter()
    vector = query_vector(query.terms, encoder, store, text_encoder)
    encoded = time.perf_counter()
    found = store.search(
        VectorQuery(
            vector=vector,
            space=encoder.card.space,
            where=where,
            limit=query.limit,
            metric=query.metric,
            exact=query.exact,
        )
    )
    stored = time.perf_counter()
    encode_ms = (encoded - started) * 1000
    store_ms = (stored - encoded) * 1000
    return Results(
        query_id=uuid.uuid4().hex,
        hits=tuple(_hit(scored) for scored in found.products),
        no_match=not found.products,
        facets={},
        space=encoder.card.space,
        index_version=found.index_version,
        timings=Timings(decode_ms, encode_ms, store_ms, decode_ms + encode_ms + store_ms),
    )


def query_vector(
    terms: tuple[Term, ...],
    encoder: ImageEncoder,
    store: ProductStore,
    text_encoder: TextEncoder | None = None,
) -> FloatArray:
    """The weighted sum of the terms' unit vectors, scaled to norm 1; float32 (d,)."""
    if not terms:
        raise UsageError("an empty query: give a photo")
    total = np.zeros(encoder.card.dimension, dtype=np.float64)
    for term in terms:
        total += term.weight * _term_vector(term, encoder, store, text_encoder)
    norm = float(np.linalg.norm(total))
    if norm < 1e-6:
        raise UsageError("the query's terms cancel each other out: change a weight")
    return np.asarray(total / norm, dtype=np.float32)


def _term_vector(
    term: Term, encoder: ImageEncoder, store: ProductStore, text_encoder: TextEncoder | None
) -> FloatArray:
    if term.photo is not None:
        return _only_row(encoder.encode_photos([term.photo]))
    if term.product_id is not None:
        vectors = store.vectors(term.product_id)
        if len(vectors) == 0:
            raise UsageError(f"product '{term.product_id}' is not here or has no photo")
        return mean_vector(vectors)
    if text_encoder is None:
        raise UsageError(
            f"'{term.text}' is not a file, and the model {encoder.card.name} understands"
            " photos only: give a photo"
        )
    return _only_row(text_encoder.encode_texts([term.text or ""]))


def _only_row(embeddings: Embeddings) -> FloatArray:
    row: FloatArray = embeddings.vectors[0]
    return row


def _hit(scored: ScoredProduct) -> Hit:
    return Hit(
        product=scored.product,
        photo=scored.photo,
        content_hash=scored.content_hash,
        variants=scored.variants,
        score=scored.score,
        explanation=scored.parts,
    )

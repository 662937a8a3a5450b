"""A query's photos and products as one vector."""

from __future__ import annotations

import numpy as np

from goodsight.core.errors import UsageError
from goodsight.core.ports import ImageEncoder
from goodsight.core.scoring import mean_vector
from goodsight.core.store_ports import ProductStore
from goodsight.core.types import Embeddings, FloatArray, Query, Term

__all__ = ["is_visual", "query_vector", "visual_terms"]


def is_visual(query: Query) -> bool:
    """Whether the query has a term that is compared by its looks."""
    return bool(visual_terms(query.terms))


def visual_terms(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Those of the terms that are compared by their looks."""
    return tuple(term for term in terms if term.text is None)


def query_vector(terms: tuple[Term, ...], encoder: ImageEncoder, store: ProductStore) -> FloatArray:
    """The weighted sum of the visual terms' unit vectors, scaled to norm 1; float32 (d,)."""
    visual = visual_terms(terms)
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

"""Metrics, and from photo scores to product scores.

All vectors are float32 rows of Euclidean norm 1. Every score grows with likeness:

===========  =====================================================  ==========
metric       score of query q and photo v                           range
===========  =====================================================  ==========
cosine       q · v                                                  -1 … 1
euclidean    1 - |q - v| / 2                                        0 … 1
kl           exp(-KL(softmax(q / T) || softmax(v / T)))             0 … 1
===========  =====================================================  ==========

Kullback and Leibler, "On Information and Sufficiency", Annals of Mathematical Statistics
22 (1951). The softmax turns a vector into a distribution; T is `KL_TEMPERATURE`.

A product's score blends its best photo with its mean vector (`blend`): the best photo knows
the view, the mean knows the product. docs/decisions/0004 has the measurements.
"""

from __future__ import annotations

import numpy as np

from goodsight.core.types import FloatArray, Metric

__all__ = [
    "KL_TEMPERATURE",
    "MEAN_WEIGHT",
    "blend",
    "mean_vector",
    "similarities",
    "similarity",
    "unit_rows",
]

MEAN_WEIGHT = 0.5
# Chosen by recall@1 on the grocery validation photos; see docs/decisions/0004.
KL_TEMPERATURE = 0.2


def similarity(query: FloatArray, vectors: FloatArray, metric: Metric) -> FloatArray:
    """Score n vectors (n, d) against one query (d,); float32 (n,)."""
    if metric is Metric.COSINE:
        products: FloatArray = vectors @ query
        return products
    if metric is Metric.EUCLIDEAN:
        distances = np.linalg.norm(vectors - query, axis=1)
        return np.asarray(1 - distances / 2, dtype=np.float32)
    log_query = _log_softmax(query[np.newaxis])
    log_vectors = _log_softmax(vectors)
    divergence = (np.exp(log_query) * (log_query - log_vectors)).sum(axis=1)
    return np.asarray(np.exp(-np.maximum(divergence, 0)), dtype=np.float32)


def similarities(queries: FloatArray, vectors: FloatArray, metric: Metric) -> FloatArray:
    """Score n vectors (n, d) against m queries (m, d); float32 (m, n).

    The same numbers as `similarity` gives one by one, up to rounding.
    """
    if metric is Metric.KL:
        log_queries, log_vectors = _log_softmax(queries), _log_softmax(vectors)
        weights = np.exp(log_queries)
        entropies = (weights * log_queries).sum(axis=1, keepdims=True)
        divergences = entropies - weights @ log_vectors.T
        return np.asarray(np.exp(-np.maximum(divergences, 0)), dtype=np.float32)
    cosines: FloatArray = queries @ vectors.T
    if metric is Metric.EUCLIDEAN:
        # Of unit vectors: |q - v|² = 2 - 2 q·v.
        return np.asarray(1 - np.sqrt(np.maximum(2 - 2 * cosines, 0)) / 2, dtype=np.float32)
    return cosines


def blend(best: float, mean: float) -> float:
    """A product's score from its best photo's score and its mean vector's score."""
    return (1 - MEAN_WEIGHT) * best + MEAN_WEIGHT * mean


def mean_vector(vectors: FloatArray) -> FloatArray:
    """The unit vector along the mean of n unit vectors (n, d); float32 (d,).

    Photos that cancel out exactly have no mean; the first one stands in then.
    """
    mean = vectors.mean(axis=0)
    norm = float(np.linalg.norm(mean))
    return np.asarray(mean / norm if norm > 1e-6 else vectors[0], dtype=np.float32)


def unit_rows(features: FloatArray) -> FloatArray:
    """Rows scaled to Euclidean norm 1; float32 (n, d). A row of zeros stays zero."""
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(norms, 1e-12), dtype=np.float32)


def _log_softmax(rows: FloatArray) -> FloatArray:
    scaled = rows / KL_TEMPERATURE
    shifted = scaled - scaled.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))

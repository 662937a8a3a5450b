"""What a query shows as one vector: photos, products, and texts where the model sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from goodsight.core.errors import UsageError
from goodsight.core.joint_space import balanced_weights, text_vector
from goodsight.core.ports import ImageEncoder
from goodsight.core.scoring import mean_vector
from goodsight.core.store_ports import ProductStore
from goodsight.core.types import Embeddings, FloatArray, Query, Term

__all__ = ["PhotoSample", "SeenTerms", "is_visual", "seen_terms"]

# Vectors of some of the catalogue's photos, float32 (m, d).
PhotoSample = Callable[[], FloatArray]


def is_visual(query: Query) -> bool:
    """Whether the query has a term that is compared by its looks."""
    return any(term.text is None for term in query.terms)


@dataclass(frozen=True, slots=True)
class SeenTerms:
    """The terms of a query that have a vector.

    `vectors` is float32 (n, d), rows of norm 1; `weights` are those by which they are added up.
    """

    terms: tuple[Term, ...]
    weights: tuple[float, ...]
    vectors: FloatArray

    @property
    def with_text(self) -> bool:
        """Whether a text is among them."""
        return any(term.text is not None for term in self.terms)

    @property
    def is_one_look(self) -> bool:
        """Whether it is one photo or one product that is looked for."""
        return len(self.terms) == 1 and self.weights[0] > 0 and not self.with_text

    @property
    def vector(self) -> FloatArray:
        """The weighted sum, scaled to norm 1; float32 (d,).

        Raises UsageError where the terms cancel each other out.
        """
        if self.length < 1e-6:
            raise UsageError("the query's terms cancel each other out: change a weight")
        return np.asarray(self._sum / self.length, dtype=np.float32)

    @property
    def length(self) -> float:
        """Of the weighted sum."""
        return float(np.linalg.norm(self._sum))

    @property
    def _sum(self) -> FloatArray:
        return np.asarray(np.asarray(self.weights) @ self.vectors.astype(np.float64))

    def replaced(self, position: int, vector: FloatArray) -> FloatArray:
        """The query's vector if one of its terms had this one; float32 (d,)."""
        vectors = self.vectors.copy()
        vectors[position] = vector
        total = np.asarray(self.weights) @ vectors.astype(np.float64)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), dtype=np.float32)


def seen_terms(
    terms: Sequence[Term], encoder: ImageEncoder, store: ProductStore, photos: PhotoSample
) -> SeenTerms:
    """The terms that have a vector in the encoder's space.

    Beside photos texts are balanced by how the catalogue's `photos` spread, see `joint_space`.
    Raises UsageError where no term has one, SpaceMismatch, ModelError, StoreError.
    """
    seen = [(term, _term_vector(term, encoder, store)) for term in terms]
    vectors = [(term, vector) for term, vector in seen if vector is not None]
    if not vectors:
        raise UsageError("a query without a photo: give one, or a product to compare with")
    found = SeenTerms(
        tuple(term for term, _ in vectors),
        tuple(term.weight for term, _ in vectors),
        np.stack([vector for _, vector in vectors]),
    )
    if len(vectors) == 1 or not found.with_text:
        return found
    weights = balanced_weights(found.vectors, found.weights, photos())
    return SeenTerms(found.terms, weights, found.vectors)


def _term_vector(term: Term, encoder: ImageEncoder, store: ProductStore) -> FloatArray | None:
    """None for a text that the encoder does not see."""
    if term.text is not None:
        return text_vector(term.text, encoder)
    if term.photo is not None:
        return _only_row(encoder.encode_photos([term.photo]))
    if term.product_id is None:
        raise UsageError("an empty term: give a photo, a text or a product")
    vectors = store.vectors(term.product_id, encoder.card.space)
    if len(vectors) == 0:
        raise UsageError(f"product '{term.product_id}' is not here or has no photo")
    return mean_vector(vectors)


def _only_row(embeddings: Embeddings) -> FloatArray:
    row: FloatArray = embeddings.vectors[0]
    return row

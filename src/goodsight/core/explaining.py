"""Why this hit: what each part of the photos, and each kind of likeness, adds to its score.

Where the encoder's features are means over positions the answer is exact: the cells of the
query photo sum to the product's likeness in looks, those of the hit's photo to the likeness of
the two photos. Where they are not, and for the Kullback-Leibler metric, patches are covered and
the drop of the score is shown; the answer says which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from goodsight.core.decomposing import PhotoParts, decompose
from goodsight.core.heat_maps import HeatMap, seen_box
from goodsight.core.occluding import occlusion_map
from goodsight.core.ports import ImageEncoder, PositionEncoder
from goodsight.core.projecting import Projection
from goodsight.core.query_vectors import PhotoSample, SeenTerms, seen_terms
from goodsight.core.scoring import MEAN_WEIGHT, blend, mean_vector, similarity
from goodsight.core.store_ports import ProductStore
from goodsight.core.term_ports import TextMatcher
from goodsight.core.term_shares import TermShare, term_shares
from goodsight.core.types import FloatArray, Hit, Metric, Photo, Query

__all__ = ["Explanation", "Method", "Sight", "explain"]

# Two ways to the same vector differ by rounding alone; more means that they are not the same.
SAME_VECTOR = 1e-3


class Method(StrEnum):
    """How an explanation was found: by exact decomposition, or by covering patches."""

    EXACT = "exact"
    OCCLUSION = "occlusion"


@dataclass(frozen=True, slots=True)
class Sight:
    """How a collection sees photos: its `encoder`, which is `base` followed by `projection`."""

    encoder: ImageEncoder
    base: ImageEncoder
    projection: Projection | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a product was found.

    `content_hash` names the hit's photo; `score`, `confidence` and `shares` are the hit's, as the
    search gave them; `term_shares` say what each term of the query adds. `likeness` is how
    alike query and product look, `photo_likeness` how alike query and the hit's photo; both are
    cosines but for the Kullback-Leibler metric (`metric` orders as its cosine does where it is
    the Euclidean one).

    By the exact method the cells of all `query_maps`, one for each photo of the query, and
    `other_terms`, what products in the query add, sum to `likeness`; the cells of `hit_map` sum
    to `photo_likeness`. `from_thumbnail` tells that the hit's original is gone: its map was made
    of a small copy, and `photo_likeness` may differ a little from what the search saw.
    """

    method: Method
    metric: Metric
    content_hash: str
    score: float
    confidence: float | None
    shares: Mapping[str, float]
    term_shares: tuple[TermShare, ...]
    likeness: float
    photo_likeness: float
    query_maps: tuple[HeatMap, ...]
    other_terms: float
    hit_map: HeatMap
    from_thumbnail: bool


def explain(
    query: Query,
    hit: Hit,
    photo: Photo,
    sight: Sight,
    store: ProductStore,
    matcher: TextMatcher,
    photos: PhotoSample,
    *,
    from_thumbnail: bool = False,
) -> Explanation:
    """Explain a hit of a query that has a photo or a product; `photo` is the hit's best.

    Costs about as much as four searches, or a hundred where patches are covered. Raises
    UsageError, ModelError, StoreError.
    """
    case = _Case.of(query, hit, sight, store, photos)
    seen = None if query.metric is Metric.KL else _exact(case, photo, sight)
    if seen is None:
        seen = _occluded(case, photo, sight.encoder)
    return Explanation(
        method=seen.method,
        metric=query.metric,
        content_hash=hit.content_hash,
        score=hit.score,
        confidence=hit.confidence,
        shares=hit.explanation,
        term_shares=term_shares(query.terms, hit, case.seen, case.target, matcher),
        likeness=case.likeness(case.vector),
        photo_likeness=seen.photo_likeness,
        query_maps=seen.query_maps,
        other_terms=seen.other_terms,
        hit_map=seen.hit_map,
        from_thumbnail=from_thumbnail,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """A query's vector and those of a product, and the query's visual terms with theirs."""

    metric: Metric
    seen: SeenTerms
    vector: FloatArray
    best: FloatArray
    mean: FloatArray

    @classmethod
    def of(
        cls, query: Query, hit: Hit, sight: Sight, store: ProductStore, photos: PhotoSample
    ) -> _Case:
        vectors = store.vectors(hit.product.id, sight.encoder.card.space)
        seen = seen_terms(query.terms, sight.encoder, store, photos)
        vector = seen.vector
        scores = similarity(vector, vectors, query.metric)
        return cls(
            metric=query.metric,
            seen=seen,
            vector=vector,
            best=vectors[int(scores.argmax())],
            mean=mean_vector(vectors),
        )

    @property
    def target(self) -> FloatArray:
        """What the query's vector is multiplied with to give the product's cosine score."""
        return np.asarray((1 - MEAN_WEIGHT) * self.best + MEAN_WEIGHT * self.mean)

    def likeness(self, vector: FloatArray) -> float:
        """How alike a query's vector and the product look; a cosine under two metrics."""
        if self.metric is not Metric.KL:
            return float(vector @ self.target)
        best, mean = similarity(vector, np.stack([self.best, self.mean]), self.metric)
        return blend(float(best), float(mean))

    def photo_likeness(self, vector: FloatArray) -> float:
        """How alike the query and a photo's vector are."""
        if self.metric is not Metric.KL:
            return float(vector @ self.vector)
        return float(similarity(self.vector, vector[np.newaxis], self.metric)[0])


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one of the methods found."""

    method: Method
    query_maps: tuple[HeatMap, ...]
    hit_map: HeatMap
    photo_likeness: float
    other_terms: float = 0.0


def _exact(case: _Case, photo: Photo, sight: Sight) -> _Seen | None:
    """The decomposition; None where the vectors are not the sums that it takes them for."""
    hit_vector = sight.encoder.encode_photos([photo]).vectors[0]
    hit_parts = _parts(photo, hit_vector, sight)
    if hit_parts is None:
        return None
    maps: list[HeatMap] = []
    other_terms = 0.0
    seen = case.seen
    for term, weight, vector in zip(seen.terms, seen.weights, seen.vectors, strict=True):
        direction = case.target * np.float32(weight / seen.length)
        if term.photo is None:
            other_terms += float(vector @ direction)
            continue
        parts = _parts(term.photo, vector, sight)
        if parts is None:
            return None
        maps.append(parts.heat_map(direction))
    return _Seen(
        method=Method.EXACT,
        query_maps=tuple(maps),
        hit_map=hit_parts.heat_map(case.vector),
        photo_likeness=case.photo_likeness(hit_vector),
        other_terms=other_terms,
    )


def _parts(photo: Photo, vector: FloatArray, sight: Sight) -> PhotoParts | None:
    """The photo's parts if they make up its vector: exactness is checked, never supposed."""
    if not isinstance(sight.base, PositionEncoder):
        return None
    parts = decompose(photo, sight.base, sight.base.card.feature_blocks, sight.projection)
    if parts is None or float(np.abs(parts.vector - vector).max()) > SAME_VECTOR:
        return None
    return parts


def _occluded(case: _Case, photo: Photo, encoder: ImageEncoder) -> _Seen:
    def map_of(shown: Photo, score: Callable[[FloatArray], float]) -> HeatMap:
        height, width = shown.pixels.shape[:2]
        return occlusion_map(
            shown, seen_box(height, width, encoder.card.preprocessing), encoder, score
        )

    def scores_of(position: int) -> Callable[[FloatArray], float]:
        return lambda vector: case.likeness(case.seen.replaced(position, vector))

    return _Seen(
        method=Method.OCCLUSION,
        query_maps=tuple(
            map_of(term.photo, scores_of(position))
            for position, term in enumerate(case.seen.terms)
            if term.photo is not None
        ),
        hit_map=map_of(photo, case.photo_likeness),
        photo_likeness=case.photo_likeness(encoder.encode_photos([photo]).vectors[0]),
    )

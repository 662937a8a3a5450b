"""Texts in the space of photos, where the encoder of a collection sees both.

The texts' vectors lie apart from the photos': even a fitting text has a cosine of a quarter or
so with its photo, where two photos of one thing have three quarters (Liang et al., "Mind the
Gap", NeurIPS 2022). By itself a text orders photos well; in a sum with photos it would hardly
count. `balanced_weights` let each term count by how far it tells the catalogue's photos apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from goodsight.core.ports import ImageEncoder, TextEncoder
from goodsight.core.types import FloatArray

__all__ = ["balanced_weights", "text_vector"]

# Below this a term tells no two photos of the catalogue apart.
LEAST_SPREAD = 1e-6


def text_vector(text: str, encoder: ImageEncoder) -> FloatArray | None:
    """What was asked as a vector of the encoder's space, float32 (d,) of norm 1.

    None where the encoder sees no texts: its class tells, by `TextEncoder`. An encoder followed
    by a projection sees none. Raises ModelError.
    """
    if isinstance(encoder, TextEncoder) and encoder.space == encoder.card.space:
        return encoder.encode_question(text)
    return None


def balanced_weights(
    vectors: FloatArray, weights: Sequence[float], photos: FloatArray
) -> tuple[float, ...]:
    """The weights of n terms' vectors (n, d), each by how far its term tells photos apart.

    Each is divided by the standard deviation of its term's cosines with `photos`, m vectors
    (m, d) of the catalogue's photos: in the weighted sum a photo and a text of the same weight
    then change the order of the products alike. A term that tells no two photos apart gets 0;
    where none does the weights stay.
    """
    if len(photos) < 2:
        return tuple(weights)
    spreads = (photos @ vectors.T).std(axis=0)
    if not (spreads > LEAST_SPREAD).any():
        return tuple(weights)
    told = np.where(spreads > LEAST_SPREAD, spreads, np.inf)
    return tuple((np.asarray(weights) / told).tolist())

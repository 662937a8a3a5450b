"""Features of catalogue photos as customers might take them: turned, dark, blurred, cut."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from goodsight.core.errors import Interrupted, PhotoError
from goodsight.core.ports import ImageEncoder
from goodsight.core.store_ports import SampledPhoto
from goodsight.core.types import FloatArray
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

__all__ = ["DisturbedFeatures", "disturbed_features"]


@dataclass(frozen=True, slots=True)
class DisturbedFeatures:
    """Raw features float32 (n, f) of disturbed photos, and of each the ids of the products."""

    features: FloatArray
    products: tuple[frozenset[str], ...]


def disturbed_features(
    wiring: Wiring,
    reader: CollectionReader,
    encoder: ImageEncoder,
    *,
    photos: int,
    least_side: int,
    should_stop: Callable[[], bool],
) -> DisturbedFeatures:
    """Features of a sample of the catalogue's photos under every disturbance of the self-check.

    `least_side` is how many pixels of a photo's shorter side are kept for it. Photos that
    cannot be read any more are left out. Raises ModelError, StoreError, and Interrupted once
    `should_stop` says True.
    """
    loader = wiring.kept_photos(encoder.card, reader.collection, least_side=least_side)
    disturbances = tuple(wiring.disturbances.values())

    def embed(drawn: SampledPhoto) -> tuple[FloatArray, frozenset[str]] | None:
        if should_stop():
            raise Interrupted("stopped while photos were disturbed")
        try:
            found = reader.kept_photo(drawn.reference, drawn.content_hash, loader)
        except PhotoError:
            return None
        seen = encoder.encode_photos([disturb(found.photo) for disturb in disturbances])
        return seen.features, frozenset(product.id for product in drawn.products)

    with ThreadPoolExecutor(wiring.workers) as pool:
        embedded = [e for e in pool.map(embed, reader.stored().sampled_photos(photos)) if e]
    rows = [features for features, _ in embedded]
    width = encoder.card.dimension
    return DisturbedFeatures(
        np.concatenate([np.empty((0, width), np.float32), *rows]),
        tuple(products for features, products in embedded for _ in features),
    )

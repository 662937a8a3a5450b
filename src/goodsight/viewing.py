"""Views of a catalogue's photos, embedded: what it learns from where each product has one photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from goodsight.core.errors import Interrupted, PhotoError
from goodsight.core.learning import Views
from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import MIN_PRODUCTS, FeatureBatch
from goodsight.core.types import FloatArray, Photo
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

__all__ = ["embedded_views"]

VIEWED_PHOTOS = 200
VIEWS = 1600
MAX_VIEWS_PER_PHOTO = 16


def embedded_views(
    wiring: Wiring,
    reader: CollectionReader,
    encoder: ImageEncoder,
    *,
    teach_projection: bool,
    should_stop: Callable[[], bool],
) -> Views | None:
    """Features of a sample of the catalogue's photos and of views of them.

    None where photos of fewer than `MIN_PRODUCTS` products can be read. Raises ModelError,
    StoreError, and Interrupted once `should_stop` says True.
    """
    photos, numbers = _sample(wiring, reader, encoder)
    if len(set(numbers)) < MIN_PRODUCTS:
        return None
    make = wiring.view_maker
    count = min(MAX_VIEWS_PER_PHOTO, VIEWS // len(photos))

    def embed(number: int) -> tuple[FloatArray, FloatArray]:
        if should_stop():
            raise Interrupted("stopped before all views were embedded")
        others = [*photos[:number], *photos[number + 1 :]]
        views = make(photos[number], others, count, number)
        features = encoder.encode_photos([photos[number], *views]).features
        return features[:1], features[1:]

    with ThreadPoolExecutor(wiring.workers) as pool:
        embedded = list(pool.map(embed, range(len(photos))))
    products = np.array(numbers)
    return Views(
        own=FeatureBatch(products, np.concatenate([own for own, _ in embedded])),
        views=FeatureBatch(
            np.repeat(products, count), np.concatenate([views for _, views in embedded])
        ),
        teach_projection=teach_projection,
    )


def _sample(
    wiring: Wiring, reader: CollectionReader, encoder: ImageEncoder
) -> tuple[Sequence[Photo], Sequence[int]]:
    """Photos of the catalogue, product by product, and the number of each one's product."""
    loader = wiring.kept_photos(encoder.card, reader.collection)
    drawn = sorted(
        reader.stored().sampled_photos(VIEWED_PHOTOS), key=lambda photo: photo.products[0].id
    )
    photos: list[Photo] = []
    products: list[str] = []
    for photo in drawn:
        try:
            found = reader.kept_photo(photo.reference, photo.content_hash, loader)
        except PhotoError:
            continue  # gone since it was indexed; others teach as well
        photos.append(found.photo)
        products.append(photo.products[0].id)
    known = {product: number for number, product in enumerate(dict.fromkeys(products))}
    return photos, [known[product] for product in products]

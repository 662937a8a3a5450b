"""A catalogue's photos as an encoder sees them that the collection does not use, or not yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from goodsight.core.errors import InputError
from goodsight.core.ports import ImageEncoder
from goodsight.core.types import FloatArray, ModelCard, Photo
from goodsight.reading import CollectionReader
from goodsight.training.kept_arrays import KeptArrays
from goodsight.training.photo_features import photo_features
from goodsight.training.shop_photos import ShopPhotos

__all__ = ["EncoderFeatures", "features_by"]


class EncoderFeatures:
    """Implements `PhotoMaker`: an encoder's raw features of single photos, kept in a folder."""

    def __init__(self, encoder: ImageEncoder, folder: Path) -> None:
        self._encoder = encoder
        self._kept = KeptArrays(folder / encoder.card.space, encoder.card.dimension)

    @property
    def card(self) -> ModelCard:
        """The encoder's."""
        return self._encoder.card

    def kept(self, content_hash: str) -> FloatArray | None:
        """Features (1, f) of a photo that was seen before."""
        found = self._kept.get(content_hash)
        return found if found is not None and len(found) == 1 else None

    def of(self, photo: Photo) -> FloatArray:
        """Features (1, f) of a photo, kept under its content hash. Raises ModelError."""
        return self._kept.keep(photo.content_hash, self._encoder.encode_photos([photo]).features)


def features_by(
    encoder: ImageEncoder,
    reader: CollectionReader,
    photos: ShopPhotos,
    folder: Path,
    embedded: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> FloatArray:
    """Raw features float32 (n, f) of all photos, kept in `folder` as they are made.

    `embedded` hears how many are done, and how many there are. Raises InputError where a photo
    cannot be read any more, ModelError, StoreError, and Interrupted once `should_stop` says
    True.
    """
    maker = EncoderFeatures(encoder, folder)
    rows = np.arange(len(photos))
    found = photo_features(reader, photos, rows, maker, embedded, should_stop)
    if len(found) < len(photos):
        lost = sorted(set(range(len(photos))) - {row for row, _ in found})
        raise InputError(
            f"{photos.references[lost[0]]} could be read when tuning began, and cannot any more:"
            " run it again"
        )
    return np.concatenate([features for _, features in found])

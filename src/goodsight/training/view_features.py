"""Features of views of photos: what a head learns from besides the photos themselves.

A view is a part of a photo, or of the photo as somebody else might have taken it. Where an
encoder shows its feature map, parts cost nothing: the mean over a window of the map is what
the encoder would have seen of that part, near enough. Features are kept on disk, photo by
photo, so that an interrupted run takes up where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from goodsight.core.ports import ImageEncoder, PositionEncoder
from goodsight.core.types import FloatArray, ModelCard, Photo, Preprocessing
from goodsight.images import augmented
from goodsight.training.kept_arrays import KeptArrays
from goodsight.training.map_views import window_features

__all__ = ["ViewFeatures"]

# Of the largest feature: sums in another order, no more.
MEAN_TOLERANCE = 1e-2


class ViewFeatures:
    """Makes features of views, and keeps them in a folder. Safe to use from several threads."""

    def __init__(self, encoder: ImageEncoder, folder: Path, *, augmentations: int) -> None:
        """Make so many `augmentations` of a photo; more of them give more views."""
        self._encoder = encoder
        self._kept = KeptArrays(
            folder / f"{encoder.card.space}-{augmentations}", encoder.card.dimension
        )
        self._augmentations = augmentations
        self._is_mean_of_map: bool | None = None
        self._side = max(part.resize_size for part in _preprocessings(encoder))

    @property
    def card(self) -> ModelCard:
        """The encoder's."""
        return self._encoder.card

    def kept(self, content_hash: str) -> FloatArray | None:
        """The views of a photo that was seen before, float32 (k, f)."""
        return self._kept.get(content_hash)

    def of(self, photo: Photo) -> FloatArray:
        """The views of a photo, float32 (k, f), kept under its content hash. Raises ModelError."""
        seed = int(photo.content_hash[:8], 16)
        made = [
            augmented(photo, seed + number, side=self._side)
            for number in range(self._augmentations)
        ]
        if self._is_mean_of_map is None:
            self._is_mean_of_map = _is_mean_of_map(self._encoder, photo)
        if self._is_mean_of_map:
            own = self._parts(photo, whole=False)
            views = np.concatenate([own, *(self._parts(view, whole=True) for view in made)])
        elif made:
            views = self._encoder.encode_photos(made).features
        else:
            views = np.empty((0, self.card.dimension), dtype=np.float32)
        return self._kept.keep(photo.content_hash, views)

    def _parts(self, photo: Photo, *, whole: bool) -> FloatArray:
        """Parts of a photo, float32 (WINDOWS, f), behind the whole of it if wanted."""
        assert isinstance(self._encoder, PositionEncoder)  # noqa: S101 - told before
        maps = self._encoder.encode_positions(photo)
        parts = window_features(maps)
        if not whole:
            return parts
        mean = np.concatenate([positions.mean(axis=(1, 2)) for positions in maps])
        return np.concatenate([mean[np.newaxis], parts])


def _is_mean_of_map(encoder: ImageEncoder, photo: Photo) -> bool:
    """Whether features are means over the maps that the encoder shows, as one photo tells.

    Some models show a map in the middle of the network, or do more than pool it.
    """
    if not isinstance(encoder, PositionEncoder):
        return False
    maps = encoder.encode_positions(photo)
    means = np.concatenate([positions.mean(axis=(1, 2)) for positions in maps])
    [features] = encoder.encode_photos([photo]).features
    if means.shape != features.shape:
        return False
    return bool(np.abs(means - features).max() <= MEAN_TOLERANCE * np.abs(features).max())


def _preprocessings(encoder: ImageEncoder) -> Sequence[Preprocessing]:
    return (
        encoder.preprocessings
        if isinstance(encoder, PositionEncoder)
        else [encoder.card.preprocessing]
    )

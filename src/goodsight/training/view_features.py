"""Features of views of photos: what a head learns from besides the photos themselves.

A view is a part of a photo, or of the photo as somebody else might have taken it. Where an
encoder shows its feature map, parts cost nothing: the mean over a window of the map is what
the encoder would have seen of that part, near enough. Features are kept on disk, photo by
photo, so that an interrupted run takes up where it was.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from goodsight.core.ports import ImageEncoder, PositionEncoder
from goodsight.core.types import FloatArray, ModelCard, Photo, Preprocessing
from goodsight.images import augmented

__all__ = ["ViewFeatures"]

# Of the map's sides; five of them, in the corners and the middle.
WINDOW = 0.7


class ViewFeatures:
    """Makes features of views, and keeps them in a folder. Safe to use from several threads."""

    def __init__(self, encoder: ImageEncoder, folder: Path, *, augmentations: int) -> None:
        """Make so many `augmentations` of a photo; more of them give more views."""
        self._encoder = encoder
        self._folder = folder / f"{encoder.card.space}-{augmentations}"
        self._augmentations = augmentations
        self._side = max(part.resize_size for part in _preprocessings(encoder))

    @property
    def card(self) -> ModelCard:
        """The encoder's."""
        return self._encoder.card

    def kept(self, content_hash: str) -> FloatArray | None:
        """The views of a photo that was seen before, float32 (k, f)."""
        with suppress(OSError, ValueError):
            views = np.load(self._path(content_hash), allow_pickle=False)
            if views.ndim == 2 and views.shape[1] == self._encoder.card.dimension:
                return np.asarray(views, dtype=np.float32)
        return None

    def of(self, photo: Photo) -> FloatArray:
        """The views of a photo, float32 (k, f), kept under its content hash. Raises ModelError."""
        seed = int(photo.content_hash[:8], 16)
        made = [
            augmented(photo, seed + number, side=self._side)
            for number in range(self._augmentations)
        ]
        if _shows_positions(self._encoder):
            views = np.concatenate(
                [self._windows(photo)[1:], *(self._windows(view) for view in made)]
            )
        elif made:
            views = self._encoder.encode_photos(made).features
        else:
            views = np.empty((0, self.card.dimension), dtype=np.float32)
        self._keep(photo.content_hash, views)
        # As they come back from disk, so that a run resumed gives the same result.
        return views.astype(np.float16).astype(np.float32)

    def _windows(self, photo: Photo) -> FloatArray:
        """The whole photo, then five parts of it, float32 (6, f)."""
        assert isinstance(self._encoder, PositionEncoder)  # noqa: S101 - told before
        return np.concatenate(
            [_means(positions) for positions in self._encoder.encode_positions(photo)], axis=1
        )

    def _keep(self, content_hash: str, views: FloatArray) -> None:
        path = self._path(content_hash)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.part")
        with draft.open("wb") as file:
            np.save(file, views.astype(np.float16), allow_pickle=False)
        draft.replace(path)

    def _path(self, content_hash: str) -> Path:
        return self._folder / content_hash[:2] / f"{content_hash}.npy"


def _means(positions: FloatArray) -> FloatArray:
    """Means over a map (channels, rows, columns) and over its windows, float32 (6, channels)."""
    _, rows, columns = positions.shape
    high, wide = max(1, round(rows * WINDOW)), max(1, round(columns * WINDOW))
    down, right = rows - high, columns - wide
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    windows = [positions[:, top : top + high, left : left + wide] for top, left in corners]
    return np.stack([part.mean(axis=(1, 2)) for part in (positions, *windows)])


def _shows_positions(encoder: ImageEncoder) -> bool:
    """Whether every block of a feature is the mean over a map."""
    if not isinstance(encoder, PositionEncoder):
        return False
    return len(encoder.preprocessings) == len(encoder.card.feature_blocks)


def _preprocessings(encoder: ImageEncoder) -> Sequence[Preprocessing]:
    return (
        encoder.preprocessings
        if isinstance(encoder, PositionEncoder)
        else [encoder.card.preprocessing]
    )

"""A catalogue's photos as a new network sees them, before anybody searches with it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from goodsight.core.errors import InputError, Interrupted, PhotoError
from goodsight.core.ports import ImageEncoder
from goodsight.core.types import FloatArray
from goodsight.reading import CollectionReader
from goodsight.training.shop_photos import ShopPhotos

__all__ = ["network_features"]

PHOTOS_PER_FILE = 256


def network_features(
    reader: CollectionReader,
    encoder: ImageEncoder,
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
    loader = reader.wiring.kept_photos(encoder.card, reader.collection)

    def features_of(row: int) -> FloatArray:
        if should_stop():
            raise Interrupted("stopped while photos were embedded")
        try:
            found = reader.kept_photo(photos.references[row], photos.content_hashes[row], loader)
        except PhotoError as error:
            raise InputError(f"{error}: it could be read before; run it again") from error
        features: FloatArray = encoder.encode_photos([found.photo]).features[0]
        return features

    told = hashlib.sha256("".join(photos.content_hashes).encode()).hexdigest()[:16]
    parts = []
    with ThreadPoolExecutor(reader.wiring.workers) as pool:
        for start in range(0, len(photos), PHOTOS_PER_FILE):
            rows = range(start, min(start + PHOTOS_PER_FILE, len(photos)))
            path = folder / f"{encoder.card.space}-{told}-{start}.npy"
            shape = (len(rows), encoder.card.dimension)
            if (part := _kept(path, shape)) is None:
                part = np.stack(list(pool.map(features_of, rows)))
                _keep(path, part)
            parts.append(part)
            embedded(rows.stop, len(photos))
    return np.concatenate(parts)


def _kept(path: Path, shape: tuple[int, int]) -> FloatArray | None:
    with suppress(OSError, ValueError):
        found = np.load(path, allow_pickle=False)
        if found.shape == shape and found.dtype == np.float32:
            return np.asarray(found)
    return None


def _keep(path: Path, part: FloatArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as file:
        np.save(file, part, allow_pickle=False)
    draft.replace(path)

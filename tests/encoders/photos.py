"""Photos for the encoder tests: pictures with structure, or real ones where they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from goodsight.core.types import Photo

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def drawn_photo(seed: int, height: int = 260, width: int = 320) -> Photo:
    """Smooth blobs of colour, as unlike noise as a photo is."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / max(height, width)
    pixels = np.zeros((height, width, 3))
    for _ in range(6):
        y, x, size = generator.uniform(0, 1, 3)
        blob = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (0.02 + size / 10))
        pixels += blob[..., np.newaxis] * generator.uniform(-160, 255, 3)
    return Photo(f"drawn-{seed}", f"{seed:064}", pixels.clip(0, 255).astype("u1"), width, height)


def photos(count: int) -> list[Photo]:
    """Real photos where the shared data is, else drawn ones."""
    from goodsight.images import CATALOGUE_LIMITS, FilePhotoLoader

    files = sorted(SHARED.rglob("*.jpg"))
    if len(files) < count:
        return [drawn_photo(seed) for seed in range(count)]
    loader = FilePhotoLoader(300, CATALOGUE_LIMITS)
    return [loader.load(str(file)) for file in files[:: len(files) // count][:count]]

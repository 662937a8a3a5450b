"""Learning a projection from 100,000 photos, and what it costs each query."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.data import real_photos
from benchmarks.figures import Figure
from goodsight.core.projecting import FeatureBatch, fit_projection
from goodsight.encoders import ModelLibrary, ProjectedEncoder
from goodsight.images import decode_photo

__all__ = ["measure"]

PHOTOS, PRODUCTS, DIMENSION = 100_000, 20_000, 1280
QUERIES = 60


def batches(photos: int, products: int, dimension: int) -> Iterator[FeatureBatch]:
    """Photos around their product's centre, a page of products at a time."""
    generator = np.random.default_rng(0)
    each, page = photos // products, 500
    for first in range(0, products, page):
        centres = generator.random((page, dimension), dtype=np.float32)
        features = np.repeat(centres, each, axis=0)
        features += generator.random(features.shape, dtype=np.float32)
        yield FeatureBatch(np.repeat(np.arange(first, first + page), each), features)


def fit() -> None:
    """In a process of its own: seconds and peak megabytes of one fit."""
    started = time.perf_counter()
    fit_projection(batches(PHOTOS, PRODUCTS, DIMENSION), [DIMENSION], rooted=True)
    seconds = time.perf_counter() - started
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure() -> list[Figure]:
    code = "from benchmarks.learning import fit; fit()"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    seconds, megabytes = map(float, printed.split())
    what = f"a projection from {PHOTOS:,} × {DIMENSION} features"
    return [
        Figure(f"fitting {what}", seconds, "s", 60, False, "features are drawn while it runs"),
        Figure("the same, peak memory", megabytes, "MB", 2048, False, ""),
        _query_cost(),
    ]


def _query_cost() -> Figure:
    name = "encoding with a learnt projection of 512 dimensions against without"
    photos = [
        decode_photo(path.read_bytes(), reference=str(path), minimum_side=256)
        for path in real_photos(QUERIES)
    ]
    if not photos:
        return Figure(name, None, "×", 1.25, False, "no photos here")
    with tempfile.TemporaryDirectory() as folder:
        plain = ModelLibrary(Path(folder)).open("efficientnet-lite0")
    small = fit_projection(batches(5000, 1000, DIMENSION), [DIMENSION], rooted=True)
    assert small is not None
    projected = ProjectedEncoder(plain, small)
    taken: dict[str, list[float]] = {"plain": [], "projected": []}
    for photo in photos:
        for kind, encoder in (("plain", plain), ("projected", projected)):
            started = time.perf_counter()
            encoder.encode_photos([photo])
            taken[kind].append(time.perf_counter() - started)
    ratio = float(np.median(taken["projected"]) / np.median(taken["plain"]))
    return Figure(name, ratio, "×", 1.25, False, "medians, in turn, one by one")

"""Indexing throughput against its two honest neighbours, same photos, same run.

The ideal: the pure sum of scaled decoding and one-thread encoding, spread over the cores.
The usual script: torch ResNet-50, eager, one photo at a time.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.data import real_photos
from benchmarks.figures import Figure

__all__ = ["measure"]

PHOTOS = 800
ROUNDS = 3
SCRIPT_PHOTOS = 24


def measure() -> list[Figure]:
    photos = real_photos(PHOTOS)
    if not photos:
        return [Figure("indexing against the pure sum", None, "×", 0.75, True, "no photos here")]
    ratios, rates = [], []
    for _ in range(ROUNDS):
        # Half before and half after, so that a machine that drifts drifts for both.
        pure = pure_seconds(photos[::2])
        rate = indexing_rate(photos)
        pure += pure_seconds(photos[1::2])
        ideal = len(photos) / pure * cores()
        ratios.append(rate / ideal)
        rates.append(rate)
    note = f"{statistics.median(rates):.0f} photos/s on {cores()} cores, median of {ROUNDS} rounds"
    return [
        Figure("indexing / pure decode + encode", statistics.median(ratios), "×", 0.75, True, note),
        usual_script(photos),
    ]


def cores() -> int:
    return len(os.sched_getaffinity(0))


def pure_seconds(photos: list[Path]) -> float:
    """One thread: scaled decode and encode, nothing else."""
    from goodsight.config import load_settings
    from goodsight.wiring import Wiring

    with tempfile.TemporaryDirectory() as home:
        wiring = Wiring(load_settings({"home": home}))
        encoder = wiring.encoder("efficientnet-lite0")
        loader = wiring.catalogue_photos(encoder.card)
        encoder.encode_photos([loader.load(str(photos[0]))])
        started = time.perf_counter()
        for photo in photos:
            encoder.encode_photos([loader.load(str(photo))])
        return time.perf_counter() - started


def indexing_rate(photos: list[Path]) -> float:
    """Photos per second of a whole first run, thumbnails, store and vector index included."""
    import goodsight

    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "photos"
        folder.mkdir()
        for number, photo in enumerate(photos):
            # Copies: a folder of photos may not lead out of itself.
            (folder / f"{number:05}{photo.suffix}").write_bytes(photo.read_bytes())
        with goodsight.open(Path(work) / "home") as shop:
            report = shop.index(folder)
            assert report.photos.indexed == len(photos), report
            return report.photos_per_second


def usual_script(photos: list[Path]) -> Figure:
    name = "indexing / torch ResNet-50, one by one"
    try:
        import torch

        from benchmarks.resnet50 import resnet50
    except ImportError:
        return Figure(name, None, "×", 8, True, "torch is not installed here")
    import numpy as np
    from PIL import Image

    network = resnet50()
    chosen = photos[: SCRIPT_PHOTOS + 2]
    started = 0.0
    with torch.inference_mode():
        for number, photo in enumerate(chosen):
            if number == 2:
                started = time.perf_counter()
            with Image.open(photo) as image:
                pixels = np.asarray(image.convert("RGB").resize((224, 224)), dtype=np.float32)
            batch = torch.from_numpy(pixels / 255).permute(2, 0, 1).unsqueeze(0)
            network(batch)
    script = (len(chosen) - 2) / (time.perf_counter() - started)
    rate = indexing_rate(photos)
    note = f"{script:.1f} against {rate:.0f} photos/s, {torch.get_num_threads()} threads for torch"
    return Figure(name, rate / script, "×", 8, True, note)

"""Warm search among 100,000 photos of 1280 dimensions: store time and recall against exact.

The vectors are mixtures of features of real photos: a product is a mixture of three, and its
four photos lie around it as a product's real photos do (cosine about 0.8). Queries are drawn
around products in the same way and are none of their photos.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import draw_mixtures, real_photos
from benchmarks.figures import Figure
from goodsight.config import load_settings
from goodsight.core.filter_parser import parse_filter
from goodsight.core.scoring import unit_rows
from goodsight.core.store_ports import NewPhoto, PhotoPlace, VectorQuery
from goodsight.core.types import FloatArray, Product
from goodsight.wiring import Wiring

__all__ = ["measure"]

PRODUCTS = 25_000
PHOTOS_EACH = 4
QUERIES = 200
WARM_UP = 100
LIMIT = 10
SPREAD = 0.75
SEED_PHOTOS = 800
BATCH = 500


def measure() -> list[Figure]:
    photos = real_photos(SEED_PHOTOS)
    name = "search at 100k photos: {}"
    if not photos:
        return [Figure(name.format("p50"), None, "ms", 3, False, "no photos here")]
    with tempfile.TemporaryDirectory() as home:
        wiring = Wiring(load_settings({"home": home}))
        centres = draw_mixtures(real_features(wiring, photos), PRODUCTS, seed=1)
        seconds = fill(wiring, centres)
        queries = around(centres[:: PRODUCTS // (QUERIES + WARM_UP)], seed=99)
        figures = figures_of(wiring, queries, name, f"filled and indexed in {seconds:.0f} s")
        wiring.close()
    return figures


def figures_of(wiring: Wiring, queries: FloatArray, name: str, note: str) -> list[Figure]:
    plain_ms, plain_recall = ask(wiring, queries, None)
    filter_ms, filter_recall = ask(wiring, queries, "bucket = '7'")
    p50, p99 = np.percentile(plain_ms, (50, 99))
    return [
        Figure(name.format("p50"), float(p50), "ms", 3, False, note),
        Figure(name.format("p99 / p50"), float(p99 / p50), "×", 5, False),
        Figure(name.format("recall@10"), plain_recall, "", 0.98, True, f"{QUERIES} queries"),
        Figure(name.format("1 % filter, p50"), float(np.median(filter_ms)), "ms", 15, False),
        Figure(name.format("1 % filter, recall@10"), filter_recall, "", 0.98, True),
    ]


def real_features(wiring: Wiring, photos: list[Path]) -> NDArray[np.float32]:
    encoder = wiring.encoder("efficientnet-lite0")
    loader = wiring.catalogue_photos(encoder.card)
    return np.stack([encoder.encode_photos([loader.load(str(p))]).vectors[0] for p in photos])


def around(centres: FloatArray, seed: int) -> FloatArray:
    """A unit vector near each centre, as near as another photo of the same product."""
    noise = np.random.default_rng(seed).standard_normal(centres.shape, dtype=np.float32)
    return unit_rows(centres + SPREAD * unit_rows(noise))


def fill(wiring: Wiring, centres: FloatArray) -> float:
    card = wiring.encoder("efficientnet-lite0").card
    started = time.perf_counter()
    run = wiring.store().begin_run("default", profile="fast", card=card, source="benchmark")
    for start in range(0, PRODUCTS, BATCH):
        numbers = range(start, min(start + BATCH, PRODUCTS))
        run.put_products([product(number) for number in numbers])
        photos, places = [], []
        for view in range(PHOTOS_EACH):
            vectors = around(centres[numbers.start : numbers.stop], seed=start + view)
            for number, vector in zip(numbers, vectors, strict=True):
                key = f"{number:032x}{view:032x}"
                photos.append(NewPhoto(key, 600, 600, (), b"thumbnail", vector, vector, card.space))
                places.append(PhotoPlace(str(number), f"{number}-{view}.jpg", key))
        run.put_photos(photos, places)
    run.finish((), remove_missing=False, complete=True)
    return time.perf_counter() - started


def product(number: int) -> Product:
    return Product(
        id=str(number),
        title=f"Product {number}",
        attributes={"bucket": (str(number % 100),), "color": (("red", "blue")[number % 2],)},
        photos=tuple(f"{number}-{view}.jpg" for view in range(PHOTOS_EACH)),
        source="benchmark",
    )


def ask(wiring: Wiring, queries: FloatArray, where: str | None) -> tuple[list[float], float]:
    """Milliseconds per query, the warm-up left out, and recall@10 against exact."""
    store = wiring.store().open("default")
    tree = parse_filter(where) if where else None

    def found(vector: FloatArray, *, exact: bool) -> set[str]:
        query = VectorQuery(
            vector, wiring.encoder("efficientnet-lite0").card.space, tree, LIMIT, exact=exact
        )
        return {scored.product.id for scored in store.search(query).products}

    for vector in queries[:WARM_UP]:
        found(vector, exact=False)
    milliseconds, answers = [], []
    asked = queries[WARM_UP : WARM_UP + QUERIES]
    for vector in asked:
        started = time.perf_counter()
        answers.append(found(vector, exact=False))
        milliseconds.append((time.perf_counter() - started) * 1000)
    # Afterwards: comparing with everything pushes all else out of the processor's caches.
    truths = [found(vector, exact=True) for vector in asked]
    shares = [len(a & t) / len(t) for a, t in zip(answers, truths, strict=True)]
    return milliseconds, float(np.mean(shares))

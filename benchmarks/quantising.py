"""Networks in 8 bits on grocery photos: size, speed, and what is found by either.

The catalogue are the train photos, 128 of which choose the scales; it is asked with val and dev,
in each model's own space and in the projection learnt from it. Both models encode each photo in
turn, preparation included, so that a busy machine is as busy for both.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import GROCERY, grocery_list
from benchmarks.figures import Figure
from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import FeatureBatch, fit_projection, in_space
from goodsight.core.proving import Shelf
from goodsight.core.types import FloatArray, ModelCard
from goodsight.encoders import DEFAULT_PROVIDERS, ModelLibrary, open_folder, write_int8_folder
from goodsight.images import CATALOGUE_LIMITS, FilePhotoLoader

__all__ = ["measure"]

MODELS = ("efficientnet-lite0",)
CALIBRATION = 128
LISTS = ("train", "val", "dev")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A list's photos by one model: features float32 (n, f), products and seconds (n,)."""

    features: FloatArray
    products: NDArray[np.int64]
    seconds: NDArray[np.float64]


def measure() -> list[Figure]:
    if not GROCERY.is_dir():
        return [Figure("8 bits: recall@1 lost", None, "points", 1, False, "no photos here")]
    return [figure for name in MODELS for figure in figures_of(name)]


def figures_of(name: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as home:
        library = ModelLibrary(Path(home))
        with library.draft() as work:
            source, target = work / "before", work / "after"
            source.mkdir()
            target.mkdir()
            library.write_folder(name, source)
            before = library.open(name)
            train = grocery_list("train")
            chosen = np.linspace(0, len(train) - 1, CALIBRATION).astype(int)
            load = FilePhotoLoader(before.card.preprocessing.resize_size, CATALOGUE_LIMITS).load
            photos = [load(str(train[number][0])) for number in chosen]
            write_int8_folder(source, target, "small", photos)
            after = open_folder(target, DEFAULT_PROVIDERS)
            sizes = [sum(f.stat().st_size for f in s.glob("*.onnx")) for s in (source, target)]
            lists = {each: encoded((before, after), each) for each in LISTS}
    rates = [np.median(np.concatenate([lists[e][k].seconds for e in LISTS])) for k in (0, 1)]
    note = f"{sizes[0] / 1e6:.1f} and {sizes[1] / 1e6:.1f} MB; {1 / rates[0]:.1f} photos/s in float"
    yield Figure(f"{name} in 8 bits: speed", float(rates[0] / rates[1]), "×", 1.2, True, note)
    for title, projected in (("own space", False), ("projection", True)):
        found = [recalls(lists, k, before.card, projected=projected) for k in (0, 1)]
        told = [" / ".join(f"{value:.3f}" for value in values) for values in found]
        lost = 100 * (found[0][-1] - found[1][-1])
        note = f"val / dev / both: float {told[0]}, 8 bits {told[1]}"
        yield Figure(f"{name} in 8 bits: recall@1 lost, {title}", lost, "points", 1, False, note)


def encoded(models: Sequence[ImageEncoder], name: str) -> tuple[Encoded, Encoded]:
    items = sorted(grocery_list(name), key=lambda item: int(item[1]))
    load = FilePhotoLoader(models[0].card.preprocessing.resize_size, CATALOGUE_LIMITS).load
    rows: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    seconds: tuple[list[float], list[float]] = ([], [])
    for number, (path, _) in enumerate(items):
        photo = load(str(path))
        for k in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            rows[k].append(models[k].encode_photos([photo]).features[0])
            seconds[k].append(time.perf_counter() - started)
    products = np.array([int(product) for _, product in items])
    first, second = (Encoded(np.stack(rows[k]), products, np.array(seconds[k])) for k in (0, 1))
    return first, second


def recalls(
    lists: dict[str, tuple[Encoded, Encoded]], k: int, card: ModelCard, *, projected: bool
) -> list[float]:
    """Recall@1 of val, of dev, and of both."""
    blocks = card.feature_blocks
    train = lists["train"][k]
    rooted = bool((train.features >= 0).all())
    batch = FeatureBatch(train.products, train.features)
    space = fit_projection([batch], blocks, rooted=rooted) if projected else None
    shelf = Shelf(in_space(train.features, space, blocks), train.products)
    hits = []
    for name in ("val", "dev"):
        asked = lists[name][k]
        first = shelf.first(in_space(asked.features, space, blocks))
        hits.append(first.products == asked.products)
    return [float(found.mean()) for found in (*hits, np.concatenate(hits))]

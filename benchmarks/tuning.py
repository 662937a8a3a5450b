"""What tuning a head gains over what a catalogue learns by itself, without printed words.

Features are encoded once and kept in the folder that GOODSIGHT_TUNING_CACHE names, if it is set.
GOODSIGHT_TUNING_PROFILES, "fast,quality" unless set, tells which profiles are measured.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import GROCERY, SHARED, grocery_list
from benchmarks.figures import Figure
from goodsight.core.projecting import Projection, conditioned, fit_projection
from goodsight.core.scoring import unit_rows
from goodsight.encoders import ModelLibrary
from goodsight.images import decode_photo
from goodsight.profiles import PROFILES

__all__ = ["measure"]

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
FOLDS = 5
# The style; colour and view follow it in the names of the sample store's photos.
LUMA_NAME = re.compile(r"^([a-z]+\d{2})-[a-z]+[-_]")


@dataclass(frozen=True, slots=True)
class Photos:
    """Features (n, f), those of each photo's windows (n, w, f), products (n,), f's blocks."""

    features: Floats
    windows: Floats
    products: Numbers
    blocks: tuple[int, ...]

    def some(self, chosen: NDArray[np.bool_]) -> Photos:
        return Photos(
            self.features[chosen], self.windows[chosen], self.products[chosen], self.blocks
        )

    def and_also(self, other: Photos) -> Photos:
        parts = [
            np.concatenate(pair)
            for pair in (
                (self.features, other.features),
                (self.windows, other.windows),
                (self.products, other.products),
            )
        ]
        return Photos(*parts, self.blocks)


def measure() -> list[Figure]:
    if not GROCERY.exists():
        return [Figure("tuning a head", None, "", 0, True, "no photos here")]
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as work:
        cache = Path(os.environ.get("GOODSIGHT_TUNING_CACHE", work))
        for profile in os.environ.get("GOODSIGHT_TUNING_PROFILES", "fast,quality").split(","):
            for figure in chain(_grocery(profile, cache), _luma(profile, cache)):
                print(f"  {figure.name}: {figure.value} ({figure.note})", file=sys.stderr)
                figures.append(figure)
    return figures


def _grocery(profile: str, cache: Path) -> Iterator[Figure]:
    train, val, dev = (
        _photos(profile, cache, name, lambda name=name: grocery_list(name))
        for name in ("train", "val", "dev")
    )
    for told, learnt in (("train", train), ("train + val", train.and_also(val))):
        started = time.perf_counter()
        tuned, chosen = _tuned(learnt)
        minutes = (time.perf_counter() - started) / 60
        plain = _recall(_untuned(learnt), learnt, dev)
        found = _recall(tuned, learnt, dev)
        note = f"untuned {plain:.3f}; {minutes:.1f} min; {chosen}"
        yield Figure(f"{profile}, {told} to dev, recall@1", found, "", plain + 0.02, True, note)
        if tuned is not None:
            for size in (256, 128, 64):
                short = _recall(_cut(tuned, size), learnt, dev)
                name = f"{profile}, {told} to dev, cut to {size}"
                yield Figure(name, short, "", found - 0.01, True, f"of {tuned.dimension}")
    yield _disjoint(profile, train, val.and_also(dev))
    yield _unlabelled(profile, train, dev)


def _disjoint(profile: str, train: Photos, asked: Photos) -> Figure:
    """Tuned on four fifths of the products, asked with photos of the others, all to be found."""
    products = np.random.default_rng(0).permutation(np.unique(train.products))
    rows: list[tuple[float, float, float]] = []
    weights = []
    for unseen in np.array_split(products, FOLDS):
        learnt = train.some(~np.isin(train.products, unseen))
        queries = asked.some(np.isin(asked.products, unseen))
        maps = (None, _untuned(learnt), _tuned(learnt)[0])
        rows.append(tuple(_recall(projection, train, queries) for projection in maps))
        weights.append(len(queries.products))
    plain, untuned, found = np.average(rows, axis=0, weights=weights)
    note = f"untuned: encoder alone {plain:.3f}, projection {untuned:.3f} of the same 65"
    name = f"{profile}, products not learnt from, recall@1"
    return Figure(name, found, "", plain + 0.05, True, note)


def _unlabelled(profile: str, train: Photos, dev: Photos) -> Figure:
    from goodsight.training.head_training import train_head

    examples = _examples(train).without_products()
    head = train_head(examples, train.blocks, rooted=True)
    plain, found = (_recall(p, train, dev) for p in (None, head.projection))
    name = f"{profile}, learnt without products, recall@1"
    return Figure(name, found, "", plain + 0.03, True, f"encoder alone {plain:.3f}; {head.chosen}")


def _luma(profile: str, cache: Path) -> Iterator[Figure]:
    photos = _photos(profile, cache, "luma", _luma_list)
    if not len(photos.products):
        return
    styles = np.random.default_rng(0).permutation(np.unique(photos.products))
    hits: list[list[NDArray[np.bool_]]] = []
    for unseen in np.array_split(styles, FOLDS):
        aside = np.isin(photos.products, unseen)
        learnt = photos.some(~aside)
        maps = (None, _untuned(learnt), _tuned(learnt)[0])
        hits.append([_one_left_out(p, photos, np.flatnonzero(aside)) for p in maps])
    plain, untuned, found = (
        float(np.concatenate(column).mean()) for column in zip(*hits, strict=True)
    )
    note = f"untuned: encoder alone {plain:.3f}, projection {untuned:.3f} of the other styles"
    name = f"{profile}, Luma, style of products not learnt from"
    yield Figure(name, found, "", plain + 0.05, True, note)


def _luma_list() -> list[tuple[Path, str]]:
    photos = sorted((SHARED / "luma" / "media" / "product").rglob("*.jpg"))
    named = [(path, LUMA_NAME.match(path.name)) for path in photos]
    styles = sorted({match[1] for _, match in named if match})
    return [(path, str(styles.index(match[1]))) for path, match in named if match]


def _photos(
    profile: str, cache: Path, name: str, listed: Callable[[], list[tuple[Path, str]]]
) -> Photos:
    file = cache / f"{profile}-{name}.npz"
    blocks = tuple(ModelLibrary(cache / "models").card(PROFILES[profile]).feature_blocks)
    if not file.exists():
        from goodsight.training.map_views import window_features

        encoder = ModelLibrary(cache / "models").open(PROFILES[profile])
        side = encoder.card.preprocessing.resize_size
        features, windows, products = [], [], []
        for path, product in listed():
            photo = decode_photo(path.read_bytes(), reference=str(path), minimum_side=side)
            maps = encoder.encode_positions(photo)
            features.append(np.concatenate([part.mean(axis=(1, 2)) for part in maps]))
            windows.append(window_features(maps))
            products.append(int(product))
        np.savez(file, features=features, windows=windows, products=np.array(products, np.int64))
    kept = np.load(file)
    return Photos(kept["features"], kept["windows"], kept["products"], blocks)


def _examples(photos: Photos):  # type: ignore[no-untyped-def]  # needs the extra
    from goodsight.training.examples import Examples

    count, windows, size = photos.windows.shape
    examples = Examples.of_photos(photos.features, photos.products)
    return examples.with_views(
        photos.windows.reshape(count * windows, size), np.repeat(np.arange(count), windows)
    )


def _tuned(photos: Photos) -> tuple[Projection | None, str]:
    from goodsight.training.head_training import train_head

    head = train_head(_examples(photos), photos.blocks, rooted=True)
    return head.projection, str(head.chosen)


def _untuned(photos: Photos) -> Projection | None:
    from goodsight.training.examples import Examples

    batch = Examples.of_photos(photos.features, photos.products).batch()
    return fit_projection([batch], photos.blocks, rooted=True)


def _cut(projection: Projection, size: int) -> Projection:
    from goodsight.training.interpolation import cut

    return cut(projection, size)


def _vectors(projection: Projection | None, photos: Photos) -> Floats:
    if projection is None:
        return unit_rows(conditioned(photos.features, photos.blocks, rooted=False))
    return projection.apply(photos.features)


def _recall(projection: Projection | None, shelf: Photos, asked: Photos) -> float:
    from goodsight.training.head_recall import first_hits

    vectors = [_vectors(projection, photos) for photos in (shelf, asked)]
    hits = first_hits(vectors[0], shelf.products, vectors[1], asked.products)
    return float(hits.mean())


def _one_left_out(
    projection: Projection | None, photos: Photos, asked: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Each asked with, the others being the catalogue."""
    from goodsight.training.head_recall import first_hits

    vectors = _vectors(projection, photos)
    found = []
    for row in asked:
        rest = np.arange(len(vectors)) != row
        one = slice(row, row + 1)
        found.append(
            first_hits(vectors[rest], photos.products[rest], vectors[one], photos.products[one])
        )
    return np.concatenate(found)

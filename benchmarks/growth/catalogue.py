"""The catalogue that grows: real features brought to a dimension, and products around them."""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.data import draw_mixtures
from benchmarks.searching import PHOTOS_EACH, around, product
from goodsight.core.scoring import unit_rows
from goodsight.core.store_ports import NewPhoto, PhotoPlace
from goodsight.core.types import FloatArray, ModelCard, Preprocessing
from goodsight.stores.postgres.runs import PostgresRun

__all__ = ["SPACES", "card_of", "fill", "queries_around", "reduced"]

BATCH = 500
SPACES = ("features", "centred", "learnt")
NAME = "growth"


def card_of(dimension: int) -> ModelCard:
    return ModelCard(
        name=NAME,
        dimension=dimension,
        preprocessing=Preprocessing(input_size=224, resize_size=224),
        space=f"{NAME}-{dimension}",
        licence="",
        source="benchmark",
    )


def reduced(features: FloatArray, dimension: int, space: str = "features") -> FloatArray:
    """Features (n, d) along the `dimension` directions they vary most in, unit rows.

    Of `SPACES`, "features" keeps their mean: cosines between the rows stay what they were,
    nearly. "centred" takes it away, as signs need it; "learnt" brings the directions halfway to
    one length besides, as a space learnt from a catalogue does.
    """
    if space != "features":
        features = features - features.mean(axis=0)
    _, lengths, directions = np.linalg.svd(features, full_matrices=False)
    if len(directions) < dimension:
        sys.exit(f"{len(directions)} directions of {len(features)} photos; {dimension} are asked")
    rows = features @ directions[:dimension].T
    if space == "learnt":
        rows /= np.sqrt(lengths[:dimension])
    return unit_rows(rows.astype(np.float32))


def fill(run: PostgresRun, features: FloatArray, first: int, last: int) -> None:
    """Put the products from number `first` up to `last`, with their photos."""
    space = card_of(features.shape[1]).space
    for start in range(first, last, BATCH):
        numbers = range(start, min(start + BATCH, last))
        centres = draw_mixtures(features, len(numbers), seed=start + 1)
        run.put_products([product(number) for number in numbers])
        photos, places = [], []
        for view in range(PHOTOS_EACH):
            vectors = around(centres, seed=start + view)
            for number, vector in zip(numbers, vectors, strict=True):
                key = f"{number:032x}{view:032x}"
                photos.append(NewPhoto(key, 600, 600, (), b"thumbnail", vector, vector, space))
                places.append(PhotoPlace(str(number), f"{number}-{view}.jpg", key))
        run.put_photos(photos, places)


def queries_around(features: FloatArray, products: int, count: int) -> FloatArray:
    """A photo of `count` products, spread over all of them, that none of theirs is."""
    starts = range(0, products, BATCH)
    each = -(-count // len(starts))
    drawn = []
    for start in starts:
        size = min(BATCH, products - start)
        centres = draw_mixtures(features, size, seed=start + 1)
        drawn.append(around(centres[:: max(size // each, 1)][:each], seed=start + 99))
    return np.concatenate(drawn)[:: max(len(drawn) * each // count, 1)][:count]

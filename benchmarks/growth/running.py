"""The command: grow, measure each size, keep the rows, draw the curve."""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from benchmarks.data import real_photos
from benchmarks.growth.catalogue import NAME, SPACES, card_of, fill, queries_around, reduced
from benchmarks.growth.drawing import curve
from benchmarks.growth.measuring import Filled, built, searched
from benchmarks.growth.rows import Row, append_row, read_rows, table
from benchmarks.searching import PHOTOS_EACH, real_features
from goodsight.config import load_settings
from goodsight.core.types import FloatArray
from goodsight.stores.postgres import PostgresStore
from goodsight.stores.postgres.routes import BINARY_WIDENING
from goodsight.stores.postgres.vector_index import IndexShape
from goodsight.stores.postgres.vector_sets import IndexKind
from goodsight.wiring import Wiring

__all__ = ["main"]

SEED_PHOTOS = 1200
# More directions than photos there are not.
SEED_PHOTOS_PER_NUMBER = 1.5
QUERIES = 400


def main(arguments: list[str]) -> int:
    asked = _parsed(arguments)
    if asked.rows is None:
        print(table(_grown(asked)))
        return 0
    rows = list(read_rows(asked.rows))
    print(table(rows))
    if asked.draw is not None:
        asked.draw.write_text(curve(rows), encoding="utf-8")
    return 0


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks growth")
    parser.add_argument("--sizes", type=_numbers, default=(1000, 10_000, 100_000))
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--space", choices=SPACES, default="features")
    parser.add_argument("--kinds", type=_kinds, default=(IndexKind.HALFVEC,), help="halfvec,binary")
    parser.add_argument(
        "--widenings",
        type=_numbers,
        default=(BINARY_WIDENING,),
        help="how many times as many candidates an index of signs is asked for",
    )
    parser.add_argument("--shapes", type=_shapes, default=(IndexShape(),), help="12/128,16/64")
    parser.add_argument("--breadths", type=_numbers, default=(32, 48, 64, 100), help="ef_search")
    parser.add_argument("--workers", type=int, default=2, help="parallel workers of a build")
    parser.add_argument("--home", type=Path, help="a home to keep, and to go on with")
    parser.add_argument("--output", type=Path, help="a file that rows are added to, as JSON")
    parser.add_argument("--rows", type=Path, help="measure nothing: show the rows of this file")
    parser.add_argument("--draw", type=Path, help="with --rows: an SVG of the curve")
    return parser.parse_args(arguments)


def _grown(asked: argparse.Namespace) -> list[Row]:
    count = max(SEED_PHOTOS, round(SEED_PHOTOS_PER_NUMBER * asked.dimension))
    photos = real_photos(count if asked.space != "features" else SEED_PHOTOS)
    if not photos:
        sys.exit("the real photos are not here")
    rows: list[Row] = []
    with nullcontext(asked.home) if asked.home else tempfile.TemporaryDirectory() as home:
        wiring = Wiring(load_settings({"home": home}))
        features = reduced(real_features(wiring, photos), asked.dimension, asked.space)
        before = _kept(wiring.store())
        for size in asked.sizes:
            filled = _filled(wiring.store(), features, before, size, asked.space)
            before = size
            for kind, shape in itertools.product(asked.kinds, asked.shapes):
                for row in _measured(wiring.store(), features, filled, shape, kind, asked):
                    print(row, file=sys.stderr)
                    rows.append(row)
                    if asked.output is not None:
                        append_row(asked.output, row)
        wiring.close()
    return rows


def _kept(store: PostgresStore) -> int:
    """How many photos an earlier run left in the home."""
    return store.open(NAME).info().photos if NAME in store.names() else 0


def _filled(
    store: PostgresStore, features: FloatArray, before: int, size: int, space: str
) -> Filled:
    started = time.perf_counter()
    card = card_of(features.shape[1])
    run = store.begin_run(NAME, profile="fast", card=card, source="benchmark")
    fill(run, features, before // PHOTOS_EACH, size // PHOTOS_EACH)
    # Interrupted, as it were: the indexes are built, and timed, afterwards.
    run.finish((), remove_missing=False, complete=False)
    return Filled(size, size - before, time.perf_counter() - started, space)


def _measured(
    store: PostgresStore,
    features: FloatArray,
    filled: Filled,
    shape: IndexShape,
    kind: IndexKind,
    asked: argparse.Namespace,
) -> Iterator[Row]:
    yield built(store, filled, shape, kind, asked.workers)
    queries = queries_around(features, filled.photos // PHOTOS_EACH, QUERIES)
    widenings = asked.widenings if kind is IndexKind.BINARY else (1,)
    tries = list(itertools.product(asked.breadths, widenings))
    yield from searched(store, queries, filled, shape, tries)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _shapes(text: str) -> tuple[IndexShape, ...]:
    return tuple(IndexShape(*map(int, part.split("/"))) for part in text.split(","))


def _kinds(text: str) -> tuple[IndexKind, ...]:
    return tuple(IndexKind(part) for part in text.split(","))

"""The command: grow, measure each size, keep the rows, draw the curve."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from benchmarks.data import real_photos
from benchmarks.growth.catalogue import NAME, card_of, fill, queries_around, reduced
from benchmarks.growth.drawing import curve
from benchmarks.growth.measuring import Filled, built, searched
from benchmarks.growth.rows import Row, append_row, read_rows, table
from benchmarks.searching import PHOTOS_EACH, real_features
from goodsight.config import load_settings
from goodsight.core.types import FloatArray
from goodsight.stores.postgres import PostgresStore
from goodsight.stores.postgres.vector_index import IndexShape
from goodsight.wiring import Wiring

__all__ = ["main"]

SEED_PHOTOS = 1200
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
    parser.add_argument("--shapes", type=_shapes, default=(IndexShape(),), help="12/128,16/64")
    parser.add_argument("--breadths", type=_numbers, default=(32, 48, 64, 100), help="ef_search")
    parser.add_argument("--workers", type=int, default=2, help="parallel workers of a build")
    parser.add_argument("--home", type=Path, help="a home to keep, and to go on with")
    parser.add_argument("--output", type=Path, help="a file that rows are added to, as JSON")
    parser.add_argument("--rows", type=Path, help="measure nothing: show the rows of this file")
    parser.add_argument("--draw", type=Path, help="with --rows: an SVG of the curve")
    return parser.parse_args(arguments)


def _grown(asked: argparse.Namespace) -> list[Row]:
    photos = real_photos(SEED_PHOTOS)
    if not photos:
        sys.exit("the real photos are not here")
    rows: list[Row] = []
    with nullcontext(asked.home) if asked.home else tempfile.TemporaryDirectory() as home:
        wiring = Wiring(load_settings({"home": home}))
        features = reduced(real_features(wiring, photos), asked.dimension)
        before = _kept(wiring.store())
        for size in asked.sizes:
            filled = _filled(wiring.store(), features, before, size)
            before = size
            for shape in asked.shapes:
                for row in _measured(wiring.store(), features, filled, shape, asked):
                    print(row, file=sys.stderr)
                    rows.append(row)
                    if asked.output is not None:
                        append_row(asked.output, row)
        wiring.close()
    return rows


def _kept(store: PostgresStore) -> int:
    """How many photos an earlier run left in the home."""
    return store.open(NAME).info().photos if NAME in store.names() else 0


def _filled(store: PostgresStore, features: FloatArray, before: int, size: int) -> Filled:
    started = time.perf_counter()
    card = card_of(features.shape[1])
    run = store.begin_run(NAME, profile="fast", card=card, source="benchmark")
    fill(run, features, before // PHOTOS_EACH, size // PHOTOS_EACH)
    # Interrupted, as it were: the indexes are built, and timed, afterwards.
    run.finish((), remove_missing=False, complete=False)
    return Filled(size, size - before, time.perf_counter() - started)


def _measured(
    store: PostgresStore,
    features: FloatArray,
    filled: Filled,
    shape: IndexShape,
    asked: argparse.Namespace,
) -> list[Row]:
    rows: list[Row] = [built(store, filled, shape, asked.workers)]
    queries = queries_around(features, filled.photos // PHOTOS_EACH, QUERIES)
    rows += searched(store, queries, shape, asked.breadths, filled.photos)
    return rows


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _shapes(text: str) -> tuple[IndexShape, ...]:
    return tuple(IndexShape(*map(int, part.split("/"))) for part in text.split(","))

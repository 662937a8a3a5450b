"""leave_one_out(): every photo of the catalogue as a query against the rest of it. No labels.

A product's photos often come in bursts. A burst's other shots would find their product for
reasons that no customer's photo has, so they are left out with the query, from the product's
best photo and from its mean. Only the query's own products lose photos: what looks alike in
other products is what makes searching hard.

A projection learnt from the catalogue has seen its photos: it would find them for that alone. It
is learnt anew without the photos asked with (`refitting`).

Everything is compared in memory, in blocks; products are scored as a store scores them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from goodsight.core.figures import evaluation_of
from goodsight.core.judgements import DEPTH, Judgement, Level, WrongAnswer
from goodsight.core.measures import Evaluation, EvaluationMode, LeftOut, StageFigures
from goodsight.core.photo_table import Numbers, PhotoTable
from goodsight.core.refitting import Refit, refitted_tables
from goodsight.core.scoring import MEAN_WEIGHT, blend, mean_vector, similarities, similarity
from goodsight.core.store_ports import ProductVectors
from goodsight.core.types import FloatArray, Metric

__all__ = [
    "MAX_QUERIES",
    "NEAR_DUPLICATE",
    "LeaveOneOutOptions",
    "PhotoQuery",
    "judge_photos",
    "leave_one_out",
    "photo_queries",
]

# Phone photos of 81 grocery products, EfficientNet-Lite 0: leave-one-out shows recall@1 0.96
# with bursts in, 0.94 / 0.87 / 0.68 with cosines from 0.9 / 0.85 / 0.8 left out; queries that
# are really new are found at 0.70. So 0.8 tells an owner the truth. See docs/evaluating.md.
NEAR_DUPLICATE = 0.8
MAX_QUERIES = 5000
SEED = 0
QUERIES_AT_ONCE = 128
PHOTOS_AT_ONCE = 16384


@dataclass(frozen=True, slots=True)
class LeaveOneOutOptions:
    """`near_duplicate` is a cosine of raw features, None leaves out the query photo alone.

    At most `queries` photos are asked with, drawn with a fixed seed.
    """

    level: Level = Level.PRODUCT
    metric: Metric = Metric.COSINE
    near_duplicate: float | None = NEAR_DUPLICATE
    queries: int = MAX_QUERIES


def leave_one_out(
    stored: Iterable[ProductVectors],
    *,
    space: str,
    options: LeaveOneOutOptions,
    refit: Refit | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Evaluation:
    """Judge a catalogue by its own photos; `progress` hears queries done and to do.

    `refit` is given where the space was learnt from these photos: it learns one from some of
    them, for asking with the others.
    """
    tables = (
        [(PhotoTable.of(stored, options.near_duplicate), None)]
        if refit is None
        else refitted_tables(stored, options.near_duplicate, refit)
    )
    judgements: list[Judgement] = []
    milliseconds: list[float] = []
    queries: list[PhotoQuery] | None = None
    for table, asked in tables:
        # Tables differ in their vectors alone: the same photos ask in all of them.
        if queries is None:
            queries, left_out = photo_queries(table, options)
        chosen = [query for query in queries if asked is None or asked[query.row]]
        started = time.perf_counter()
        for judged in judge_photos(table, chosen, options):
            judgements += judged
            now = time.perf_counter()
            milliseconds += [(now - started) * 1000 / len(judged)] * len(judged)
            started = now
            progress(len(judgements), len(queries))
    stages = {}
    if milliseconds:
        stages["compare"] = StageFigures(*map(float, np.percentile(milliseconds, (50, 95))))
    found = evaluation_of(judgements, mode=EvaluationMode.LEAVE_ONE_OUT, space=space, stages=stages)
    return replace(found, left_out=left_out)


@dataclass(frozen=True, slots=True)
class PhotoQuery:
    """A photo to ask with: for each product that shows it, its row there and the rows left."""

    rows: tuple[int, ...]
    left: tuple[Numbers, ...]

    @property
    def row(self) -> int:
        """Where its vector is."""
        return self.rows[0]


def photo_queries(
    table: PhotoTable, options: LeaveOneOutOptions
) -> tuple[list[PhotoQuery], LeftOut]:
    """The photos to ask with, and what became of the others."""
    places: dict[str, list[int]] = {}
    for row, content_hash in enumerate(table.content_hashes):
        places.setdefault(content_hash, []).append(row)
    found: list[PhotoQuery] = []
    only_photo = only_shots = no_variant = 0
    for rows in places.values():
        query = PhotoQuery(tuple(rows), tuple(_left(table, row) for row in rows))
        if all(len(table.photos_of(table.product_of(row))) == 1 for row in rows):
            only_photo += 1
        elif not any(len(left) for left in query.left):
            only_shots += 1
        elif not _right_products(table, query, options.level):
            no_variant += 1
        else:
            found.append(query)
    total = len(found)
    if total > options.queries:
        drawn = np.random.default_rng(SEED).choice(total, options.queries, replace=False)
        found = [found[number] for number in sorted(drawn)]
    near = [len(table.near[row]) for query in found for row in query.rows]
    average = float(np.mean(near)) if near else 0.0
    return found, LeftOut(only_photo, only_shots, no_variant, total - len(found), average)


def _left(table: PhotoTable, row: int) -> Numbers:
    """The photos of the same product that stay."""
    photos = table.photos_of(table.product_of(row))
    return np.setdiff1d(photos[photos != row], table.near[row])


def _right_products(table: PhotoTable, query: PhotoQuery, level: Level) -> list[int]:
    """Numbers of the products that can be right: something of them, or of the variant, is left."""
    right = []
    for row, left in zip(query.rows, query.left, strict=True):
        product = table.product_of(row)
        if level is Level.VARIANT and table.products[product].has_variants:
            left = left[[_shows(table, int(other), query) for other in left]]  # noqa: PLW2901
        if len(left):
            right.append(product)
    return right


def _shows(table: PhotoTable, photo: int, query: PhotoQuery) -> bool:
    """Whether a photo shows a variant that the query photo shows."""
    wanted = frozenset[str]().union(*(table.variants[row] for row in query.rows))
    return bool(table.first_variants[photo] & wanted)


def judge_photos(
    table: PhotoTable, queries: Sequence[PhotoQuery], options: LeaveOneOutOptions
) -> Iterator[list[Judgement]]:
    """Judgements of the queries, a block at a time."""
    for start in range(0, len(queries), QUERIES_AT_ONCE):
        block = queries[start : start + QUERIES_AT_ONCE]
        asked = table.vectors[[query.row for query in block]]
        photos = _compared(asked, table.vectors, options.metric)
        means = _compared(asked, table.means, options.metric)
        best = np.maximum.reduceat(photos, table.starts[:-1], axis=1)
        scores = (1 - MEAN_WEIGHT) * best + MEAN_WEIGHT * means
        yield [
            _judge(table, query, scores[number], photos[number], options)
            for number, query in enumerate(block)
        ]


def _compared(queries: FloatArray, vectors: FloatArray, metric: Metric) -> FloatArray:
    compared = np.empty((len(queries), len(vectors)), dtype=np.float32)
    for start in range(0, len(vectors), PHOTOS_AT_ONCE):
        rows = slice(start, start + PHOTOS_AT_ONCE)
        compared[:, rows] = similarities(queries, vectors[rows], metric)
    return compared


def _judge(
    table: PhotoTable,
    query: PhotoQuery,
    scores: FloatArray,
    photos: FloatArray,
    options: LeaveOneOutOptions,
) -> Judgement:
    """See where the right products come, once the query's own are scored without it."""
    shown = _rescore(table, query, scores, photos, options.metric)
    right = _right_products(table, query, options.level)
    hits = [
        product
        for product in right
        if options.level is Level.PRODUCT
        or not table.products[product].has_variants
        or _shows(table, shown[product], query)
    ]
    ranks = sorted(_rank(scores, product) for product in hits)
    top = int(np.argmax(scores))
    if top not in shown:
        first, last = table.starts[top], table.starts[top + 1]
        shown[top] = int(first + np.argmax(photos[first:last]))
    told, came = table.products[right[0]], table.products[top]
    return Judgement(
        query=table.references[query.row],
        ranks=tuple(rank for rank in ranks if rank < DEPTH),
        relevant=len(right),
        known=True,
        score=float(scores[top]),
        category=told.category,
        product_id=told.id,
        title=told.title,
        content_hash=table.content_hashes[query.row],
        first=WrongAnswer(came.id, came.title, table.content_hashes[shown[top]]),
        group=told.id,
    )


def _rescore(
    table: PhotoTable, query: PhotoQuery, scores: FloatArray, photos: FloatArray, metric: Metric
) -> dict[int, int]:
    """Score the query's own products by what is left of them; product -> its best photo."""
    shown: dict[int, int] = {}
    for row, left in zip(query.rows, query.left, strict=True):
        product = table.product_of(row)
        scores[product] = -np.inf
        if len(left):
            shown[product] = int(left[np.argmax(photos[left])])
            mean = mean_vector(table.vectors[left])[np.newaxis]
            mean_score = float(similarity(table.vectors[query.row], mean, metric)[0])
            scores[product] = blend(float(photos[shown[product]]), mean_score)
    return shown


def _rank(scores: FloatArray, product: int) -> int:
    """0-based; products are in the order of their ids, which settles ties as in a store."""
    score = scores[product]
    return int((scores > score).sum() + (scores[:product] == score).sum())

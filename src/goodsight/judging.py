"""One collection, judged: by labelled queries, by its own photos, by its photos disturbed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from goodsight.core.errors import PhotoError, UsageError
from goodsight.core.evaluating import LabelledQuery, evaluate
from goodsight.core.judgements import DEPTH, Level
from goodsight.core.leave_one_out import (
    MAX_QUERIES,
    NEAR_DUPLICATE,
    LeaveOneOutOptions,
    leave_one_out,
)
from goodsight.core.measures import Evaluation, MissedProduct
from goodsight.core.ports import PhotoLoader
from goodsight.core.refitting import Refit
from goodsight.core.self_checking import CheckedPhoto, self_check
from goodsight.core.shortening import learnt_anew
from goodsight.core.store_ports import ProductVectors, SampledPhoto
from goodsight.core.types import Metric, Photo, Query, Results, Skip, Term
from goodsight.reading import CollectionReader
from goodsight.rendering import MissPictures
from goodsight.wiring import Wiring

__all__ = ["CHECKED_PHOTOS", "Judge"]

CHECKED_PHOTOS = 200
# Disturbances cut and turn: what they work on is larger than the model's input.
CHECKED_SIDE_PIXELS = 640


class Find(Protocol):
    """Answers a query whose photos are decoded, as `Shop.find` does."""

    def __call__(self, query: Query, *, decode_ms: float = 0.0) -> Results:
        """Raises what `Shop.find` raises."""
        ...


class Judge:
    """Judges one collection by asking it, the way everyone asks it."""

    def __init__(self, wiring: Wiring, reader: CollectionReader, find: Find) -> None:
        self._wiring = wiring
        self._reader = reader
        self._find = find

    def labelled(
        self,
        queries: Path,
        *,
        level: Level = Level.PRODUCT,
        where: str | None = None,
        metric: Metric = Metric.COSINE,
        exact: bool = False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Evaluation:
        """Ask the queries of a CSV of product_id, image, text.

        Raises CatalogError where the CSV cannot be read, CollectionNotFound, StoreError.
        """
        store = self._reader.stored()
        loader = self._reader.query_loader()

        def ask(query: LabelledQuery) -> Results:
            started = time.perf_counter()
            photo = [Term(photo=loader.load(query.image))] if query.image else []
            text = [Term(text=query.text)] if query.text else []
            decode_ms = (time.perf_counter() - started) * 1000
            asked = Query((*photo, *text), where=where, limit=DEPTH, metric=metric, exact=exact)
            return self._find(asked, decode_ms=decode_ms)

        items = self._wiring.labelled_queries(queries)
        return evaluate(items, ask, store.get, level=level, progress=progress)

    def leave_one_out(
        self,
        *,
        level: Level = Level.PRODUCT,
        metric: Metric = Metric.COSINE,
        near_duplicate: float | None = NEAR_DUPLICATE,
        queries: int = MAX_QUERIES,
        reading: Callable[[int], None] = lambda _: None,
        progress: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
    ) -> Evaluation:
        """Every catalogue photo against the rest of the catalogue; needs no labels.

        Shots whose features have a cosine of at least `near_duplicate` with the query's are
        left out with it (None: the query photo alone). `reading` hears how many photos are
        read, `progress` queries done and to do. Raises CollectionNotFound, StoreError.
        """
        store = self._reader.stored()
        options = LeaveOneOutOptions(level, metric, near_duplicate, queries)

        def counted() -> Iterator[ProductVectors]:
            read = 0
            for item in store.product_vectors():
                read += len(item.vectors)
                reading(read)
                yield item

        return leave_one_out(
            counted(),
            space=store.info().space,
            options=options,
            refit=self._refit(),
            progress=progress,
        )

    def _refit(self) -> Refit | None:
        """How the collection's projection is learnt anew; None where it has none."""
        active = self._wiring.store().spaces(self._reader.collection).active_space()
        projection = active.projection
        if projection is None:
            return None
        return lambda batches: learnt_anew(projection, batches)

    def self_check(
        self,
        *,
        sample: int = CHECKED_PHOTOS,
        metric: Metric = Metric.COSINE,
        exact: bool = False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Evaluation:
        """A sample of the catalogue's photos, disturbed in many ways; needs no labels.

        `progress` hears how many photos are done. Raises UsageError, CollectionNotFound,
        StoreError, ModelError.
        """
        if sample < 1:
            raise UsageError(f"a sample of {sample} photos: give a number from 1")
        card = self._reader.encoder().card
        loader = self._wiring.kept_photos(
            card, self._reader.collection, least_side=CHECKED_SIDE_PIXELS
        )
        # Decoding is timed where it happens: before the disturbed copies of a photo are asked.
        decoding: dict[str, float] = {}

        def ask(photo: Photo) -> Results:
            query = Query((Term(photo=photo),), limit=DEPTH, metric=metric, exact=exact)
            return self._find(query, decode_ms=decoding.get(photo.reference, 0.0))

        def photos() -> Iterator[CheckedPhoto | Skip]:
            for drawn in self._reader.stored().sampled_photos(sample):
                started = time.perf_counter()
                photo = self._checked(drawn, loader)
                decoding.clear()
                decoding[drawn.reference] = (time.perf_counter() - started) * 1000
                yield photo

        return self_check(photos(), ask, self._wiring.disturbances, progress=progress)

    def pictures(self, evaluation: Evaluation) -> Mapping[str, MissPictures]:
        """Product id -> pictures of the worst products, for the report."""
        return {missed.product_id: self._pictures(missed) for missed in evaluation.worst}

    def _checked(self, drawn: SampledPhoto, loader: PhotoLoader) -> CheckedPhoto | Skip:
        """The photo from its original; where that is gone or has changed, its thumbnail."""
        try:
            kept = self._reader.kept_photo(drawn.reference, drawn.content_hash, loader)
        except PhotoError as error:
            return Skip(drawn.reference, str(error))
        return CheckedPhoto(kept.photo, drawn.content_hash, drawn.products, kept.from_thumbnail)

    def _pictures(self, missed: MissedProduct) -> MissPictures:
        photos = self._reader.photos(missed.product_id)
        # At best a photo of the product that is not the query itself.
        others = [photo.content_hash for photo in photos]
        others.sort(key=lambda content_hash: content_hash == missed.content_hash)
        instead = missed.instead.content_hash if missed.instead else ""
        kept = self._reader.thumbnails([*others[:1], missed.content_hash, instead])
        query = kept.get(missed.content_hash)
        if query is None and not missed.content_hash:
            loader = self._reader.query_loader()
            # A query of words has no picture.
            with suppress(PhotoError):
                query = loader.thumbnail(loader.load(missed.query))
        right = kept.get(others[0]) if others else None
        return MissPictures(query, right, kept.get(instead))

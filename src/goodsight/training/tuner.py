"""tune(): a collection's photos -> a head -> proof -> verdict -> switch, or refusal.

    photos     raw features that the store keeps, and views of the photos
    trial      a head learnt without the photos kept aside, beside what is in use
    proof      both asked with the photos kept aside, and with disturbed photos
    final      the same head learnt from all photos
    switch     into the new space in one step; the former one is kept

Nothing that is in use changes before the switch. What was made so far is kept in the home and
taken up by the next run of the same settings.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from goodsight.core.errors import Interrupted, PhotoError, UsageError
from goodsight.core.gating import Verdict, gate
from goodsight.core.ports import ImageEncoder, TextEncoder
from goodsight.core.projecting import Projection
from goodsight.core.tuning import (
    CurvePoint,
    OpenRun,
    TunedModel,
    TuningRecord,
    TuningRun,
    TuningStatus,
)
from goodsight.core.types import FloatArray
from goodsight.disturbing import disturbed_features
from goodsight.reading import CollectionReader
from goodsight.training.examples import Examples
from goodsight.training.head_report import HeadProgress, HeadSettings, TrainedHead
from goodsight.training.head_training import train_head
from goodsight.training.proof import Proof
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.view_features import ViewFeatures

__all__ = ["METHODS", "TuneOptions", "Tuner", "TuningWatch"]

METHODS = ("head", "self-supervised")
# Photos that views are made of at most: some minutes for the larger models.
VIEWED_PHOTOS = 6000
CHECKED_PHOTOS = 40
CHECKED_SIDE_PIXELS = 640


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """How to tune. With `force` a model is switched to against its verdict."""

    method: str = "head"
    augmentations: int = 1
    force: bool = False
    head: HeadSettings = HeadSettings()


class TuningWatch(Protocol):
    """Hears how far a tuning run is."""

    def viewed(self, done: int, total: int) -> None:
        """Views of so many photos are there."""
        ...

    def training(self, progress: HeadProgress) -> None:
        """Training has come so far."""
        ...

    def stage(self, name: str) -> None:
        """Another part begins: "proving" or "switching"."""
        ...


class Tuner:
    """Tunes one collection."""

    def __init__(self, reader: CollectionReader) -> None:
        self._reader = reader
        self._wiring = reader.wiring
        name = hashlib.sha256(reader.collection.encode()).hexdigest()[:16]
        self._folder = self._wiring.settings.home / "tuning" / name

    def tune(
        self,
        options: TuneOptions,
        watch: TuningWatch,
        *,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> TuningRun:
        """Tune, prove and switch, or refuse; the run as it was recorded.

        Raises MissingExtra without the extra `tune`, UsageError where the collection's model
        cannot be tuned, InputError where there is too little to learn from, StoreError, and
        Interrupted once `should_stop` says True.
        """
        if options.method not in METHODS:
            raise UsageError(f"method '{options.method}': one of {', '.join(METHODS)}")
        encoder = self._reader.base_encoder()
        if isinstance(encoder, TextEncoder):
            raise UsageError(
                f"{encoder.card.name} sees texts too, which a head learnt from photos would leave"
                " behind; tune a collection of another model"
            )
        runs = self._wiring.store().tuning_runs(self._reader.collection)
        with runs.begin(options.method) as run:
            try:
                self._tuned(run, encoder, options, watch, should_stop)
            except (Interrupted, KeyboardInterrupt):
                run.finish(TuningStatus.INTERRUPTED, TuningRecord(reason="stopped as asked"))
                raise
        return next(found for found in runs.runs() if found.id == run.id)

    def _tuned(
        self,
        run: OpenRun,
        encoder: ImageEncoder,
        options: TuneOptions,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
    ) -> None:
        photos = ShopPhotos.of(self._reader)
        examples = self._examples(photos, encoder, options, watch, should_stop)
        head = train_head(
            examples,
            encoder.card.feature_blocks,
            rooted=bool((examples.features >= 0).all()),
            settings=options.head,
            progress=watch.training,
            should_stop=should_stop,
            checkpoint=self._folder / "checkpoint",
        )
        watch.stage("proving")
        proof = Proof(
            photos, examples, encoder.card.feature_blocks, head.split.shelf, head.untuned, head.trial
        )
        verdict = self._verdict(proof, head, encoder, should_stop)
        final = replace(head.projection, origin="tuned")
        record = _record(photos, head, proof, verdict, options, encoder, final)
        run.record(record)
        if not verdict.passed and not options.force:
            run.finish(TuningStatus.REFUSED, record)
            return
        watch.stage("switching")
        self._keeper.switch_space(final, proof.calibrations(head.split.known), keep_former=True)
        run.finish(TuningStatus.SWITCHED, record, forced=not verdict.passed)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _examples(
        self,
        photos: ShopPhotos,
        encoder: ImageEncoder,
        options: TuneOptions,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
    ) -> Examples:
        """The photos and the views of them; each photo by itself where there are no labels."""
        maker = ViewFeatures(
            encoder, self._folder / "views", augmentations=options.augmentations
        )
        views = self._views(photos, encoder, maker, watch, should_stop)
        examples = Examples.of_photos(photos.features, photos.products)
        numbers = np.array([row for row, made in views for _ in made], dtype=np.int64)
        if len(numbers):
            features = np.concatenate([made for _, made in views])
            examples = examples.with_views(features, numbers)
        return examples.without_products() if options.method == "self-supervised" else examples

    def _views(
        self,
        photos: ShopPhotos,
        encoder: ImageEncoder,
        maker: ViewFeatures,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
    ) -> list[tuple[int, FloatArray]]:
        """Rows of photos and the views of each; photos that cannot be read have none."""
        loader = self._wiring.kept_photos(encoder.card, self._reader.collection)
        every = max(1, -(-len(photos) // VIEWED_PHOTOS))
        # Whole products, so that none is seen more often than its photos are.
        rows = np.flatnonzero(photos.products % every == 0)

        def make(row: int) -> FloatArray | None:
            if should_stop():
                raise Interrupted("stopped while views of photos were made")
            content_hash = photos.content_hashes[row]
            if (kept := maker.kept(content_hash)) is not None:
                return kept
            try:
                found = self._reader.kept_photo(photos.references[row], content_hash, loader)
            except PhotoError:
                return None
            return maker.of(replace(found.photo, content_hash=content_hash))

        made: list[tuple[int, FloatArray]] = []
        with ThreadPoolExecutor(self._wiring.workers) as pool:
            for done, (row, views) in enumerate(zip(rows, pool.map(make, rows), strict=True), 1):
                if views is not None:
                    made.append((int(row), views))
                watch.viewed(done, len(rows))
        return made

    def _verdict(
        self,
        proof: Proof,
        head: TrainedHead,
        encoder: ImageEncoder,
        should_stop: Callable[[], bool],
    ) -> Verdict:
        seen = disturbed_features(
            self._wiring,
            self._reader,
            encoder,
            photos=CHECKED_PHOTOS,
            least_side=CHECKED_SIDE_PIXELS,
            should_stop=should_stop,
        )
        active = self._keeper.active_space().projection
        others = [("unseen products", proof.answers(head.split.unknown))]
        if seen.products:
            others.append(("disturbed photos", proof.disturbed(seen, active, head.projection)))
        return gate(proof.answers(head.split.known), others)

    @property
    def _keeper(self):  # noqa: ANN202
        return self._wiring.store().spaces(self._reader.collection)


def _record(
    photos: ShopPhotos,
    head: TrainedHead,
    proof: Proof,
    verdict: Verdict,
    options: TuneOptions,
    encoder: ImageEncoder,
    final: Projection,
) -> TuningRecord:
    chosen = head.chosen
    card = encoder.card
    return TuningRecord(
        settings=(
            ("method", options.method),
            ("loss", str(chosen.loss)),
            ("epochs", str(chosen.epochs)),
            ("share of the head", f"{chosen.share:g}"),
            ("dimension", str(chosen.dimension)),
            ("augmentations", str(options.augmentations)),
            ("seed", str(options.head.seed)),
        ),
        curve=tuple(
            CurvePoint(point.epoch, point.loss, point.recall)
            for point in head.curve
            if point.recall is not None
        ),
        verdict=verdict,
        model=TunedModel(
            space=final.space(card.space),
            base_space=card.space,
            base_model=card.name,
            dimension=final.dimension,
            photos=len(photos),
            products=len(photos.ids),
            data=photos.fingerprint(),
            licence=card.licence,
        ),
        changed=proof.changed(head.split.known),
    )

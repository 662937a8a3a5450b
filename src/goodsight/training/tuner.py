"""tune(): a collection's photos -> a head -> proof -> verdict -> switch, or refusal.

    photos     raw features that the store keeps, and views of the photos
    trial      a head learnt without the photos kept aside, and what the catalogue learns untuned
    proof      both asked with the photos kept aside, and with disturbed photos
    final      a head learnt in the same way from all photos
    switch     into the new space in one step; the former one is kept

Training keeps photos aside itself, to stop in time and to choose how much of the head to take;
the proof has others, on which nothing was chosen. Nothing that is in use changes before the
switch. What was made so far is kept in the home and taken up by the next run of the same
settings.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from goodsight.core.errors import InputError, Interrupted, UsageError
from goodsight.core.gating import Verdict, gate
from goodsight.core.ports import ImageEncoder, TextEncoder
from goodsight.core.projecting import Projection
from goodsight.core.space_ports import SpaceKeeper
from goodsight.core.tuning import (
    CurvePoint,
    OpenRun,
    TunedModel,
    TuningRecord,
    TuningRun,
    TuningStatus,
)
from goodsight.core.types import Skip
from goodsight.disturbing import disturbed_features
from goodsight.reading import CollectionReader
from goodsight.training.head_report import HeadProgress, HeadSettings, TrainedHead
from goodsight.training.head_work import HeadWork
from goodsight.training.labelled_folder import labelled_photos, with_labelled
from goodsight.training.proof import Proof
from goodsight.training.pseudo_labels import LEAST_CONFIDENCE, Unlabelled
from goodsight.training.shop_examples import shop_examples
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.unlabelled_folder import unlabelled_examples
from goodsight.training.view_features import ViewFeatures

__all__ = ["METHODS", "TuneOptions", "Tuner", "TuningWatch"]

METHODS = ("head", "self-supervised")
CHECKED_PHOTOS = 40
CHECKED_SIDE_PIXELS = 640


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """How to tune. With `force` a model is switched to against its verdict.

    `folder` holds photos sorted into folders, to learn from besides the catalogue's own;
    `unlabelled` photos that nobody sorted, of which those are learnt from whose product the
    catalogue finds with a `confidence` of at least so much.
    """

    method: str = "head"
    augmentations: int = 1
    force: bool = False
    folder: Path | None = None
    unlabelled: Path | None = None
    confidence: float = LEAST_CONFIDENCE
    head: HeadSettings = field(default_factory=HeadSettings)


class TuningWatch(Protocol):
    """Hears how far a tuning run is."""

    def viewed(self, done: int, total: int) -> None:
        """Views of so many photos are there."""
        ...

    def training(self, name: str, progress: HeadProgress) -> None:
        """Training, "trial" or "with all photos", has come so far."""
        ...

    def skipped(self, skip: Skip) -> None:
        """A labelled photo cannot be used."""
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
        if options.unlabelled is not None and options.method != "head":
            raise UsageError("photos without labels are for the method head, which gives them some")
        if not 0 < options.confidence <= 1:
            raise UsageError(f"a confidence of {options.confidence:g}: above 0, and at most 1")
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
        found = runs.run(run.id)
        assert found is not None  # noqa: S101 - just recorded
        return found

    def _tuned(
        self,
        run: OpenRun,
        encoder: ImageEncoder,
        options: TuneOptions,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
    ) -> None:
        photos = self._photos(encoder, options.folder, watch, should_stop)
        views = ViewFeatures(encoder, self._folder / "views", augmentations=options.augmentations)
        examples = shop_examples(self._reader, photos, views, watch.viewed, should_stop)
        if options.method == "self-supervised":
            examples = examples.without_products()
        work = HeadWork(
            examples,
            encoder.card.feature_blocks,
            options.head,
            watch.training,
            should_stop,
            self._unlabelled(encoder, options, len(photos), views, watch, should_stop),
        )
        taught, kept_aside = work.whole(), work.split()
        trial = work.train(work.trial(kept_aside).examples, self._folder / "trial", "trial")
        watch.stage("proving")
        untuned = work.untuned(kept_aside.learn)
        proof = Proof(photos, examples, work.blocks, kept_aside, (untuned, trial.projection))
        verdict = self._verdict(proof, encoder, should_stop)
        record = _record(photos, trial, verdict, options, encoder)
        record = replace(record, changed=proof.changed())
        if work.unlabelled is not None:
            told = f"{taught.taken} of {len(work.unlabelled)}, confidence {options.confidence:g}"
            record = replace(record, settings=(*record.settings, ("unlabelled photos", told)))
        run.record(record)
        if not verdict.passed and not options.force:
            run.finish(TuningStatus.REFUSED, record)
            return
        final = work.train(taught.examples, self._folder / "final", "with all photos").projection
        if final is None:
            raise InputError("nothing was learnt: the model's own space is as good")
        final = replace(final, origin="tuned")
        watch.stage("switching")
        self._keeper.switch_space(final, proof.calibrations(), keep_former=True)
        model = _tuned_model(photos, final, encoder)
        run.finish(TuningStatus.SWITCHED, replace(record, model=model), forced=not verdict.passed)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _photos(
        self,
        encoder: ImageEncoder,
        folder: Path | None,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
    ) -> ShopPhotos:
        photos = ShopPhotos.of(self._reader)
        if folder is None:
            return photos
        labelled = list(
            labelled_photos(
                self._reader, encoder, folder, skipped=watch.skipped, should_stop=should_stop
            )
        )
        return with_labelled(photos, labelled)

    def _unlabelled(
        self,
        encoder: ImageEncoder,
        options: TuneOptions,
        behind: int,
        views: ViewFeatures,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
    ) -> Unlabelled | None:
        if options.unlabelled is None:
            return None
        examples = unlabelled_examples(
            self._reader,
            encoder,
            options.unlabelled,
            views,
            behind=behind,
            skipped=watch.skipped,
            viewed=watch.viewed,
            should_stop=should_stop,
        )
        return Unlabelled(examples, options.confidence)

    def _verdict(
        self,
        proof: Proof,
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
        others = [("unseen products", proof.unknown())]
        if seen.products:
            others.append(("disturbed photos", proof.disturbed(seen)))
        return gate(proof.known(), others)

    @property
    def _keeper(self) -> SpaceKeeper:
        return self._wiring.store().spaces(self._reader.collection)


def _record(
    photos: ShopPhotos,
    head: TrainedHead,
    verdict: Verdict,
    options: TuneOptions,
    encoder: ImageEncoder,
) -> TuningRecord:
    settings, chosen = options.head, head.chosen
    return TuningRecord(
        settings=(
            ("method", options.method),
            ("loss", str(settings.loss)),
            ("epochs", str(chosen.epochs)),
            ("share of the head", f"{chosen.share:g}"),
            ("dimension", str(chosen.dimension)),
            ("augmentations", str(options.augmentations)),
            ("seed", str(settings.seed)),
        ),
        curve=tuple(
            CurvePoint(point.epoch, point.loss, point.recall)
            for point in head.curve
            if point.loss is not None and point.recall is not None
        ),
        verdict=verdict,
        model=None if head.projection is None else _tuned_model(photos, head.projection, encoder),
    )


def _tuned_model(photos: ShopPhotos, projection: Projection, encoder: ImageEncoder) -> TunedModel:
    card = encoder.card
    return TunedModel(
        space=projection.space(card.space),
        base_space=card.space,
        base_model=card.name,
        dimension=projection.dimension,
        photos=len(photos),
        products=len(photos.ids),
        data=photos.fingerprint(),
        licence=card.licence,
    )

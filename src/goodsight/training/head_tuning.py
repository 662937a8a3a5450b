"""A head on the features of the encoder in use: learnt, proven and switched to, or refused.

    trial      a head learnt without the photos kept aside, and what the catalogue learns untuned
    proof      both asked with the photos kept aside, and with disturbed photos
    final      a head learnt in the same way from all photos
    switch     into the new space in one step; the former one is kept

Training keeps photos aside itself, to stop in time and to choose how much of the head to take;
the proof has others, on which nothing was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import InputError
from goodsight.core.gating import Verdict
from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import Projection, conditioned, fit_projection
from goodsight.core.tuning import CurvePoint, OpenRun, TunedModel, TuningRecord, TuningStatus
from goodsight.reading import CollectionReader
from goodsight.training.examples import Examples
from goodsight.training.head_report import HeadSettings, TrainedHead
from goodsight.training.head_training import train_head
from goodsight.training.proof import Proof, Seen
from goodsight.training.shop_examples import shop_examples
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.splitting import Split, split_examples
from goodsight.training.tuning_options import SELF_SUPERVISED, TuneOptions, TuningWatch
from goodsight.training.verdicts import judge
from goodsight.training.view_features import ViewFeatures

__all__ = ["PROOF_SEED", "tune_head"]

# Not the deal that training chooses by.
PROOF_SEED = 1000


def tune_head(
    run: OpenRun,
    reader: CollectionReader,
    photos: ShopPhotos,
    options: TuneOptions,
    watch: TuningWatch,
    should_stop: Callable[[], bool],
    folder: Path,
) -> None:
    """Tune, and finish the run; what is made on the way is kept in `folder`.

    Raises what `Tuner.tune` raises.
    """
    encoder = reader.base_encoder()
    views = ViewFeatures(encoder, folder / "views", augmentations=options.augmentations)
    examples = shop_examples(reader, photos, views, watch.viewed, should_stop)
    if options.method == SELF_SUPERVISED:
        examples = examples.without_products()
    work = _Work(examples, encoder.card.feature_blocks, options.head, watch, should_stop)
    kept_aside = work.split()
    trial = work.train(examples.rows(kept_aside.learn), folder / "trial", "trial")
    watch.stage("proving")
    untuned = work.untuned(kept_aside.learn)
    proof = Proof(photos, examples, kept_aside, work.seen(untuned, trial.projection))
    verdict = judge(proof, reader, (encoder, encoder), should_stop)
    record = _record(photos, trial, verdict, options, encoder)
    record = replace(record, changed=proof.changed())
    run.record(record)
    if not verdict.passed and not options.force:
        run.finish(TuningStatus.REFUSED, record)
        return
    final = work.train(examples, folder / "final", "with all photos").projection
    if final is None:
        raise InputError("nothing was learnt: the model's own space is as good")
    final = replace(final, origin="tuned")
    watch.stage("switching")
    keeper = reader.wiring.store().spaces(reader.collection)
    keeper.switch_space(
        final, proof.calibrations(), keep_former=True, encoder_space=encoder.card.space
    )
    model = _tuned_model(photos, final, encoder)
    run.finish(TuningStatus.SWITCHED, replace(record, model=model), forced=not verdict.passed)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is trained from, and how."""

    examples: Examples
    blocks: Sequence[int]
    settings: HeadSettings
    watch: TuningWatch
    should_stop: Callable[[], bool]

    @property
    def rooted(self) -> bool:
        return bool((self.examples.features >= 0).all())

    def split(self) -> Split:
        rows = conditioned(self.examples.features, self.blocks, self.rooted)
        return split_examples(self.examples, rows, self.settings.seed + PROOF_SEED)

    def train(self, examples: Examples, checkpoint: Path, name: str) -> TrainedHead:
        return train_head(
            examples,
            self.blocks,
            rooted=self.rooted,
            settings=self.settings,
            progress=lambda progress: self.watch.training(name, progress),
            should_stop=self.should_stop,
            checkpoint=checkpoint,
        )

    def untuned(self, rows: NDArray[np.intp]) -> Projection | None:
        """What the catalogue learns from these by itself, without views."""
        known = self.examples.rows(rows[~self.examples.views[rows]])
        return fit_projection([known.batch()], self.blocks, rooted=self.rooted)

    def seen(self, before: Projection | None, after: Projection | None) -> tuple[Seen, Seen]:
        features = self.examples.features
        return Seen(features, self.blocks, before), Seen(features, self.blocks, after)


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

"""A head on the features of the encoder in use: learnt, proven and switched to, or refused.

    trial      a head learnt without the photos kept aside, and what the catalogue learns untuned
    proof      both asked with the photos kept aside, and with disturbed photos
    final      a head learnt in the same way from all photos
    switch     into the new space in one step; the former one is kept

Training keeps photos aside itself, to stop in time and to choose how much of the head to take;
the proof has others, on which nothing was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from goodsight.core.errors import InputError
from goodsight.core.gating import Verdict
from goodsight.core.ports import ImageEncoder
from goodsight.core.tuning import CurvePoint, OpenRun, TuningRecord, TuningStatus
from goodsight.reading import CollectionReader
from goodsight.training.head_report import TrainedHead
from goodsight.training.head_work import HeadWork
from goodsight.training.proof import Proof, Seen
from goodsight.training.pseudo_labels import Unlabelled
from goodsight.training.shop_examples import shop_examples
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.tuned_card import tuned_model
from goodsight.training.tuning_options import SELF_SUPERVISED, TuneOptions, TuningWatch
from goodsight.training.unlabelled_folder import unlabelled_examples
from goodsight.training.verdicts import judge
from goodsight.training.view_features import ViewFeatures

__all__ = ["tune_head"]


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
    # First what somebody named: where nothing is there, nobody waits for the catalogue's views.
    unlabelled = _unlabelled(reader, options, len(photos), views, watch, should_stop)
    examples = shop_examples(reader, photos, views, watch.viewed, should_stop)
    if options.method == SELF_SUPERVISED:
        examples = examples.without_products()
    blocks = encoder.card.feature_blocks
    work = HeadWork(examples, blocks, options.head, watch.training, should_stop, unlabelled)
    taught, kept_aside = work.whole(), work.split()
    trial = work.train(work.trial(kept_aside).examples, folder / "trial", "trial")
    watch.stage("proving")
    spaces = work.untuned(kept_aside.learn), trial.projection
    before, after = (Seen(examples.features, blocks, space) for space in spaces)
    proof = Proof(photos, examples, kept_aside, (before, after))
    verdict = judge(proof, reader, (encoder, encoder), should_stop)
    record = _record(photos, trial, verdict, options, encoder)
    gains, losses = proof.gains_and_losses()
    record = replace(record, changed=proof.changed(), gains=gains, losses=losses)
    if unlabelled is not None:
        told = f"{taught.taken} of {len(unlabelled)}, confidence {options.confidence:g}"
        record = replace(record, settings=(*record.settings, ("unlabelled photos", told)))
    run.record(record)
    if not verdict.passed and not options.force:
        run.finish(TuningStatus.REFUSED, record)
        return
    final = work.train(taught.examples, folder / "final", "with all photos").projection
    if final is None:
        raise InputError("nothing was learnt: the model's own space is as good")
    final = replace(final, origin="tuned")
    watch.stage("switching")
    keeper = reader.wiring.store().spaces(reader.collection)
    keeper.switch_space(
        final, proof.calibrations(), keep_former=True, encoder_space=encoder.card.space
    )
    model = tuned_model(photos, encoder.card.name, final, encoder)
    run.finish(TuningStatus.SWITCHED, replace(record, model=model), forced=not verdict.passed)


def _unlabelled(
    reader: CollectionReader,
    options: TuneOptions,
    behind: int,
    views: ViewFeatures,
    watch: TuningWatch,
    should_stop: Callable[[], bool],
) -> Unlabelled | None:
    if options.unlabelled is None:
        return None
    examples = unlabelled_examples(
        reader,
        reader.base_encoder(),
        options.unlabelled,
        views,
        behind=behind,
        skipped=watch.skipped,
        viewed=watch.viewed,
        should_stop=should_stop,
    )
    return Unlabelled(examples, options.confidence)


def _record(
    photos: ShopPhotos,
    head: TrainedHead,
    verdict: Verdict,
    options: TuneOptions,
    encoder: ImageEncoder,
) -> TuningRecord:
    settings, chosen, model = options.head, head.chosen, None
    if head.projection is not None:
        model = tuned_model(photos, encoder.card.name, head.projection, encoder)
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
        model=model,
    )

"""The network itself trained on a shop's photos, proven and switched to, or refused.

    photos     read once, as small as the network needs
    trial      each network of the model trained without the photos kept aside
    proof      both models asked with those, and with disturbed photos; beside one that was
               tuned already, what that began with
    finish     training goes on for a while with all photos; exported, compared, added
    embed      every photo by the new model, into a second set beside the one in use
    switch     in one step, to the new model and its features in as many numbers as are wanted

Until the switch nothing that is in use changes; a refusal leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.shortening import principal
from goodsight.core.tuning import OpenRun, TuningRecord, TuningStatus
from goodsight.reading import CollectionReader
from goodsight.reembedding import ReEmbedder
from goodsight.training.backbone_training import teach_products
from goodsight.training.backbone_work import BackboneWork
from goodsight.training.lesson_photos import read_lesson_photos
from goodsight.training.model_names import lasting_name, short_name
from goodsight.training.proof import Proof, Seen
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.trainable import trainable_networks
from goodsight.training.tuned_card import tuned_model
from goodsight.training.tuning_options import TuneOptions, TuningWatch
from goodsight.training.verdicts import judge

__all__ = ["tune_backbone"]


def tune_backbone(
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
    encoder, settings = reader.base_encoder(), options.backbone
    # The next tuning begins there too, wherever it is called from.
    begun_with = lasting_name(options.network or encoder.card.tuned_from or encoder.card.name)
    networks = trainable_networks(
        reader.wiring.models, begun_with, weights=options.weights, lora_rank=options.lora
    )
    side = max(network.preprocessing.input_size for network in networks)
    lesson = read_lesson_photos(
        reader, photos, np.arange(len(photos)), side, watch.viewed, should_stop
    )
    photos = photos.some(lesson.rows)
    teach = teach_products(photos.products, settings.loss)
    work = BackboneWork(
        reader, photos, lesson, begun_with, networks, settings, teach, watch, should_stop, folder
    )
    beaten, before = (encoder, photos.features), photos.features
    if begun_with != encoder.card.name or options.weights is not None:
        begun = work.begun()
        before = work.features_by(begun)
        if begun_with == encoder.card.tuned_from:
            # In use is what has learnt from the photos kept aside: docs/decisions/0033.
            beaten = begun, before
    split = work.split(*beaten)
    trial, curve = work.trial(before, split)
    watch.stage("proving")
    tried = work.features_by(trial)
    blocks = trial.card.feature_blocks
    known = work.examples_by(tried).rows(split.learn)
    space = _tuned_space(lambda: [known.batch()], blocks, settings.dimension)
    seen = work.seen(*beaten, split), Seen(tried, blocks, space)
    proof = Proof(photos, work.examples, split, seen)
    verdict = judge(proof, reader, (beaten[0], trial), should_stop)
    gains, losses = proof.gains_and_losses()
    record = TuningRecord(
        settings=_settings(options, begun_with),
        curve=curve,
        verdict=verdict,
        model=tuned_model(photos, begun_with, space, trial),
        changed=proof.changed(),
        gains=gains,
        losses=losses,
    )
    run.record(record)
    if not verdict.passed and not options.force:
        run.finish(TuningStatus.REFUSED, record)
        return
    finished = work.finish(tried)
    name = f"{short_name(begun_with)}-tuned-{finished.card.space[:8]}"
    models = reader.wiring.models
    # A run that was killed finds the model it had added.
    if name not in models.names():
        models.add(work.finished, name)
    watch.stage("embedding")
    # What is tuned from the profile's model goes on reading printed words as the profile does.
    own = begun_with in (encoder.card.name, encoder.card.tuned_from)
    profile = reader.info().profile if own else None
    change = ReEmbedder(reader.wiring, reader).begin(name, profile=profile)
    change.embed(progress=watch.embedded, should_stop=should_stop, skipped=watch.skipped)
    projection = _tuned_space(change.feature_batches, blocks, settings.dimension)
    watch.stage("switching")
    change.switch(projection, proof.calibrations(), keep_former=True)
    model = tuned_model(photos, begun_with, projection, change.encoder)
    run.finish(TuningStatus.SWITCHED, replace(record, model=model), forced=not verdict.passed)


def _tuned_space(
    batches: Callable[[], Iterable[FeatureBatch]], blocks: Sequence[int], dimension: int
) -> Projection:
    """The network's features as they were trained, in as many numbers as are wanted.

    What the catalogue would learn on them, which directions to weigh, the network has learnt;
    learnt twice, it fits the photos learnt from and loses new products. docs/decisions/0040.
    """
    rooted = all(bool((batch.features >= 0).all()) for batch in batches())
    return replace(principal(batches(), blocks, dimension, rooted=rooted), origin="tuned")


def _settings(options: TuneOptions, begun_with: str) -> tuple[tuple[str, str], ...]:
    settings = options.backbone
    lora = () if options.lora is None else (("rank of LoRA", str(options.lora)),)
    return (
        ("method", options.method),
        ("network", begun_with),
        *lora,
        ("loss", str(settings.loss)),
        ("epochs", f"{settings.epochs} and {settings.finishing_epochs} with all photos"),
        ("share of stages", f"{settings.stages:g}"),
        ("rate", f"{settings.rate:g}"),
        ("dimension", str(settings.dimension)),
        ("seed", str(settings.seed)),
    )

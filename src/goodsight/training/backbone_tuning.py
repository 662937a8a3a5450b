"""The network itself trained on a shop's photos, proven and switched to, or refused.

    photos     read once, as small as the network needs
    trial      each network of the model trained without the photos kept aside
    proof      both models asked with those, and with disturbed photos
    finish     training goes on for a while with all photos; exported, compared, added
    embed      every photo by the new model, into a second set beside the one in use
    switch     in one step, to the new model and the projection the catalogue learns on it

Until the switch nothing that is in use changes; a refusal leaves the database as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import Projection, conditioned, fit_projection
from goodsight.core.tuning import CurvePoint, OpenRun, TunedModel, TuningRecord, TuningStatus
from goodsight.core.types import FloatArray
from goodsight.encoders import DEFAULT_PROVIDERS, open_folder, write_joined_folder
from goodsight.reading import CollectionReader
from goodsight.reembedding import ReEmbedder
from goodsight.training.backbone_loop import photos_features
from goodsight.training.backbone_training import BackboneDesk, finish_backbone, try_backbone
from goodsight.training.encoder_features import features_by
from goodsight.training.examples import Examples
from goodsight.training.head_report import CurvePoint as TrainingPoint
from goodsight.training.head_tuning import PROOF_SEED
from goodsight.training.lesson_photos import LessonPhotos, read_lesson_photos
from goodsight.training.lite_network import LiteNetwork
from goodsight.training.network_export import export_network
from goodsight.training.new_folder import Origin
from goodsight.training.proof import Proof, Seen
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.splitting import Split, split_examples
from goodsight.training.trainable import Trainable, trainable_networks
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
    encoder = reader.base_encoder()
    begun_with = options.network or encoder.card.tuned_from or encoder.card.name
    networks = trainable_networks(reader.wiring.models, begun_with, weights=options.weights)
    side = max(network.preprocessing.input_size for network in networks)
    lesson = read_lesson_photos(
        reader, photos, np.arange(len(photos)), side, watch.viewed, should_stop
    )
    photos = photos.some(lesson.rows)
    work = _Work(reader, photos, lesson, begun_with, networks, options, watch, should_stop, folder)
    split = work.split(encoder)
    trial, curve = work.trial(encoder, split)
    watch.stage("proving")
    seen = work.seen(encoder, trial, split)
    proof = Proof(photos, work.examples, split, seen)
    verdict = judge(proof, reader, (encoder, trial), should_stop)
    record = TuningRecord(
        settings=work.settings(),
        curve=curve,
        verdict=verdict,
        model=work.card(seen[1].projection, trial),
        changed=proof.changed(),
    )
    run.record(record)
    if not verdict.passed and not options.force:
        run.finish(TuningStatus.REFUSED, record)
        return
    name = work.finish(seen[1].features)
    watch.stage("embedding")
    # What is tuned from the profile's model goes on reading printed words as the profile does.
    own = begun_with in (encoder.card.name, encoder.card.tuned_from)
    profile = reader.info().profile if own else None
    change = ReEmbedder(reader.wiring, reader).begin(name, profile=profile)
    change.embed(progress=watch.embedded, should_stop=should_stop, skipped=watch.skipped)
    rooted = all((batch.features >= 0).all() for batch in change.feature_batches())
    blocks = change.encoder.card.feature_blocks
    projection = fit_projection(change.feature_batches(), blocks, rooted=rooted)
    watch.stage("switching")
    change.switch(projection, proof.calibrations(), keep_former=True)
    card = work.card(projection, change.encoder)
    run.finish(TuningStatus.SWITCHED, replace(record, model=card), forced=not verdict.passed)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is trained from, and how."""

    reader: CollectionReader
    photos: ShopPhotos
    lesson: LessonPhotos
    begun_with: str
    networks: Sequence[Trainable]
    options: TuneOptions
    watch: TuningWatch
    should_stop: Callable[[], bool]
    folder: Path

    @property
    def examples(self) -> Examples:
        return Examples.of_photos(self.photos.features, self.photos.products)

    def split(self, encoder: ImageEncoder) -> Split:
        rooted = bool((self.photos.features >= 0).all())
        rows = conditioned(self.photos.features, encoder.card.feature_blocks, rooted)
        seed = self.options.backbone.seed + PROOF_SEED
        return split_examples(self.examples, rows, seed)

    def trial(
        self, encoder: ImageEncoder, split: Split
    ) -> tuple[ImageEncoder, tuple[CurvePoint, ...]]:
        """Each network trained without the photos kept aside, as one model; the curves."""
        features = self._features_now(encoder)
        points: list[TrainingPoint] = []
        for number, part in enumerate(self._parts(features)):
            if isinstance(network := self.networks[number].network, LiteNetwork):
                network.fold()
            points += try_backbone(self._desk(number, part, split), part)
        curve = [point for point in points if point.loss is not None]
        return self._exported("tried"), tuple(
            CurvePoint(number, point.loss or 0.0, point.recall or 0.0)
            for number, point in enumerate(curve, 1)
        )

    def finish(self, tried: FloatArray) -> str:
        """Each network trained on with all photos; the name of the model, added to the library.

        `tried` float32 (n, f) are the features of the model that was tried.
        """
        every = np.arange(len(self.photos))
        nothing = every[:0]
        split = Split(every, every, nothing, nothing, nothing)
        for number, part in enumerate(self._parts(tried)):
            finish_backbone(self._desk(number, part, split), part)
        card = self._exported("finished").card
        # After what it is: a run that was killed finds the model it had added.
        name = f"{Path(self.begun_with).name.replace(':', '-')}-tuned-{card.space[:8]}"
        models = self.reader.wiring.models
        if name not in models.names():
            models.add(self.folder / "finished", name)
        return name

    def seen(self, encoder: ImageEncoder, trial: ImageEncoder, split: Split) -> tuple[Seen, Seen]:
        """The photos as both models see them, with what the catalogue learns on each."""
        features = self._features_by(trial)
        return self._learnt(self.photos.features, encoder, split), self._learnt(
            features, trial, split
        )

    def settings(self) -> tuple[tuple[str, str], ...]:
        """What the run is told by."""
        settings = self.options.backbone
        return (
            ("method", self.options.method),
            ("network", self.begun_with),
            ("loss", str(settings.loss)),
            ("epochs", f"{settings.epochs} and {settings.finishing_epochs} with all photos"),
            ("share of stages", f"{settings.stages:g}"),
            ("rate", f"{settings.rate:g}"),
            ("seed", str(settings.seed)),
        )

    def card(self, projection: Projection | None, encoder: ImageEncoder) -> TunedModel:
        """What was tuned."""
        card = encoder.card
        return TunedModel(
            space=card.space if projection is None else projection.space(card.space),
            base_space=card.space,
            base_model=self.begun_with,
            dimension=card.dimension if projection is None else projection.dimension,
            photos=len(self.photos),
            products=len(self.photos.ids),
            data=self.photos.fingerprint(),
            licence=card.licence,
        )

    def _features_now(self, encoder: ImageEncoder) -> FloatArray:
        """Features of the networks before training."""
        if self.begun_with == encoder.card.name:
            return self.photos.features
        return self._features_by(self._exported("begun"))

    def _features_by(self, encoder: ImageEncoder) -> FloatArray:
        return features_by(
            encoder,
            self.reader,
            self.photos,
            self.folder / "features",
            self.watch.embedded,
            self.should_stop,
        )

    def _learnt(self, features: FloatArray, encoder: ImageEncoder, split: Split) -> Seen:
        blocks, learn = encoder.card.feature_blocks, split.learn
        known = Examples.of_photos(features[learn], self.photos.products[learn])
        rooted = bool((features >= 0).all())
        return Seen(features, blocks, fit_projection([known.batch()], blocks, rooted=rooted))

    def _parts(self, features: FloatArray) -> list[FloatArray]:
        """The features of each network."""
        if len(self.networks) == 1:
            return [features]
        dimensions = [self._dimension(network) for network in self.networks]
        return np.split(features, np.cumsum(dimensions)[:-1], axis=1)

    def _dimension(self, network: Trainable) -> int:
        side = network.preprocessing.input_size
        blank = np.zeros((1, 3, side, side), dtype=np.float32)
        return int(photos_features(network.network, blank).shape[1])

    def _desk(self, number: int, features: FloatArray, split: Split) -> BackboneDesk:
        return BackboneDesk(
            trainable=self.networks[number],
            photos=self.lesson,
            products=self.photos.products,
            learn=split.learn,
            known=split.known,
            rooted=bool((features >= 0).all()),
            settings=self.options.backbone,
            threads=self.reader.wiring.workers,
            checkpoint=self.folder / f"network-{number + 1}",
            tell=self.watch.training,
            should_stop=self.should_stop,
        )

    def _exported(self, name: str) -> ImageEncoder:
        """The networks as they are now, as a model folder of that name."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        if len(self.networks) == 1:
            self._export(self.networks[0], folder)
        else:
            parts = [self.folder / f"{name}-{number}" for number in range(len(self.networks))]
            for network, part in zip(self.networks, parts, strict=True):
                shutil.rmtree(part, ignore_errors=True)
                self._export(network, part)
            folder.mkdir(parents=True)
            write_joined_folder(folder, self.begun_with, parts)
        return open_folder(folder, DEFAULT_PROVIDERS)

    def _export(self, network: Trainable, folder: Path) -> None:
        origin = Origin(
            name=network.name,
            licence=network.licence,
            source=f"{network.source}, tuned on the photos of '{self.reader.collection}'",
            tuned_from=self.begun_with,
        )
        export_network(network.network, network.preprocessing, origin=origin, folder=folder)

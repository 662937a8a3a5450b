"""The networks of a model trained on a shop's photos, tried and finished, as model folders."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import conditioned, fit_projection
from goodsight.core.tuning import CurvePoint
from goodsight.core.types import FloatArray
from goodsight.encoders import open_folder, write_joined_folder
from goodsight.reading import CollectionReader
from goodsight.training.backbone_report import BackboneSettings
from goodsight.training.backbone_training import (
    BackboneDesk,
    Teach,
    finish_backbone,
    try_backbone,
)
from goodsight.training.encoder_features import features_by
from goodsight.training.examples import Examples
from goodsight.training.head_report import CurvePoint as TrainingPoint
from goodsight.training.head_work import PROOF_SEED
from goodsight.training.lesson_photos import LessonPhotos
from goodsight.training.lite_network import LiteNetwork
from goodsight.training.network_export import export_network
from goodsight.training.network_output import photos_features
from goodsight.training.new_folder import Origin
from goodsight.training.proof import Seen
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.splitting import Split, split_examples
from goodsight.training.trainable import Trainable
from goodsight.training.tuning_options import TuningWatch

__all__ = ["BackboneWork"]

FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class BackboneWork:
    """The networks of a model, what they are trained from, and how.

    `lesson` holds the photos as the networks see them, row by row those of `photos`. `teach`
    makes what a network is trained for, of the numbers of photos and its features of them.
    """

    reader: CollectionReader
    photos: ShopPhotos
    lesson: LessonPhotos
    begun_with: str
    networks: Sequence[Trainable]
    settings: BackboneSettings
    teach: Teach
    watch: TuningWatch
    should_stop: Callable[[], bool]
    folder: Path

    @property
    def examples(self) -> Examples:
        """The photos, without views."""
        return self.examples_by(self.photos.features)

    def examples_by(self, features: FloatArray) -> Examples:
        """The same photos with other features float32 (n, f)."""
        return Examples.of_photos(features, self.photos.products)

    def split(self, encoder: ImageEncoder, features: FloatArray) -> Split:
        """Photos kept aside, as an encoder tells their bursts by its features float32 (n, f)."""
        rows = conditioned(features, encoder.card.feature_blocks, bool((features >= 0).all()))
        seed = self.settings.seed + PROOF_SEED
        return split_examples(self.examples, rows, seed)

    def begun(self) -> ImageEncoder:
        """The networks as they are now, as one model."""
        return self._exported("begun")

    def trial(
        self, features: FloatArray, split: Split
    ) -> tuple[ImageEncoder, tuple[CurvePoint, ...]]:
        """Each network trained without the photos kept aside, as one model; the curves.

        `features` float32 (n, f) are those of the networks before.
        """
        points: list[TrainingPoint] = []
        for number, part in enumerate(self._parts(features)):
            if isinstance(network := self.networks[number].network, LiteNetwork):
                network.fold()
            points += try_backbone(self._desk(number, split), part)
        curve = [point for point in points if point.loss is not None]
        return self._exported("tried"), tuple(
            CurvePoint(number, point.loss or 0.0, point.recall or 0.0)
            for number, point in enumerate(curve, 1)
        )

    def finish(self, tried: FloatArray) -> ImageEncoder:
        """Each network trained on with all photos, as one model; `finished` is its folder.

        `tried` float32 (n, f) are the features of the model that was tried.
        """
        every = np.arange(len(self.photos))
        nothing = every[:0]
        split = Split(every, every, nothing, nothing, nothing)
        for number, part in enumerate(self._parts(tried)):
            finish_backbone(self._desk(number, split), part)
        return self._exported(FINISHED)

    @property
    def finished(self) -> Path:
        """The folder of the finished model."""
        return self.folder / FINISHED

    def features_by(self, encoder: ImageEncoder) -> FloatArray:
        """Raw features float32 (n, f) of all photos; see `encoder_features`."""
        return features_by(
            encoder,
            self.reader,
            self.photos,
            self.folder / "features",
            self.watch.embedded,
            self.should_stop,
        )

    def seen(self, encoder: ImageEncoder, features: FloatArray, split: Split) -> Seen:
        """The photos as an encoder sees them, with what the catalogue learns by that."""
        blocks = encoder.card.feature_blocks
        known = self.examples_by(features).rows(split.learn)
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

    def _desk(self, number: int, split: Split) -> BackboneDesk:
        return BackboneDesk(
            trainable=self.networks[number],
            photos=self.lesson,
            products=self.photos.products,
            learn=split.learn,
            known=split.known,
            teach=self.teach,
            settings=self.settings,
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
        return open_folder(folder, self.reader.wiring.settings.execution_providers)

    def _export(self, network: Trainable, folder: Path) -> None:
        origin = Origin(
            name=network.name,
            licence=network.licence,
            source=f"{network.source}, tuned on the photos of '{self.reader.collection}'",
            tuned_from=self.begun_with,
        )
        export_network(network.finished(), network.preprocessing, origin=origin, folder=folder)

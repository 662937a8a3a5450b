"""train_backbone(): one network of a model, first without what it is judged by, then with all.

    trial      from the photos that may be learnt from: what the proof asks
    finishing  goes on from the trial for some epochs, with all photos: what serves

A network is not trained twice from the beginning, as a head is: it takes an hour, and what
follows the trial is a small part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from goodsight.core.types import FloatArray
from goodsight.encoders.preprocessing import prepare
from goodsight.training.backbone_loop import BackboneLesson, learn_backbone
from goodsight.training.backbone_report import BackboneSettings
from goodsight.training.head_report import CurvePoint, HeadProgress, Stage
from goodsight.training.lesson_photos import LessonPhotos
from goodsight.training.losses import LossName
from goodsight.training.network_output import photos_features
from goodsight.training.objectives import ProductObjective
from goodsight.training.trainable import Trainable

__all__ = ["BackboneDesk", "Teach", "finish_backbone", "teach_products", "try_backbone"]

# Photos that judge after each epoch: more would slow training down.
MOST_QUERIES = 300
# What the finishing epochs' rates are of the trial's: they must not undo it.
FINISHING_RATE = 0.3

Rows = NDArray[np.intp]
Tell = Callable[[str, HeadProgress], None]
# From the numbers of photos (m,) and features (m, d) of them to what takes features (n, d) of
# some, and their places among those m, and gives a loss.
Teach = Callable[[Rows, FloatArray], nn.Module]


@dataclass(frozen=True, slots=True)
class BackboneDesk:
    """What a network is trained from, and how.

    `products` int64 (m,) are those of the photos, `learn` the photos of the trial and `known`
    those that ask it. `teach` makes what the network is trained for. `checkpoint` is a folder.
    """

    trainable: Trainable
    photos: LessonPhotos
    products: NDArray[np.int64]
    learn: Rows
    known: Rows
    teach: Teach
    settings: BackboneSettings
    threads: int
    checkpoint: Path
    tell: Tell
    should_stop: Callable[[], bool]


def teach_products(products: NDArray[np.int64], loss: LossName) -> Teach:
    """Photos of one product shall lie together; `products` int64 (m,) of all photos."""

    def teach(rows: Rows, features: FloatArray) -> nn.Module:
        numbers = np.unique(products[rows], return_inverse=True)[1].astype(np.int64)
        return ProductObjective(loss, numbers, features, rooted=bool((features >= 0).all()))

    return teach


def try_backbone(desk: BackboneDesk, features: FloatArray) -> tuple[CurvePoint, ...]:
    """Train without the photos kept aside; the curve.

    `features` float32 (m, d) are what the network makes of the photos now. Raises
    TrainingInterrupted, ModelError, MissingExtra.
    """
    objective = desk.teach(desk.learn, features[desk.learn])
    asked = desk.known[:: max(1, -(-len(desk.known) // MOST_QUERIES))]
    pixels = prepare([desk.photos.photo(int(row)) for row in asked], desk.trainable.preprocessing)
    numbers = np.unique(desk.products[desk.learn])
    right = np.searchsorted(numbers, desk.products[asked])

    def recall(network: nn.Module) -> float | None:
        if not isinstance(objective, ProductObjective) or not len(asked):
            return None
        found = objective.nearest(photos_features(network, pixels)).numpy()
        return float((found == right).mean())

    lesson = _lesson(desk, Stage.TRIAL, desk.learn, objective, recall)
    return _learnt(desk, lesson)


def finish_backbone(desk: BackboneDesk, features: FloatArray) -> tuple[CurvePoint, ...]:
    """Train on with all photos; the curve.

    `features` float32 (m, d) are what the tried network makes of them. Raises
    TrainingInterrupted, ModelError, MissingExtra.
    """
    every = np.arange(len(desk.photos))
    objective = desk.teach(every, features)
    return _learnt(desk, _lesson(desk, Stage.FINAL, every, objective, lambda _: None))


def _learnt(desk: BackboneDesk, lesson: BackboneLesson) -> tuple[CurvePoint, ...]:
    name = "trial" if lesson.stage is Stage.TRIAL else "with all photos"
    return learn_backbone(
        lesson,
        desk.settings,
        lambda progress: desk.tell(f"{name}, {desk.trainable.name}", progress),
        desk.should_stop,
        threads=desk.threads,
    )


def _lesson(
    desk: BackboneDesk,
    stage: Stage,
    rows: Rows,
    objective: nn.Module,
    recall: Callable[[nn.Module], float | None],
) -> BackboneLesson:
    is_trial = stage is Stage.TRIAL
    counts = np.bincount(desk.products[rows])[desk.products[rows]]
    return BackboneLesson(
        stage=stage,
        trainable=desk.trainable,
        photos=desk.photos.some(rows),
        objective=objective,
        # Between every photo alike and every product alike.
        weights=1 / np.sqrt(counts),
        epochs=desk.settings.epochs if is_trial else desk.settings.finishing_epochs,
        rate=1.0 if is_trial else FINISHING_RATE,
        recall=recall,
        checkpoint=desk.checkpoint / f"{stage}.safetensors",
        fingerprint=_fingerprint(desk, stage, rows),
    )


def _fingerprint(desk: BackboneDesk, stage: Stage, rows: Rows) -> str:
    """Of all that the result depends on."""
    digest = hashlib.sha256(f"{stage}/{desk.settings}".encode())
    told = (desk.trainable.name, desk.trainable.source, str(desk.trainable.preprocessing))
    digest.update("/".join(told).encode())
    # Another file of weights or other adapters may go by the same names.
    for name, tensor in desk.trainable.network.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.numpy().tobytes())
    for row in rows:
        digest.update(hashlib.sha256(desk.photos.pictures[row]).digest())
    digest.update(np.ascontiguousarray(desk.products[rows]).tobytes())
    return digest.hexdigest()

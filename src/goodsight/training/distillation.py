"""A small model taught by a large one on a shop's photos, measured beside both, and kept.

    teacher    sees every photo; what it finds alike is what the student shall find alike
    trial      the student taught without the photos kept aside
    proof      teacher, student as it was and student as taught, asked with those
    finish     teaching goes on for a while with all photos; exported, compared, added

No labels are needed: which photos show one product is only asked in the proof. What comes of
it is a model like any other, for `collection re-embed`.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock, Timeout
from torch import Tensor, nn

from goodsight.core.compressing import DistilledModel
from goodsight.core.errors import UsageError
from goodsight.core.gating import Comparison, compare
from goodsight.core.ports import ImageEncoder, TextEncoder
from goodsight.core.projecting import conditioned
from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray
from goodsight.encoders import open_folder
from goodsight.quantising import bytes_of, timed
from goodsight.reading import CollectionReader
from goodsight.training.backbone_report import BackboneSettings
from goodsight.training.backbone_training import Rows, Teach
from goodsight.training.backbone_work import BackboneWork
from goodsight.training.distillation_loss import DistillationLoss
from goodsight.training.encoder_features import features_by
from goodsight.training.lesson_photos import read_lesson_photos
from goodsight.training.model_names import lasting_name, short_name
from goodsight.training.proof import Proof, Seen
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.splitting import Split
from goodsight.training.trainable import trainable_networks
from goodsight.training.tuning_options import TuningWatch

__all__ = ["DistilOptions", "Distiller"]

# Photos that both encode in turn to tell how fast they are.
TIMED_PHOTOS = 60


@dataclass(frozen=True, slots=True)
class DistilOptions:
    """What is taught: the `student` network, by the `teacher`, the collection's model unless named.

    The new model is called `name`, or after both.
    """

    student: str = "efficientnet-lite0"
    teacher: str | None = None
    name: str | None = None
    weights: Path | None = None
    settings: BackboneSettings = field(default_factory=BackboneSettings)


class TeacherObjective(nn.Module):  # type: ignore[misc]  # the base install has no torch to check with
    """Photos lie where, and as far apart as, the teacher sees them."""

    def __init__(self, targets: FloatArray, dimension: int) -> None:
        """`targets` float32 (m, t) of the photos; the student's features have `dimension`."""
        super().__init__()
        self.loss = DistillationLoss(dimension, targets.shape[1])
        self.register_buffer("targets", torch.from_numpy(targets), persistent=False)

    def forward(self, features: Tensor, rows: Tensor) -> Tensor:
        """The loss of features (n, d) of the photos of these numbers."""
        found: Tensor = self.loss(features, self.targets[rows])
        return found


class Distiller:
    """Teaches small models with one collection's photos."""

    def __init__(self, reader: CollectionReader) -> None:
        self._reader = reader
        self._wiring = reader.wiring

    def distil(
        self,
        options: DistilOptions,
        watch: TuningWatch,
        *,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> DistilledModel:
        """Teach, measure and keep the new model, whatever it loses; nothing else changes.

        Interrupted, it goes on when it is called again. Raises UsageError where the student
        cannot be trained, is being taught the same by another process, or the teacher sees
        texts, ModelError, also for a name that is taken, InputError, StoreError, MissingExtra,
        and Interrupted once `should_stop` says True.
        """
        teacher = self._teacher(options)
        if isinstance(teacher, TextEncoder):
            raise UsageError(f"{teacher.card.name} sees texts too, which a student would not")
        student = lasting_name(options.student)
        if student == lasting_name(teacher.card.name) and options.weights is None:
            raise UsageError(f"{student} would be taught by itself; name another teacher")
        name = options.name or f"{short_name(student)}-from-{short_name(teacher.card.name)}"
        self._wiring.models.check_new_name(name)
        told = f"{self._reader.collection}/{student}/{teacher.card.space}"
        folder = self._folder / hashlib.sha256(told.encode()).hexdigest()[:16]
        with _alone(folder, f"{short_name(student)} is being taught by {teacher.card.name}"):
            return self._taught(name, teacher, student, options, watch, should_stop, folder)

    def _taught(
        self,
        name: str,
        teacher: ImageEncoder,
        student: str,
        options: DistilOptions,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
        folder: Path,
    ) -> DistilledModel:
        networks = trainable_networks(self._wiring.models, student, weights=options.weights)
        side = max(network.preprocessing.input_size for network in networks)
        photos = ShopPhotos.of(self._reader)
        rows = np.arange(len(photos))
        lesson = read_lesson_photos(self._reader, photos, rows, side, watch.viewed, should_stop)
        photos = photos.some(lesson.rows)
        seen = self._seen(teacher, photos, folder, watch, should_stop)
        work = BackboneWork(
            self._reader,
            photos,
            lesson,
            student,
            networks,
            options.settings,
            _teach(seen, teacher),
            watch,
            should_stop,
            folder,
        )
        split = work.split(self._reader.base_encoder(), photos.features)
        untaught = work.begun()
        before = work.features_by(untaught)
        taught, _ = work.trial(before, split)
        watch.stage("proving")
        after = work.features_by(taught)
        found = work.seen(taught, after, split)
        by_teacher = work.seen(teacher, seen, split), found
        by_student = work.seen(untaught, before, split), found
        work.finish(after)
        measured = self._measured(
            name,
            teacher,
            work,
            _compared(work, split, by_teacher),
            _compared(work, split, by_student),
        )
        # Only what was measured takes the name: killed before, it goes on when called again.
        kept = replace(measured, card=self._wiring.models.add(work.finished, name))
        shutil.rmtree(folder, ignore_errors=True)
        return kept

    def _teacher(self, options: DistilOptions) -> ImageEncoder:
        if options.teacher is None:
            return self._reader.base_encoder()
        return self._wiring.encoder(options.teacher)

    def _seen(
        self,
        teacher: ImageEncoder,
        photos: ShopPhotos,
        folder: Path,
        watch: TuningWatch,
        should_stop: Callable[[], bool],
    ) -> FloatArray:
        """The teacher's raw features float32 (n, f) of all photos."""
        if teacher.card.space == self._reader.info().encoder_space:
            return photos.features
        watch.stage("teacher")
        return features_by(
            teacher, self._reader, photos, folder / "features", watch.embedded, should_stop
        )

    def _measured(
        self,
        name: str,
        teacher: ImageEncoder,
        work: BackboneWork,
        taught: tuple[Comparison, ...],
        untaught: tuple[Comparison, ...],
    ) -> DistilledModel:
        library, lesson = self._wiring.models, work.lesson
        new = open_folder(work.finished, self._wiring.settings.execution_providers, name=name)
        seconds = []
        for number in np.linspace(0, len(lesson) - 1, min(TIMED_PHOTOS, len(lesson))).astype(int):
            photo = lesson.photo(int(number))
            seconds.append((timed(teacher, photo)[1], timed(new, photo)[1]))
        with library.draft() as draft:
            library.write_folder(teacher.card.name, draft)
            bytes_before = bytes_of(draft)
        rates = 1 / np.median(np.array(seconds), axis=0)
        return DistilledModel(
            card=new.card,
            teacher=teacher.card.name,
            student=work.begun_with,
            photos=len(lesson),
            bytes_before=bytes_before,
            bytes_after=bytes_of(work.finished),
            rate_before=float(rates[0]),
            rate_after=float(rates[1]),
            taught=taught,
            untaught=untaught,
        )

    @property
    def _folder(self) -> Path:
        return self._wiring.settings.home / "distilling"


@contextmanager
def _alone(folder: Path, what: str) -> Iterator[None]:
    """Nobody else works in this folder meanwhile. The lock goes with the process."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(f"{what} in another process: wait for its end") from None
    try:
        yield
    finally:
        lock.release()


def _teach(seen: FloatArray, teacher: ImageEncoder) -> Teach:
    rooted = bool((seen >= 0).all())
    targets = unit_rows(conditioned(seen, teacher.card.feature_blocks, rooted))

    def teach(rows: Rows, features: FloatArray) -> nn.Module:
        return TeacherObjective(targets[rows], features.shape[1])

    return teach


def _compared(
    work: BackboneWork, split: Split, models: tuple[Seen, Seen]
) -> tuple[Comparison, ...]:
    proof = Proof(work.photos, work.examples, split, models)
    suites = (
        ("unseen photos of known products", proof.known()),
        ("unseen products", proof.unknown()),
    )
    return tuple(compare(name, answers) for name, answers in suites if len(answers.products))

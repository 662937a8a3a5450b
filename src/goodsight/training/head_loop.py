"""Epochs of training a head, from the start or from a checkpoint, until nothing gets better."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from goodsight.core.errors import Interrupted
from goodsight.core.types import FloatArray
from goodsight.training.adam_state import adam_tensors, restore_adam
from goodsight.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from goodsight.training.head_report import CurvePoint, HeadProgress, HeadSettings, Stage
from goodsight.training.heads import LinearHead, drawn_batches
from goodsight.training.losses import group_weights, make_loss

__all__ = ["Lesson", "Outcome", "TrainingInterrupted", "learn_head"]

# The groups' own vectors move quicker than the head: they are few and begin roughly.
GROUP_RATE = 10.0
# Written at most so often; a killed run loses no more.
CHECKPOINT_SECONDS = 5.0

Recall = Callable[[FloatArray], float | None]


class TrainingInterrupted(Interrupted):
    """Someone asked to stop; what was reached is in the checkpoint, if there is one."""

    def __init__(self) -> None:
        super().__init__("training was stopped; the same command goes on from there")


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one training is about.

    `whitened` float32 (n, k) with `groups` int64 (n,), numbered from 0. `start` float32
    (k, d) is the head to begin with. `recall` judges a head (k, d); what it answers None to is
    trained for all `epochs`. `checkpoint` is a file, or None; `fingerprint` tells its data.
    """

    stage: Stage
    whitened: FloatArray
    groups: NDArray[np.int64]
    start: FloatArray
    epochs: int
    recall: Recall
    checkpoint: Path | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best head float32 (k, d), the epoch it was reached in, and the whole curve."""

    weight: FloatArray
    epoch: int
    curve: tuple[CurvePoint, ...]


def learn_head(
    lesson: Lesson,
    settings: HeadSettings,
    progress: Callable[[HeadProgress], None],
    should_stop: Callable[[], bool],
) -> Outcome:
    """Train; the same result whether it was interrupted and begun again or not.

    Raises TrainingInterrupted once `should_stop` says True, ModelError for a checkpoint that
    cannot be used or written, MissingExtra.
    """
    run = _Run(lesson, settings)
    run.resume()
    saved, started, first = time.monotonic(), time.monotonic(), run.epoch
    while run.epoch < lesson.epochs and not run.is_stale():
        stopping = should_stop()
        if stopping or time.monotonic() - saved > CHECKPOINT_SECONDS:
            run.save()
            saved = time.monotonic()
        if stopping:
            raise TrainingInterrupted
        run.train_epoch()
        each = (time.monotonic() - started) / (run.epoch - first)
        point = run.points()[-1]
        progress(HeadProgress(point, lesson.epochs, each * (lesson.epochs - run.epoch)))
    run.save()
    return Outcome(run.best.cpu().numpy(), run.best_epoch, run.points())


class _Run:
    """The state of one training; all of it goes into the checkpoint."""

    def __init__(self, lesson: Lesson, settings: HeadSettings) -> None:
        self._lesson, self._settings = lesson, settings
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._rows = torch.from_numpy(lesson.whitened).to(self._device)
        self._groups = torch.from_numpy(lesson.groups).to(self._device)
        torch.manual_seed(settings.seed)
        self._head = LinearHead(lesson.start).to(self._device)
        count = int(lesson.groups.max()) + 1
        self._loss: nn.Module = make_loss(settings.loss, count, lesson.start.shape[1])
        self._loss.to(self._device)
        with torch.no_grad():
            group_weights(self._loss, self._head(self._rows), self._groups)
        self._optimizer = torch.optim.Adam(
            [
                {"params": list(self._head.parameters()), "scale": 1.0},
                {"params": list(self._loss.parameters()), "scale": GROUP_RATE},
            ],
            lr=settings.rate,
        )
        self.best, self.best_epoch, self.epoch = self._weight(), 0, 0
        self._losses: list[float | None] = [None]
        self._recalls: list[float | None] = [lesson.recall(lesson.start)]

    def is_stale(self) -> bool:
        """Whether the last epochs, as many as the patience, were no better."""
        return self.epoch - self.best_epoch >= self._settings.patience

    def train_epoch(self) -> None:
        """One more epoch, its loss and its recall."""
        self.epoch += 1
        # Chance depends on the epoch alone, so that a resumed run meets the same.
        generator = np.random.default_rng([self._settings.seed, self.epoch])
        noise = torch.Generator().manual_seed(self._settings.seed * 100_003 + self.epoch)
        self._slow_down()
        losses = [
            self._step(torch.from_numpy(rows), noise)
            for rows in drawn_batches(self._lesson.groups, generator)
        ]
        recall = self._lesson.recall(self._weight().cpu().numpy())
        self._losses.append(float(np.mean(losses)))
        self._recalls.append(recall)
        best = self._recalls[self.best_epoch]
        if recall is None or best is None or recall > best:
            self.best, self.best_epoch = self._weight(), self.epoch

    def _slow_down(self) -> None:
        """The rate falls from epoch to epoch along half a cosine, however many are trained."""
        done = (self.epoch - 1) / max(1, self._settings.epochs)
        for group in self._optimizer.param_groups:
            group["lr"] = self._settings.rate * group["scale"] * (1 + math.cos(math.pi * done)) / 2

    def _step(self, rows: Tensor, noise: torch.Generator) -> float:
        rows = rows.to(self._device)
        seen = self._rows[rows]
        # Within a group each number varies by about 1: see whitening.py.
        seen = seen + self._settings.noise * torch.randn(seen.shape, generator=noise).to(
            self._device
        )
        vectors = functional.normalize(self._head(seen), dim=1)
        loss = self._loss(vectors, self._groups[rows])
        loss = loss + self._settings.pull * self._head.moved()
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        return float(loss.detach())

    def points(self) -> tuple[CurvePoint, ...]:
        """The curve so far."""
        values = zip(self._losses, self._recalls, strict=True)
        return tuple(CurvePoint(self._lesson.stage, n, *pair) for n, pair in enumerate(values))

    def _weight(self) -> Tensor:
        return self._head.weight.detach().clone()

    def _parameters(self) -> dict[str, Tensor]:
        named = [("head", self._head.weight), *self._loss.named_parameters(prefix="loss")]
        return dict(named)

    def _tensors(self) -> dict[str, Tensor]:
        """All numbers by name; those of the optimiser are zeros before its first step."""
        return {"best": self.best.cpu(), **adam_tensors(self._optimizer, self._parameters())}

    def save(self) -> None:
        """Write where training stands, if there is a place for it."""
        if self._lesson.checkpoint is None:
            return
        write_checkpoint(
            self._lesson.checkpoint,
            Checkpoint(
                self._lesson.fingerprint,
                self.epoch,
                self.best_epoch,
                tuple(self._losses),
                tuple(self._recalls),
                self._tensors(),
            ),
        )

    def resume(self) -> None:
        """Go on where the checkpoint stands, if there is one of this training."""
        if self._lesson.checkpoint is None:
            return
        found = read_checkpoint(self._lesson.checkpoint, self._lesson.fingerprint, self._tensors())
        if found is None:
            return
        self.epoch, self.best_epoch = found.epoch, found.best_epoch
        self._losses, self._recalls = list(found.losses), list(found.recalls)
        self.best = found.tensors["best"].to(self._device)
        restore_adam(self._optimizer, self._parameters(), found.tensors)

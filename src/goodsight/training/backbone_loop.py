"""Steps of training a network, from the start or from where a checkpoint stands.

The network learns as it will be used: batch norms keep their statistics, nothing is dropped.
What comes out is the average of the weights over the last steps (Polyak and Juditsky,
"Acceleration of Stochastic Approximation by Averaging", 1992), which no single batch has spoilt.
Rates fall from stage to stage downward (Howard and Ruder, "Universal Language Model Fine-tuning
for Text Classification", ACL 2018) and along half a cosine over the steps.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from goodsight.training.adam_state import adam_tensors, restore_adam
from goodsight.training.backbone_report import BackboneSettings
from goodsight.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from goodsight.training.head_loop import TrainingInterrupted
from goodsight.training.head_report import CurvePoint, HeadProgress, Stage
from goodsight.training.lesson_photos import LessonPhotos, Views
from goodsight.training.network_output import features_in
from goodsight.training.trainable import Trainable

__all__ = ["BackboneLesson", "learn_backbone"]

# What is learnt beside the network, products' vectors, begins roughly and is quick.
OBJECTIVE_RATE = 15.0
WEIGHT_DECAY = 0.01
LONGEST_GRADIENT = 5.0
# Of the average: a step's weights count for some hundred steps, and at first for fewer, so that
# a short training is more than its beginning.
AVERAGE_DECAY = 0.995
FIRST_STEPS = 10
WARM_UP_STEPS = 100
# Written at most so often; a killed run loses no more.
CHECKPOINT_SECONDS = 60.0
TELL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class BackboneLesson:
    """What one training is about.

    `objective` is called with features (n, d) and the numbers of the photos, and has weights of
    its own. A photo is drawn in proportion to its `weights` float64 (m,). `recall` judges a
    network, or answers None. The highest rate is `rate` times that of the settings.
    `checkpoint` is a file, or None; `fingerprint` tells photos and settings.
    """

    stage: Stage
    trainable: Trainable
    photos: LessonPhotos
    objective: nn.Module
    weights: NDArray[np.float64]
    epochs: int
    rate: float
    recall: Callable[[nn.Module], float | None]
    checkpoint: Path | None
    fingerprint: str


def learn_backbone(
    lesson: BackboneLesson,
    settings: BackboneSettings,
    progress: Callable[[HeadProgress], None],
    should_stop: Callable[[], bool],
    *,
    threads: int,
) -> tuple[CurvePoint, ...]:
    """Train; the network then has its averaged weights. The curve, epoch by epoch.

    `threads` make views beside the training. Raises TrainingInterrupted once `should_stop`
    says True, ModelError for a checkpoint that cannot be used or written, MissingExtra.
    """
    run = _Run(lesson, settings)
    run.begin()
    saved = told = started = time.monotonic()
    first = run.step
    views = Views(lesson.photos, lesson.trainable.preprocessing, settings.seed)
    for rows, pixels in views.batches(run.batches(), threads):
        if should_stop():
            run.save()
            raise TrainingInterrupted
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            run.save()
            saved = time.monotonic()
        run.learn(rows, pixels)
        ended = run.step % run.steps_per_epoch == 0
        if ended:
            run.end_epoch()
        now = time.monotonic()
        if ended or now - told > TELL_SECONDS:
            told = now
            left = (now - started) / (run.step - first) * (run.steps - run.step)
            progress(HeadProgress(run.point(), lesson.epochs, left))
    run.save()
    run.take_average()
    return run.points()


class _Run:
    """The state of one training; all of it goes into the checkpoint."""

    def __init__(self, lesson: BackboneLesson, settings: BackboneSettings) -> None:
        self._lesson, self._settings = lesson, settings
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(settings.seed)
        self._network = lesson.trainable.network.eval().to(
            self._device, memory_format=torch.channels_last
        )
        self._objective = lesson.objective.to(self._device)
        self._frozen: list[nn.Parameter] = []
        self._optimizer = torch.optim.AdamW(self._groups(), weight_decay=WEIGHT_DECAY)
        self._average = AveragedModel(self._network, avg_fn=_averaged)
        # Half as many bits where a graphics card gains by it.
        self._scaler = torch.amp.GradScaler("cuda", enabled=self._device.type == "cuda")
        self.step = 0
        self.steps_per_epoch = max(1, len(lesson.photos) // settings.batch)
        self.steps = lesson.epochs * self.steps_per_epoch
        self._sum = 0.0
        self._losses: list[float | None] = [None]
        self._recalls: list[float | None] = []

    def _groups(self) -> list[dict[str, object]]:
        """The stages that learn, each with its rate; all others are frozen meanwhile."""
        stages = [list(_weights(stage)) for stage in self._lesson.trainable.stages]
        stages = [stage for stage in stages if stage]
        learning = max(1, round(self._settings.stages * len(stages)))
        groups: list[dict[str, object]] = []
        for below, weights in enumerate(reversed(stages)):
            if below < learning:
                groups.append({"params": weights, "scale": self._settings.decay**below})
            else:
                self._frozen += weights
        for weight in self._frozen:
            weight.requires_grad_(False)
        own = list(self._objective.parameters())
        groups.append({"params": own, "scale": OBJECTIVE_RATE, "weight_decay": 0.0})
        return groups

    def batches(self) -> Sequence[tuple[int, NDArray[np.intp]]]:
        """The batches still to come, numbered; chance depends on the epoch alone."""
        found: list[tuple[int, NDArray[np.intp]]] = []
        weights = self._lesson.weights / self._lesson.weights.sum()
        size = self._settings.batch
        for epoch in range(self.step // self.steps_per_epoch, self._lesson.epochs):
            generator = np.random.default_rng([self._settings.seed, epoch])
            drawn = generator.choice(len(weights), self.steps_per_epoch * size, p=weights)
            for place in range(self.steps_per_epoch):
                number = epoch * self.steps_per_epoch + place
                if number >= self.step:
                    found.append((number, drawn[place * size : (place + 1) * size]))
        return found

    def learn(self, rows: NDArray[np.intp], pixels: NDArray[np.float32]) -> None:
        """One step."""
        self._set_rates()
        photos = torch.from_numpy(pixels).to(self._device, memory_format=torch.channels_last)
        with torch.autocast(self._device.type, enabled=self._device.type == "cuda"):
            features = features_in(self._network(photos))
        loss = self._objective(features.float(), torch.from_numpy(rows).to(self._device))
        self._optimizer.zero_grad()
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(self._optimizer)
        weights = [weight for group in self._optimizer.param_groups for weight in group["params"]]
        nn.utils.clip_grad_norm_(weights, LONGEST_GRADIENT)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._average.update_parameters(self._network)
        self.step += 1
        self._sum += float(loss.detach())

    def _set_rates(self) -> None:
        warm = min(1.0, (self.step + 1) / min(WARM_UP_STEPS, max(1, self.steps // 4)))
        share = warm * (1 + math.cos(math.pi * self.step / self.steps)) / 2
        for group in self._optimizer.param_groups:
            rate = self._settings.rate * self._lesson.rate
            group["lr"] = rate * group["scale"] * share

    def end_epoch(self) -> None:
        """Note its mean loss, and the recall of the averaged network."""
        self._losses.append(self._sum / self.steps_per_epoch)
        self._recalls.append(self._recall())
        self._sum = 0.0

    def _recall(self) -> float | None:
        return self._lesson.recall(self._average.module)

    def point(self) -> CurvePoint:
        """Where training is by now: in the middle of an epoch its loss so far."""
        done = self.step % self.steps_per_epoch
        if not done:
            return self.points()[-1]
        last = self._recalls[-1]
        return CurvePoint(self._lesson.stage, len(self._losses), self._sum / done, last)

    def points(self) -> tuple[CurvePoint, ...]:
        """The curve so far."""
        values = zip(self._losses, self._recalls, strict=True)
        return tuple(CurvePoint(self._lesson.stage, n, *pair) for n, pair in enumerate(values))

    def take_average(self) -> None:
        """Give the network the averaged weights, on the CPU again."""
        self._network.load_state_dict(self._average.module.state_dict())
        self._network.to("cpu", memory_format=torch.contiguous_format)
        # The next training counts its share of the same stages.
        for weight in self._frozen:
            weight.requires_grad_(True)

    def _parameters(self) -> Mapping[str, Tensor]:
        """What learns, by name."""
        named = [
            *self._network.named_parameters(prefix="network"),
            *self._objective.named_parameters(prefix="objective"),
        ]
        return {name: weight for name, weight in named if weight.requires_grad}

    def _averages(self) -> Mapping[str, Tensor]:
        learning = self._parameters()
        named = self._average.module.named_parameters(prefix="network")
        return {f"average.{name}": weight for name, weight in named if name in learning}

    def _tensors(self) -> dict[str, Tensor]:
        """All numbers by name; those of the optimiser are zeros before its first step."""
        found = {name: weight.detach().cpu() for name, weight in self._averages().items()}
        found["sum"] = torch.tensor(self._sum)
        found["averaged"] = self._average.n_averaged.detach().cpu()
        found |= adam_tensors(self._optimizer, self._parameters())
        return {name: tensor.contiguous() for name, tensor in found.items()}

    def save(self) -> None:
        """Write where training stands, if there is a place for it."""
        if self._lesson.checkpoint is None:
            return
        write_checkpoint(
            self._lesson.checkpoint,
            Checkpoint(
                self._lesson.fingerprint,
                len(self._losses) - 1,
                len(self._losses) - 1,
                tuple(self._losses),
                tuple(self._recalls),
                self._tensors(),
                self.step,
            ),
        )

    def begin(self) -> None:
        """Go on where the checkpoint stands; where there is none, judge the network as it is."""
        if not self._resumed():
            self._recalls.append(self._recall())

    def _resumed(self) -> bool:
        if self._lesson.checkpoint is None:
            return False
        found = read_checkpoint(self._lesson.checkpoint, self._lesson.fingerprint, self._tensors())
        if found is None:
            return False
        self._losses, self._recalls = list(found.losses), list(found.recalls)
        self.step, self._sum = found.steps, float(found.tensors["sum"])
        with torch.no_grad():
            self._average.n_averaged.copy_(found.tensors["averaged"])
            for name, weight in self._averages().items():
                weight.copy_(found.tensors[name])
        restore_adam(self._optimizer, self._parameters(), found.tensors)
        return True


def _averaged(average: Tensor, weight: Tensor, count: Tensor) -> Tensor:
    """The average after `count` steps, and one more."""
    decay = min(AVERAGE_DECAY, float((1 + count) / (FIRST_STEPS + count)))
    return average.lerp(weight, 1 - decay)


def _weights(stage: Sequence[nn.Module | nn.Parameter]) -> list[nn.Parameter]:
    return [
        weight
        for part in stage
        for weight in ([part] if isinstance(part, nn.Parameter) else part.parameters())
        if weight.requires_grad
    ]

"""train_head(): a catalogue's features in, a projection that knows its products better out.

examples -> split -> trial (head, share) judged by what was kept aside -> final, with everything

The result is a `Projection`, as the catalogue learns one by itself: searches, heat maps and the
atomic switch need nothing new for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import InputError
from goodsight.core.projecting import Projection, conditioned, fit_projection
from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray
from goodsight.training.examples import Examples
from goodsight.training.head_loop import Lesson, Outcome, TrainingInterrupted, learn_head
from goodsight.training.head_recall import balanced, first_hits
from goodsight.training.head_report import (
    Chosen,
    Gain,
    HeadProgress,
    HeadSettings,
    Stage,
    TrainedHead,
)
from goodsight.training.interpolation import blended, cut, ordered
from goodsight.training.splitting import Split, split_examples
from goodsight.training.whitening import Whitening, fit_whitening

__all__ = ["TrainingInterrupted", "train_head"]

# How much of the trained head there may be in the vectors; the least that is best is taken.
# None is the catalogue's own projection, which learns from photos alone; 0 learns from views too.
SHARES = (None, 0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
# Beside a projection that knows the products: more does not find unknown products better and
# loses known ones, which photos of the same visits do not show. docs/decisions/0031.
MOST_BESIDE_A_PROJECTION = 0.5
# Photos that judge; more would tell no finer.
MOST_QUERIES = 2000
MIN_ROWS = 20

Rows = NDArray[np.intp]


def train_head(
    examples: Examples,
    blocks: Sequence[int],
    *,
    rooted: bool,
    settings: HeadSettings | None = None,
    progress: Callable[[HeadProgress], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    checkpoint: Path | None = None,
) -> TrainedHead:
    """Train a head on the catalogue, once to judge it and once with everything.

    `blocks` are the parts of the encoder's features, `rooted` whether they go through a square
    root. `checkpoint` is a folder; called again with it, the same examples and settings, an
    interrupted training goes on, and comes to the same. Raises InputError where there is too
    little to learn from, TrainingInterrupted once `should_stop` says True, ModelError for a
    checkpoint that cannot be used, MissingExtra.
    """
    settings = settings or HeadSettings()
    if examples.features.shape[1] != sum(blocks):
        raise InputError(
            f"features of {examples.features.shape[1]} numbers, the encoder has {sum(blocks)}"
        )
    if len(examples) < MIN_ROWS:
        raise InputError(f"{len(examples)} photos are too few to train with; {MIN_ROWS} may do")
    if checkpoint is not None:
        checkpoint.mkdir(parents=True, exist_ok=True)
    desk = _Desk(
        examples,
        conditioned(examples.features, blocks, rooted),
        tuple(blocks),
        rooted,
        settings,
        _fingerprint(examples, blocks, rooted, settings),
        checkpoint,
        progress,
        should_stop,
    )
    return _trained(desk)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all steps of one training look at."""

    examples: Examples
    rows: FloatArray
    blocks: tuple[int, ...]
    rooted: bool
    settings: HeadSettings
    fingerprint: str
    checkpoint: Path | None
    progress: Callable[[HeadProgress], None]
    should_stop: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Taught:
    """A head taught from some rows, and what the catalogue learns from the same by itself.

    `untuned` is learnt from the photos, `viewed` from their views too.
    """

    untuned: Projection | None
    viewed: Projection | None
    whitening: Whitening
    outcome: Outcome
    learnt: Rows

    def projection(self, desk: _Desk, weight: FloatArray) -> Projection:
        """The head as a map of conditioned features."""
        matrix = np.asarray(self.whitening.matrix @ weight, dtype=np.float32)
        examples = desk.examples.rows(self.learnt)
        return Projection(
            mean=self.whitening.mean,
            matrix=matrix,
            blocks=desk.blocks,
            rooted=desk.rooted,
            photos=int((~examples.views).sum()),
            products=len(np.unique(examples.groups)),
        )

    def mixed(self, desk: _Desk, share: float | None) -> Projection | None:
        """The head with so much of the space beside it; None is the encoder's own space."""
        if share is None:
            return self.untuned
        if share == 0:
            return self.viewed
        head = self.projection(desk, self.outcome.weight)
        rows = desk.rows[self.learnt]
        own = np.eye(rows.shape[1], dtype=np.float32)
        beside = own if self.viewed is None else self.viewed.matrix
        return cut(ordered(blended(beside, head, share, rows), rows), desk.settings.dimension)


def _trained(desk: _Desk) -> TrainedHead:
    split = split_examples(desk.examples, desk.rows, desk.settings.seed)
    split = replace(split, known=_some(split.known), unknown=_some(split.unknown))
    trial = _taught(desk, split.learn, Stage.TRIAL, desk.settings.epochs, split)
    share, hits = _best_share(desk, trial, split)
    final = _taught(desk, np.arange(len(desk.examples)), Stage.FINAL, trial.outcome.epoch, None)
    projection = final.mixed(desk, share)
    return TrainedHead(
        projection=projection,
        trial=trial.mixed(desk, share),
        untuned=trial.untuned,
        split=split,
        known=hits[0],
        unknown=hits[1],
        curve=(*trial.outcome.curve, *final.outcome.curve),
        chosen=Chosen(
            trial.outcome.epoch,
            share or 0.0,
            share is not None and bool(desk.examples.views.any()),
            sum(desk.blocks) if projection is None else projection.dimension,
        ),
    )


def _taught(desk: _Desk, learnt: Rows, stage: Stage, epochs: int, split: Split | None) -> _Taught:
    examples, rows = desk.examples.rows(learnt), desk.rows[learnt]
    photos = examples.rows(np.flatnonzero(~examples.views))
    untuned = viewed = fit_projection([photos.batch()], desk.blocks, rooted=desk.rooted)
    # Single photos have views, but those alone do not make a catalogue's own projection.
    if untuned is not None and len(photos) < len(examples):
        viewed = fit_projection([examples.batch()], desk.blocks, rooted=desk.rooted)
    whitening = fit_whitening(rows, examples.groups, None if viewed is None else viewed.mean)

    asked = None if split is None else _asked(desk, split, whitening.apply)

    def recall(weight: FloatArray) -> float | None:
        return None if asked is None else balanced(*asked.hits(lambda rows: rows @ weight))

    lesson = Lesson(
        stage=stage,
        whitened=whitening.apply(rows),
        groups=np.unique(examples.groups, return_inverse=True)[1].astype(np.int64),
        start=whitening.start(desk.settings.dimension),
        epochs=epochs,
        recall=recall,
        checkpoint=None if desk.checkpoint is None else desk.checkpoint / f"{stage}.safetensors",
        fingerprint=f"{desk.fingerprint}/{stage}/{epochs}",
    )
    outcome = learn_head(lesson, desk.settings, desk.progress, desk.should_stop)
    return _Taught(untuned, viewed, whitening, outcome, learnt)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The photos of a split that are searched and asked with, as rows of some space."""

    split: Split
    groups: NDArray[np.int64]
    shelf: FloatArray
    known: FloatArray
    unknown: FloatArray

    def hits(
        self, encode: Callable[[FloatArray], FloatArray]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether the right product comes first, for known and unknown products' photos.

        `encode` makes vectors (n, d) of rows (n, k).
        """
        shelf, shelved = unit_rows(encode(self.shelf)), self.groups[self.split.shelf]
        known, unknown = (
            first_hits(shelf, shelved, unit_rows(encode(rows)), self.groups[numbers])
            for rows, numbers in (
                (self.known, self.split.known),
                (self.unknown, self.split.unknown),
            )
        )
        return known, unknown


def _asked(desk: _Desk, split: Split, see: Callable[[FloatArray], FloatArray]) -> _Asked:
    shelf, known, unknown = (
        see(desk.rows[numbers]) for numbers in (split.shelf, split.known, split.unknown)
    )
    return _Asked(split, desk.examples.groups, shelf, known, unknown)


def _best_share(
    desk: _Desk, trial: _Taught, split: Split
) -> tuple[float | None, tuple[Gain, Gain]]:
    """The least share of the head that does best on what was kept aside, and what it gains."""
    most = 1.0 if trial.viewed is None else MOST_BESIDE_A_PROJECTION
    shares = [share for share in SHARES if (share or 0.0) <= most]
    found = {share: _hits(desk, split, trial.mixed(desk, share)) for share in shares}
    # Where nothing was kept aside, nothing speaks for the head.
    recalls = {share: balanced(*hits) or 0.0 for share, hits in found.items()}
    share = max(shares, key=lambda candidate: recalls[candidate])
    known, unknown = (
        Gain(before, after) for before, after in zip(found[None], found[share], strict=True)
    )
    return share, (known, unknown)


def _hits(
    desk: _Desk, split: Split, projection: Projection | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if projection is None:
        own = replace(desk, rows=conditioned(desk.examples.features, desk.blocks, False))
        return _asked(own, split, lambda rows: rows).hits(lambda rows: rows)
    mean, matrix = projection.mean, projection.matrix
    return _asked(desk, split, lambda rows: rows).hits(
        lambda rows: np.asarray((rows - mean) @ matrix, dtype=np.float32)
    )


def _some(rows: Rows) -> Rows:
    """So many of the rows as are asked with, evenly."""
    return rows[:: max(1, -(-len(rows) // MOST_QUERIES))]


def _fingerprint(
    examples: Examples, blocks: Sequence[int], rooted: bool, settings: HeadSettings
) -> str:
    told = f"{examples.fingerprint()}/{tuple(blocks)}/{rooted}/{settings}"
    return hashlib.sha256(told.encode()).hexdigest()

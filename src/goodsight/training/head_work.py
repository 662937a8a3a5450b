"""What a tuning run of a head learns from, and how: the same for the trial and for the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from goodsight.core.projecting import Projection, conditioned, fit_projection
from goodsight.training.examples import Examples
from goodsight.training.head_report import HeadProgress, HeadSettings, TrainedHead
from goodsight.training.head_training import train_head
from goodsight.training.pseudo_labels import PseudoLabelled, Unlabelled, pseudo_labelled
from goodsight.training.splitting import SAME_BURST, SAME_PHOTO, Split, split_examples

__all__ = ["PROOF_SEED", "HeadWork"]

Rows = NDArray[np.intp]

# Of the deal for the proof, which is not the one that training chooses by.
PROOF_SEED = 1000


@dataclass(frozen=True, slots=True)
class HeadWork:
    """What is trained from, and how.

    `progress` hears which training has come how far. `unlabelled` are photos to learn from
    besides, where the catalogue is sure of them.
    """

    examples: Examples
    blocks: Sequence[int]
    settings: HeadSettings
    progress: Callable[[str, HeadProgress], None]
    should_stop: Callable[[], bool]
    unlabelled: Unlabelled | None = None

    @property
    def rooted(self) -> bool:
        """Whether features go through a square root."""
        return bool((self.examples.features >= 0).all())

    def split(self) -> Split:
        """What is kept aside for the proof."""
        rows = conditioned(self.examples.features, self.blocks, self.rooted)
        return split_examples(self.examples, rows, self.settings.seed + PROOF_SEED)

    def whole(self) -> PseudoLabelled:
        """All examples, and the unlabelled photos that those are sure of.

        Raises InputError as `pseudo_labelled`.
        """
        every = np.arange(len(self.examples))
        return self._taught(every, every[:0])

    def trial(self, split: Split) -> PseudoLabelled:
        """What is learnt from to be proven: the same without what is kept aside.

        That gives no label, and shots of its bursts are left out: they would tell the answer
        beforehand. Raises InputError as `pseudo_labelled`.
        """
        return self._taught(split.learn, np.concatenate([split.known, split.unknown]))

    def train(self, examples: Examples, checkpoint: Path, name: str) -> TrainedHead:
        """Train a head on examples, which may be the taught ones. Raises as `train_head`."""
        return train_head(
            examples,
            self.blocks,
            rooted=self.rooted,
            settings=self.settings,
            progress=lambda progress: self.progress(name, progress),
            should_stop=self.should_stop,
            checkpoint=checkpoint,
        )

    def untuned(self, rows: Rows) -> Projection | None:
        """What the catalogue learns from these by itself, without views."""
        known = self.examples.rows(rows[~self.examples.views[rows]])
        return fit_projection([known.batch()], self.blocks, rooted=self.rooted)

    def _taught(self, learn: Rows, asked: Rows) -> PseudoLabelled:
        examples = self.examples.rows(learn)
        if self.unlabelled is None:
            return PseudoLabelled(examples, 0)
        features, rooted = self.examples.features, self.rooted
        # The catalogue's own photos are nothing new.
        new = self.unlabelled.unlike(
            features[~self.examples.views], SAME_PHOTO, self.blocks, rooted=rooted
        ).unlike(features[asked], SAME_BURST, self.blocks, rooted=rooted)
        return pseudo_labelled(examples, new, self.blocks, rooted=rooted)

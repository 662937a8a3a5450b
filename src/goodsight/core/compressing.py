"""What a smaller model, or shorter vectors, came to beside what was there before."""

from __future__ import annotations

from dataclasses import dataclass

from goodsight.core.gating import Comparison
from goodsight.core.types import ModelCard

__all__ = ["MOST_LOST", "DistilledModel", "QuantisedModel", "ShorterSpace", "loses"]

# Of recall@1: what is smaller or faster may lose so much, and no more.
MOST_LOST = 0.01


def loses(recall: Comparison) -> bool:
    """Whether more is lost than may be; False where there was nothing to ask with."""
    return recall.queries > 0 and recall.before - recall.after > MOST_LOST


@dataclass(frozen=True, slots=True)
class QuantisedModel:
    """A model in 8 bits, kept as `card` says, and the one it was made of, measured together.

    `calibrated` photos chose its scales and `compared` photos were encoded by both. Bytes are
    those of the networks' files; rates are photos a second of one core, prepared and encoded;
    `cosine` is the mean between both features of a photo, each network's brought to norm 1.
    `recall` asks the catalogue, as it learns from each model's features, with photos held back.
    """

    card: ModelCard
    base: str
    calibrated: int
    compared: int
    bytes_before: int
    bytes_after: int
    rate_before: float
    rate_after: float
    cosine: float
    recall: Comparison

    @property
    def speed(self) -> float:
        """How many times as fast it is."""
        return self.rate_after / self.rate_before

    @property
    def is_worse(self) -> bool:
        """Whether it loses more than may be."""
        return loses(self.recall)


@dataclass(frozen=True, slots=True)
class DistilledModel:
    """A small model that has learnt from a large one, kept as `card` says, measured beside both.

    `photos` were learnt from. Bytes and rates are those of the teacher, and of what it taught:
    of the networks' files, and photos a second of one core. `taught` compares the teacher with
    the new model, `untaught` the student as it was with it: the catalogue, as it learns from
    each model's features, asked with photos kept aside from that and from the teaching.
    """

    card: ModelCard
    teacher: str
    student: str
    photos: int
    bytes_before: int
    bytes_after: int
    rate_before: float
    rate_after: float
    taught: tuple[Comparison, ...]
    untaught: tuple[Comparison, ...]

    @property
    def speed(self) -> float:
        """How many times as fast as its teacher it is."""
        return self.rate_after / self.rate_before

    @property
    def is_worse(self) -> bool:
        """Whether it loses more than may be beside its teacher."""
        return any(loses(found) for found in self.taught)


@dataclass(frozen=True, slots=True)
class ShorterSpace:
    """A space cut to fewer numbers, proven before it was switched to, or refused.

    `recall` compares both with photos held back. Bytes are those of tables and indexes of the
    vectors; `bytes_after` and `space` are None where nothing was switched. `forced` tells that
    it was switched to against the proof.
    """

    dimension_before: int
    dimension_after: int
    recall: Comparison
    bytes_before: int
    bytes_after: int | None = None
    space: str | None = None
    forced: bool = False

    @property
    def switched(self) -> bool:
        """Whether the collection is searched in it now."""
        return self.space is not None

"""What a tuning run is asked for, and who hears how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from goodsight.core.types import Skip
from goodsight.training.backbone_report import BackboneSettings
from goodsight.training.head_report import HeadProgress, HeadSettings
from goodsight.training.pseudo_labels import LEAST_CONFIDENCE

__all__ = ["BACKBONE", "METHODS", "SELF_SUPERVISED", "TuneOptions", "TuningWatch"]

BACKBONE = "backbone"
SELF_SUPERVISED = "self-supervised"
METHODS = ("head", BACKBONE, SELF_SUPERVISED)


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """How to tune. With `force` a model is switched to against its verdict.

    `folder` holds photos sorted into folders, to learn from besides the catalogue's own;
    `unlabelled` photos that nobody sorted, of which a head learns from those whose product the
    catalogue finds with a `confidence` of at least so much. `head` is for the methods that train
    a head, `backbone` for the one that trains the network itself: `network` names what to begin
    with there, the collection's own unless given, or what that was tuned from; `weights` is a
    file of its weights, and with `lora` a transformer learns by adapters of that rank.
    """

    method: str = "head"
    augmentations: int = 1
    force: bool = False
    folder: Path | None = None
    unlabelled: Path | None = None
    confidence: float = LEAST_CONFIDENCE
    head: HeadSettings = field(default_factory=HeadSettings)
    backbone: BackboneSettings = field(default_factory=BackboneSettings)
    network: str | None = None
    weights: Path | None = None
    lora: int | None = None


class TuningWatch(Protocol):
    """Hears how far a tuning run is."""

    def viewed(self, done: int, total: int) -> None:
        """So many photos are read, with the views that are made beforehand."""
        ...

    def training(self, name: str, progress: HeadProgress) -> None:
        """Training, "trial" or "with all photos" and of which network, has come so far."""
        ...

    def embedded(self, done: int, total: int) -> None:
        """So many photos were seen by a network, and there are so many."""
        ...

    def skipped(self, skip: Skip) -> None:
        """A photo cannot be used."""
        ...

    def stage(self, name: str) -> None:
        """Another part begins: "teacher", "proving", "embedding" or "switching"."""
        ...

"""The spaces a collection keeps: the one in use, and former ones to go back to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from goodsight.core.space_ports import FormerSpaces, IndexChange, KeptSpace
from goodsight.reading import CollectionReader
from goodsight.reembedding import ReEmbedder
from goodsight.wiring import Wiring

if TYPE_CHECKING:
    from goodsight.core.tuning import TuningRun

__all__ = ["Switcher"]


# How many photos have their features, committed, and how many there are.
Progress = Callable[[int, int], None]


def _unheard(done: int, total: int) -> None:
    """Nobody listens."""


class Switcher:
    """Switches one collection between the models it keeps. Each step is atomic."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def kept_spaces(self) -> Sequence[KeptSpace]:
        """The space in use and those kept. Raises CollectionNotFound."""
        return self._spaces.kept_spaces()

    def go_back(self, *, progress: Progress = _unheard) -> str:
        """Search in the former space again; its fingerprint.

        Photos that came meanwhile get their vectors there first, by the encoder of then. Raises
        UsageError where none is kept, ModelError where its encoder is not here any more,
        CollectionNotFound, StoreError.
        """
        for space in self.kept_spaces():
            if space.is_active and space.former is not None:
                return self.go_to(space.former, progress=progress)
        return self._spaces.go_back()

    def go_to(self, space_id: int, *, progress: Progress = _unheard) -> str:
        """Search in a kept space; its fingerprint. Raises UsageError where it is not kept.

        And what `go_back` raises. `progress` hears of photos that are embedded first.
        """
        kept = {space.id: space for space in self.kept_spaces()}
        [active] = [space for space in kept.values() if space.is_active]
        target = kept.get(space_id, active)
        if target.feature_set == active.feature_set:
            return self._spaces.go_to(space_id)
        change = ReEmbedder(self._wiring, self._reader).to_kept(target)
        change.embed(progress=progress)
        return self._spaces.go_to(space_id, change.embed_photos)

    def prune(self) -> int:
        """Drop every kept space but the one in use; how many."""
        return self._spaces.prune()

    def change_index(self, *, binary: bool) -> IndexChange:
        """Build the vector indexes anew: of signs, an eighth as large, or of numbers.

        Raises UsageError where signs say too little, CollectionNotFound, StoreError.
        """
        return self._wiring.store().spaces(self._reader.collection).change_index(binary=binary)

    def runs(self, limit: int = 50) -> Sequence[TuningRun]:
        """The latest tuning runs, newest first. Raises CollectionNotFound."""
        return self._wiring.store().tuning_runs(self._reader.collection).runs(limit)

    def run(self, run_id: int) -> TuningRun | None:
        """The tuning run of this number, if there is one. Raises CollectionNotFound."""
        return self._wiring.store().tuning_runs(self._reader.collection).run(run_id)

    @property
    def _spaces(self) -> FormerSpaces:
        return self._wiring.store().spaces(self._reader.collection)

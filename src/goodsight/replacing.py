"""A collection's model replaced: its photos embedded anew, learnt from, and switched to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

from goodsight.core.errors import GoodsightError, Interrupted, UsageError
from goodsight.core.ports import ImageEncoder, TextEncoder
from goodsight.core.reports import ReplacementReport
from goodsight.core.space_ports import ActiveSpace
from goodsight.core.types import Skip
from goodsight.learning import Learner
from goodsight.meaning import bridge_texts
from goodsight.profiles import READING_PROFILE, model_of_profile
from goodsight.reading import CollectionReader
from goodsight.reembedding import EncoderChange, ReEmbedder
from goodsight.wiring import Wiring

__all__ = ["ReplacementWatch", "Replacer"]


class ReplacementWatch(Protocol):
    """Hears how far replacing a model is."""

    def embedded(self, done: int, total: int) -> None:
        """So many photos have features of the new model, committed, of so many."""
        ...

    def skipped(self, skip: Skip) -> None:
        """A photo cannot be read, neither its original nor its thumbnail."""
        ...

    def stage(self, name: str) -> None:
        """Another part begins: "learning" or "switching"."""
        ...


class Replacer:
    """Replaces the model of one collection."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def replace(
        self,
        watch: ReplacementWatch,
        *,
        model: str | None = None,
        profile: str | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> ReplacementReport:
        """Search the collection with the named model, or the one of a profile.

        Without either what was interrupted goes on. Searches go on in the old space until one
        atomic step; that space stays to go back to. Raises UsageError where there is nothing
        to change to, ModelError, MissingExtra, CollectionNotFound, StoreError, and Interrupted
        once `should_stop` says True: the next attempt goes on from there.
        """
        started = time.monotonic()
        former = self._wiring.store().spaces(self._reader.collection).active_space()
        change = self._begun(model, profile)
        change.embed(progress=watch.embedded, should_stop=should_stop, skipped=watch.skipped)
        watch.stage("learning")
        learner = Learner(self._wiring, self._reader)
        learnt = learner.learn_from(
            change, project=self._wiring.settings.learn, should_stop=should_stop
        )
        if should_stop():
            raise Interrupted("stopped before the model was switched")
        watch.stage("switching")
        space = change.switch(learnt.projection, learnt.calibrations)
        if self._wiring.settings.learn:
            bridge_texts(self._wiring, self._reader.collection, should_stop=should_stop)
        card = change.encoder.card
        learning = learnt.report(space, card.feature_blocks)
        return ReplacementReport(
            former_model=former.model,
            model=card.name,
            profile=change.profile,
            space=space,
            dimension=learning.dimension,
            projected=learning.projected,
            calibrated=learning.calibrated,
            embedding=change.report,
            notes=tuple(self._notes(former, change)),
            seconds=time.monotonic() - started,
        )

    def _begun(self, model: str | None, profile: str | None) -> EncoderChange:
        embedder = ReEmbedder(self._wiring, self._reader)
        if profile is not None:
            return embedder.begin(model or model_of_profile(profile), profile=profile)
        if model is not None:
            return embedder.begin(model)
        begun = embedder.begun()
        if begun is None:
            raise UsageError(
                f"nothing of '{self._reader.collection}' was interrupted: name a --model, as"
                " goodsight model list has them, or a --profile"
            )
        return embedder.begin(begun.model, profile=begun.profile)

    def _notes(self, former: ActiveSpace, change: EncoderChange) -> Iterator[str]:
        if former.projection is not None and former.projection.origin == "tuned":
            yield f"what was tuned stays with {former.model}: goodsight tune learns it anew"
        if any(found.origin == "queries" for found in former.calibrations.values()):
            yield "confidence is learnt from the catalogue now: goodsight calibrate with queries"
        if change.profile == READING_PROFILE:
            yield "words printed on photos that lack them are read by the next goodsight index"
        yield from self._notes_of_texts(former.model, change.encoder)

    def _notes_of_texts(self, former: str, encoder: ImageEncoder) -> Iterator[str]:
        sees = isinstance(encoder, TextEncoder)
        saw = False
        with suppress(GoodsightError):  # it may not be here any more
            saw = self._wiring.models.card(former).texts is not None
        if sees and not saw:
            yield f"{encoder.card.name} sees texts too, which no projection could follow"
        if saw and not sees:
            yield (
                f"texts are searched by their words alone: {encoder.card.name} sees photos only;"
                f" what {former} predicted stays, goodsight collection label takes it away"
            )

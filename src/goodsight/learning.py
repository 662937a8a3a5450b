"""What a collection learns from its own photos, and from labelled queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from goodsight.core.bridge_learning import BridgeGain
from goodsight.core.calibrating import COMPETITORS, Calibration, ScoredQuery, fit_calibration
from goodsight.core.errors import InputError, Interrupted, SpaceMismatch, UsageError
from goodsight.core.evaluating import LabelledQuery, answers, scored
from goodsight.core.learning import (
    LearnReport,
    LearntSpace,
    Views,
    is_due,
    is_tuned,
    learn,
    learnt_space,
)
from goodsight.core.ports import ImageEncoder, TextEncoder
from goodsight.core.shortening import kept_length
from goodsight.core.space_ports import SpaceKeeper
from goodsight.core.types import Metric, Query, Results, Skip, Term
from goodsight.meaning import bridge_texts
from goodsight.profiles import VIEW_PROFILES
from goodsight.reading import CollectionReader
from goodsight.reembedding import EncoderChange
from goodsight.viewing import embedded_views
from goodsight.wiring import Wiring

__all__ = ["Learner"]

MIN_QUERIES = 50
Find = Callable[[Query], Results]


class Learner:
    """Teaches one collection. `learn` and `calibrate` take effect in one atomic step each."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def learn(
        self,
        *,
        project: bool = True,
        keep_length: bool = True,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> LearnReport:
        """Learn now, whatever has changed.

        Vectors that were cut to fewer numbers stay as short, unless `keep_length` is False. A
        collection whose model sees texts learns no projection. Raises CollectionNotFound,
        StoreError, ModelError, SpaceMismatch where the model is replaced meanwhile, and
        Interrupted once `should_stop` says True; nothing has changed then.
        """
        encoder, profile = self._reader.encoder_in_use()
        return learn(
            self._keeper,
            encoder.card.feature_blocks,
            encoder_space=encoder.card.space,
            project=project and can_project(encoder),
            length=kept_length(self._keeper.active_space().projection) if keep_length else None,
            views=lambda: self._views(encoder, profile, should_stop),
        )

    def learn_from(
        self,
        change: EncoderChange,
        *,
        project: bool = True,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> LearntSpace:
        """What the catalogue teaches by the features of an encoder to come.

        Nothing changes yet. Raises StoreError, ModelError, and Interrupted once `should_stop`
        says True.
        """
        encoder = change.encoder
        return learnt_space(
            change.feature_batches,
            change.report.photos,
            encoder.card.feature_blocks,
            project=project and can_project(encoder),
            views=lambda: self._views(encoder, change.profile, should_stop),
        )

    def _views(
        self, encoder: ImageEncoder, profile: str, should_stop: Callable[[], bool]
    ) -> Views | None:
        return embedded_views(
            self._wiring,
            self._reader,
            encoder,
            # Whether a projection learnt from views finds more than none, as measured.
            teach_projection=profile in VIEW_PROFILES,
            should_stop=should_stop,
        )

    def learn_if_due(
        self,
        *,
        begins: Callable[[], None] = lambda: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> LearnReport | None:
        """Learn where the catalogue has changed enough; None where it has not, or was stopped.

        `begins` is told when there is something to do: it may take a minute. What leads from
        texts to photos is learnt after the photos' space, which it leads to.
        """
        report = None
        # What was tuned and proven is replaced by nothing that was not.
        if is_due(self._keeper) and not is_tuned(self._keeper):
            begins()
            try:
                report = self.learn(project=self._wiring.settings.learn, should_stop=should_stop)
            except (Interrupted, SpaceMismatch):
                return None  # whoever replaced the model has learnt for it
        if self._wiring.settings.learn:
            bridge_texts(
                self._wiring,
                self._reader.collection,
                begins=begins if report is None else lambda: None,
                should_stop=should_stop,
            )
        return report

    def bridge(self) -> BridgeGain | None:
        """Learn what leads from texts to photos now, and keep it where it gains.

        None without the extra `text`. Raises CollectionNotFound, StoreError, ModelError.
        """
        return bridge_texts(self._wiring, self._reader.collection, even_if_known=True)

    def calibrate(
        self,
        queries: Path,
        find: Find,
        *,
        metric: Metric = Metric.COSINE,
        progress: Callable[[int], None] = lambda _: None,
    ) -> tuple[Calibration, tuple[Skip, ...]]:
        """Fit confidence to a CSV of queries whose answers are known; and what was left out.

        `find` searches. Raises CatalogError where the CSV cannot be read, InputError where
        too few queries can be asked, SpaceMismatch where the space is switched meanwhile,
        CollectionNotFound, StoreError.
        """
        loader = self._reader.query_loader()
        space = self._keeper.active_space().space

        def ask(query: LabelledQuery) -> Results:
            if query.image is None:
                raise UsageError("it has no photo to be sure of")
            photo = loader.load(query.image)
            return find(Query((Term(photo=photo),), limit=COMPETITORS, metric=metric))

        answered: list[ScoredQuery] = []
        failed: list[Skip] = []
        for answer in answers(self._wiring.labelled_queries(queries), ask, progress=progress):
            if isinstance(answer, Skip):
                failed.append(answer)
            else:
                answered.append(scored(answer))
        return self._calibrated(answered, metric, space), tuple(failed)

    def _calibrated(
        self, queries: Sequence[ScoredQuery], metric: Metric, space: str
    ) -> Calibration:
        if len(queries) < MIN_QUERIES:
            raise InputError(
                f"{len(queries)} queries could be asked; confidence needs {MIN_QUERIES} or more,"
                " 200 are good"
            )
        fitted = fit_calibration(queries, "queries")
        if fitted is None:
            raise InputError("no query found its product: there is nothing to calibrate with")
        known = self._keeper.active_space().calibrations
        self._keeper.keep_calibrations({**known, metric: fitted}, space)
        return fitted

    @property
    def _keeper(self) -> SpaceKeeper:
        return self._wiring.store().spaces(self._reader.collection)


def can_project(encoder: ImageEncoder) -> bool:
    """Whether a projection may follow; texts would not follow it: docs/decisions/0022."""
    return not isinstance(encoder, TextEncoder)

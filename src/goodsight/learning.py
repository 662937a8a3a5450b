"""What a collection learns from its own photos, and from labelled queries."""

from __future__ import annotations

from collections.abc import Sequence

from goodsight.core.calibrating import Calibration, ScoredQuery, fit_calibration
from goodsight.core.errors import InputError
from goodsight.core.learning import LearnReport, is_due, learn
from goodsight.core.space_ports import SpaceKeeper
from goodsight.core.types import Metric
from goodsight.reading import CollectionReader
from goodsight.viewing import embedded_views
from goodsight.wiring import VIEW_PROFILES, Wiring

__all__ = ["Learner"]

MIN_QUERIES = 50


class Learner:
    """Teaches one collection. `learn` and `calibrate` take effect in one atomic step each."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def learn(self, *, project: bool = True) -> LearnReport:
        """Learn now, whatever has changed. Raises CollectionNotFound, StoreError, ModelError."""
        encoder = self._reader.base_encoder()
        return learn(
            self._keeper,
            encoder.card.feature_blocks,
            project=project,
            views=lambda: embedded_views(
                self._wiring, self._reader, encoder, teach_projection=self._views_pay()
            ),
        )

    def learn_if_due(self, *, project: bool = True) -> LearnReport | None:
        """Learn where the catalogue has changed enough; None where it has not."""
        return self.learn(project=project) if is_due(self._keeper) else None

    def calibrate(self, queries: Sequence[ScoredQuery], metric: Metric) -> Calibration:
        """Fit confidence to queries whose answers are known, for one metric.

        Raises InputError where they are too few to tell anything.
        """
        if len(queries) < MIN_QUERIES:
            raise InputError(
                f"{len(queries)} queries could be asked; confidence needs {MIN_QUERIES} or more,"
                " 200 are good"
            )
        fitted = fit_calibration(queries, "queries")
        if fitted is None:
            raise InputError("no query found its product: there is nothing to calibrate with")
        known = self._keeper.active_space().calibrations
        self._keeper.keep_calibrations({**known, metric: fitted})
        return fitted

    def _views_pay(self) -> bool:
        """Whether a projection learnt from views finds more than none, as measured."""
        return self._reader.info().profile in VIEW_PROFILES

    @property
    def _keeper(self) -> SpaceKeeper:
        return self._wiring.store().spaces(self._reader.collection)

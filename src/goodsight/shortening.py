"""A collection's vectors cut to fewer numbers: proven first, then switched to, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodsight.core.compressing import ShorterSpace, loses
from goodsight.core.cross_fitting import catalogue_calibrations, sampled
from goodsight.core.errors import InputError, UsageError
from goodsight.core.ports import TextEncoder
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.shortening import compared, principal, shortened
from goodsight.core.space_ports import ActiveSpace, Calibrations
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

if TYPE_CHECKING:
    from goodsight.stores.postgres.space_keeper import PostgresSpaces

__all__ = ["Shortener"]


class Shortener:
    """Cuts the vectors of one collection."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def shorten(self, dimension: int, *, force: bool = False) -> ShorterSpace:
        """Search by `dimension` numbers a vector, where that loses no more than a point.

        The former space is kept, to go back to. With `force` it is switched to whatever is
        lost. Raises UsageError where vectors are as short already, or their model sees texts;
        InputError where there is no photo, ModelError, SpaceMismatch where the model is
        replaced meanwhile, CollectionNotFound, StoreError.
        """
        encoder, active = self._reader.sight()
        blocks, seen_by = encoder.card.feature_blocks, active.encoder_space
        now = active.projection.dimension if active.projection else encoder.card.dimension
        if not 1 <= dimension < now:
            raise UsageError(
                f"vectors of '{self._reader.collection}' have {now:,} numbers: choose from 1 to"
                f" {now - 1:,}"
            )
        if isinstance(encoder, TextEncoder):
            raise UsageError(
                f"{encoder.card.name} sees texts too, whose vectors would stay as long as they are"
            )
        batches = self._spaces.feature_batches(seen_by)
        sample = sampled(batches, self._spaces.learnt_from().photos)
        if sample is None:
            raise InputError("the collection has no photo: goodsight index SOURCE")
        recall = compared(sample, active.projection, dimension, blocks)
        before = self._bytes()
        lost = loses(recall) or not recall.queries
        if lost and not force:
            return ShorterSpace(now, dimension, recall, before)
        space = (
            principal(self._spaces.feature_batches(seen_by), blocks, dimension)
            if active.projection is None
            else shortened(active.projection, dimension)
        )
        name = self._spaces.switch_space(
            space,
            self._calibrations(active, space, sample),
            keep_former=True,
            encoder_space=seen_by,
        )
        return ShorterSpace(now, dimension, recall, before, self._bytes(), name, forced=lost)

    def _calibrations(
        self, active: ActiveSpace, space: Projection, sample: FeatureBatch
    ) -> Calibrations:
        """Confidence learnt anew; handed on where a tuned space has seen every photo."""
        if space.origin == "tuned":
            return active.calibrations
        fitted = catalogue_calibrations(
            sample,
            space.blocks,
            rooted=bool((sample.features >= 0).all()),
            project=active.projection is not None,
            length=space.dimension,
        )
        return fitted or active.calibrations

    def _bytes(self) -> int:
        return next(kept.bytes for kept in self._spaces.kept_spaces() if kept.is_active)

    @property
    def _spaces(self) -> PostgresSpaces:
        return self._wiring.store().spaces(self._reader.collection)

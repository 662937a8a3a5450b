"""What a collection's photos tell that its feed does not: categories and attributes, predicted."""

from __future__ import annotations

from collections.abc import Sequence

from goodsight.core.errors import UsageError
from goodsight.core.labelling import CATEGORY, LEAST_CONFIDENCE, LabelReport, label, unlabel
from goodsight.core.ports import TextEncoder
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

__all__ = ["Labeller"]


class Labeller:
    """Labels one collection, whose model sees photos and texts in one space."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def label(
        self,
        attribute: str = CATEGORY,
        labels: Sequence[str] | None = None,
        *,
        least: float = LEAST_CONFIDENCE,
    ) -> LabelReport:
        """Predict an attribute of the products that lack it; see `core.labelling.label`.

        Kept as `predicted_…` with a confidence, for filters. Raises UsageError where the
        collection's model sees no texts or the labels do not do, CollectionNotFound,
        StoreError, ModelError.
        """
        if not 0 <= least <= 1:
            raise UsageError(f"a confidence of {least}: give a number from 0 to 1")
        encoder = self._reader.encoder()
        if not isinstance(encoder, TextEncoder):
            raise UsageError(
                f"the model '{encoder.card.name}' sees photos alone: index into a collection with"
                " one that sees texts too, see goodsight model add"
            )
        store = self._reader.stored()
        keeper = self._wiring.store().predictions(self._reader.collection)
        return label(
            lambda: store.product_vectors(encoder.card.space),
            encoder,
            keeper,
            attribute=attribute,
            labels=labels,
            least=least,
        )

    def unlabel(self, attribute: str = CATEGORY) -> None:
        """Take all predictions of an attribute away. Raises CollectionNotFound, StoreError."""
        keeper = self._wiring.store().predictions(self._reader.collection)
        unlabel(self._reader.stored().product_vectors, keeper, attribute=attribute)

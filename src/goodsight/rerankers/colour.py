"""Re-ranking by the colours of what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from goodsight.core.choices import Look
from goodsight.core.colour_names import colour_key, picked_colours
from goodsight.core.errors import UsageError
from goodsight.core.mixing import by_colour
from goodsight.core.ports import PhotoDescriber
from goodsight.core.store_ports import LooksReader, ScoredProduct
from goodsight.core.types import FloatArray, Query
from goodsight.rerankers.shown import mean_shown

__all__ = ["ColourReranker"]

# The product in the right colour may come late by style alone: catalogues have many dresses.
DEPTH = 200


class ColourReranker:
    """Implements `core.ports.Reranker` for queries that ask for a colour."""

    def __init__(self, reader: LooksReader, describer: PhotoDescriber) -> None:
        self._reader = reader
        self._describer = describer

    def depth(self, query: Query) -> int:
        """How many of the best by style are looked at; 0 where no colour is asked for.

        All that are shown, however many: a score without colour is on another scale.
        """
        coloured = _look(query) in (Look.COLOUR, Look.BOTH)
        return max(DEPTH, query.offset + query.limit) if coloured else 0

    def rerank(
        self, query: Query, vector: FloatArray, candidates: Sequence[ScoredProduct]
    ) -> tuple[ScoredProduct, ...]:
        """Style and colour, or colour alone. Raises UsageError, ModelError."""
        return by_colour(
            candidates,
            self._reader.looks([scored.product.id for scored in candidates]),
            vector=vector,
            colours=self._wanted(query),
            look=_look(query),
            metric=query.metric,
            named=[key for name in query.colours if (key := colour_key(name))],
        )

    def _wanted(self, query: Query) -> FloatArray:
        """The colours picked by hand, else those of what the query shows."""
        if query.colours:
            return picked_colours(query.colours)
        shown = mean_shown(query, lambda looks: looks.colours, self._reader, self._describer)
        if shown is None:
            raise UsageError("there is nothing to take the colour from: pick one, such as red")
        return shown


def _look(query: Query) -> Look:
    """A colour picked by hand says that colour counts."""
    return Look.BOTH if query.colours and query.look is Look.STYLE else query.look

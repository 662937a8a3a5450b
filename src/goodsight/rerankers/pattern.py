"""Re-ranking by the pattern of what is shown: its stripes, checks or print, in any colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goodsight.core.choices import Look
from goodsight.core.errors import UsageError
from goodsight.core.looks import SeenPhoto
from goodsight.core.mixing import by_pattern
from goodsight.core.ports import PhotoDescriber
from goodsight.core.store_ports import LooksReader, ScoredProduct
from goodsight.core.types import FloatArray, Query
from goodsight.rerankers.shown import mean_shown

__all__ = ["PatternReranker"]

# As for colours: what has the same pattern may come late by style alone.
DEPTH = 200


class PatternReranker:
    """Implements `core.ports.Reranker` for queries that ask for a pattern."""

    def __init__(self, reader: LooksReader, describer: PhotoDescriber) -> None:
        self._reader = reader
        self._describer = describer

    def depth(self, query: Query) -> int:
        """How many of the best by style are looked at; 0 where no pattern is asked for."""
        return max(DEPTH, query.offset + query.limit) if query.look is Look.PATTERN else 0

    def rerank(
        self, query: Query, vector: FloatArray, candidates: Sequence[ScoredProduct]
    ) -> tuple[ScoredProduct, ...]:
        """By pattern, and a little by style. Raises UsageError, ModelError."""
        if query.colours:
            raise UsageError("a pattern is compared without its colours: pick none, or no pattern")
        seen = self._reader.looks([scored.product.id for scored in candidates])
        if candidates and not _any_pattern(seen):
            raise UsageError(
                "the photos of this collection were indexed before patterns were looked at:"
                " run goodsight index once more"
            )
        return by_pattern(
            candidates, seen, vector=vector, pattern=self._wanted(query), metric=query.metric
        )

    def _wanted(self, query: Query) -> FloatArray:
        """The pattern of what the query shows."""
        shown = mean_shown(query, lambda looks: looks.pattern, self._reader, self._describer)
        if shown is None:
            raise UsageError("there is nothing to take the pattern from: give a photo")
        return shown


def _any_pattern(seen: Mapping[str, Sequence[SeenPhoto]]) -> bool:
    return any(photo.pattern is not None for photos in seen.values() for photo in photos)

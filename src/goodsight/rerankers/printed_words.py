"""Re-ranking by the words printed on packages."""

from __future__ import annotations

from collections.abc import Sequence

from goodsight.core.looks import Described
from goodsight.core.mixing import by_words, words_matter
from goodsight.core.ports import PhotoDescriber
from goodsight.core.store_ports import LooksReader, ScoredProduct
from goodsight.core.types import FloatArray, Photo, Query

__all__ = ["PrintedWordsReranker"]

DEPTH = 50


class PrintedWordsReranker:
    """Implements `core.ports.Reranker` for queries with photos, where words can be read.

    The query's photos are read only if the best candidates are products with print on them.
    """

    def __init__(self, reader: LooksReader, describer: PhotoDescriber) -> None:
        self._reader = reader
        self._describer = describer

    def depth(self, query: Query) -> int:
        """How many of the best are looked at; 0 where there is nothing to read."""
        return DEPTH if self._describer.reach is Described.WITH_WORDS and _photos(query) else 0

    def rerank(
        self,
        query: Query,
        vector: FloatArray,  # noqa: ARG002 (part of the port)
        candidates: Sequence[ScoredProduct],
    ) -> tuple[ScoredProduct, ...]:
        """The candidates with their words' share added. Raises ModelError."""
        seen = self._reader.looks([scored.product.id for scored in candidates])
        if not words_matter(candidates, seen):
            return tuple(candidates)
        words = [line for photo in _photos(query) for line in self._describer.words(photo)]
        return by_words(candidates, seen, words) if words else tuple(candidates)


def _photos(query: Query) -> list[Photo]:
    return [term.photo for term in query.terms if term.photo is not None and term.weight > 0]

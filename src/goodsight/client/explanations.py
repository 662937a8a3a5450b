"""Why a product was found: the request, and what the service answers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["CellMap", "ExplanationAnswer", "TermShare", "explanation_answer"]

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CellMap:
    """What each cell of a photo adds, `rows` from top to bottom; negative ones speak against.

    `box` is the part of the photo that they cover, [x, y, width, height] in 0..1.
    """

    rows: tuple[tuple[float, ...], ...]
    box: Box

    @property
    def total(self) -> float:
        """The sum of the cells."""
        return sum(map(sum, self.rows))


@dataclass(frozen=True, slots=True)
class TermShare:
    """A term of the query, "photo", "product" or "text", and what it adds to the score.

    `name` is the text or the product's id.
    """

    kind: str
    name: str
    weight: float
    share: float


@dataclass(frozen=True, slots=True)
class ExplanationAnswer:
    """Why a product was found; `method` is "exact" or "occlusion".

    By the exact method the cells of all `query` maps and `other_terms` sum to `likeness`, those
    of `hit` to `photo_likeness`. `photo` is a path of the service.
    """

    method: str
    metric: str
    score: float
    confidence: float | None
    shares: Mapping[str, float]
    terms: tuple[TermShare, ...]
    likeness: float
    photo_likeness: float
    other_terms: float
    query: tuple[CellMap, ...]
    hit: CellMap
    photo: str | None
    from_thumbnail: bool
    image_id: str | None


def explanation_answer(document: Mapping[str, Any]) -> ExplanationAnswer:
    """An explanation from its document."""
    return ExplanationAnswer(
        **{
            name: document[name]
            for name in ExplanationAnswer.__dataclass_fields__
            if name not in ("query", "hit", "terms")
        },
        terms=tuple(TermShare(**term) for term in document["terms"]),
        query=tuple(_cells(shown) for shown in document["query"]),
        hit=_cells(document["hit"]),
    )


def _cells(document: Mapping[str, Any]) -> CellMap:
    x, y, width, height = document["box"]
    return CellMap(tuple(tuple(row) for row in document["rows"]), (x, y, width, height))

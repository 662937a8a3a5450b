"""Why a product was found: the request and its answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from goodsight.service.schemas.search import SearchRequest

__all__ = ["ExplanationAnswer", "ExplanationRequest"]

Number = Annotated[float, Field(allow_inf_nan=False)]


class ExplanationRequest(SearchRequest):
    """A search, and one of the products it finds; page, order and facets do not matter."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"query": [{"product_id": "p1"}], "product_id": "p2"}],
        },
    )

    product_id: str = Field(max_length=2000, description="Of a hit")


class MapOverPhoto(BaseModel):
    """What each cell of a photo adds; a negative cell speaks against the match."""

    rows: list[list[Number]] = Field(description="From top to bottom, each from left to right")
    box: tuple[Number, Number, Number, Number] = Field(
        description="[x, y, width, height] in 0..1 of the upright photo that the cells cover;"
        " beyond it where the model pads photos"
    )


class MapOverQuery(MapOverPhoto):
    """The same over a photo of the query."""

    term: int = Field(description="Its place in the query, from 0")


class TermAnswer(BaseModel):
    """A term of the query as it was read, and what it adds to the score."""

    kind: Literal["photo", "product", "text"]
    name: str = Field(description="The text or the product's id; empty for a photo")
    weight: float
    share: float


class ExplanationAnswer(BaseModel):
    """Why it was found.

    By the method "exact" the cells of all `query` maps and `other_terms` sum to `likeness`, those
    of the `hit` to `photo_likeness`. By "occlusion" a cell says how much covering it costs; such
    cells sum to nothing in particular.
    """

    method: Literal["exact", "occlusion"]
    metric: Literal["cosine", "euclidean", "kl"]
    score: float
    confidence: float | None
    shares: dict[str, float] = Field(description="Each kind of likeness; `explanation` of the hit")
    terms: list[TermAnswer] = Field(
        description="With colour and printed words the shares sum to the score"
    )
    likeness: float = Field(description="In looks; a cosine for the Euclidean metric too")
    photo_likeness: float = Field(description="Of the query and the hit's photo")
    other_terms: float = Field(description="What products in the query add to `likeness`")
    query: list[MapOverQuery]
    hit: MapOverPhoto
    photo: str | None = Field(description="Path of the hit's photo here")
    from_thumbnail: bool = Field(description="The original is gone: made of a small copy")
    image_id: str | None

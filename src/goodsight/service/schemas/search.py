"""Searching: the request and its answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from goodsight.service.schemas.understanding import UnderstoodAnswer

__all__ = ["Box", "FoundProduct", "QueryTerm", "SearchAnswer", "SearchRequest"]

MAX_TERMS = 10
MAX_TEXT_CHARACTERS = 1000
MAX_FILTER_CHARACTERS = 4000
MAX_PAGE = 200

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Box = tuple[Share, Share, Share, Share]
Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT_CHARACTERS)]


class QueryTerm(BaseModel):
    """One part of a query: exactly one of image, image_id, image_url, text, audio, product_id."""

    model_config = ConfigDict(extra="forbid")

    image: str | None = Field(None, description="A photo file's bytes, base64")
    image_id: str | None = Field(None, max_length=100, description="From an earlier answer")
    image_url: str | None = Field(None, max_length=2000, description="Fetched, if it is public")
    text: Text | None = Field(None, description="Words of title, SKU or attributes")
    audio: str | None = Field(None, description="Spoken words: WAV, FLAC or Ogg, base64")
    product_id: str | None = Field(None, max_length=2000, description="More like this product")
    weight: float = Field(1.0, ge=-10, le=10, allow_inf_nan=False)
    box: Box | None = Field(
        None, description="[x, y, width, height] in 0..1 of the upright photo: only this part"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        photos = [self.image, self.image_id, self.image_url]
        given = [*photos, self.text, self.audio, self.product_id]
        if sum(value is not None for value in given) != 1:
            raise ValueError(
                "give exactly one of image, image_id, image_url, text, audio, product_id"
            )
        if self.box is not None:
            x, y, width, height = self.box
            if all(photo is None for photo in photos):
                raise ValueError("a box is for a photo")
            if width <= 0 or height <= 0 or x + width > 1.0001 or y + height > 1.0001:
                raise ValueError("the box [x, y, width, height] must lie within 0..1")
        return self


class SearchRequest(BaseModel):
    """What is looked for. Without a query the whole catalogue is looked through."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"query": [{"text": "hoodie"}], "filter": "price < 60", "limit": 3},
                {"query": [{"product_id": "p1"}], "look": "both", "colours": ["red"]},
                {"query": [{"text": "discs under 50"}], "understand": True},
            ]
        },
    )

    query: list[QueryTerm] = Field(default_factory=list, max_length=MAX_TERMS)
    filter: str | None = Field(
        None, max_length=MAX_FILTER_CHARACTERS, examples=["price < 50 and in_stock"]
    )
    facets: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=list, max_length=20, description='Names to count; "*": those worth showing'
    )
    sort: Literal["match", "price", "-price"] = "match"
    limit: int = Field(10, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=100, description="`next_cursor` of a page before")
    min_confidence: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    explain: bool = Field(False, description="Accepted; a hit's `explanation` is always there")
    metric: Literal["cosine", "euclidean", "kl"] = "cosine"
    look: Literal["style", "colour", "both", "pattern"] = Field(
        "style", description="What is compared"
    )
    colours: list[Annotated[str, Field(min_length=1, max_length=50)]] = Field(
        default_factory=list,
        max_length=5,
        description="Instead of the photo's own: names in English or Chinese, or #rrggbb",
        examples=[["red"], ["#aa2233"]],
    )
    understand: bool = Field(
        False, description="Read the texts as a request: prices, colours and the like narrow"
    )


class FoundProduct(BaseModel):
    """A product, as short as a list needs it."""

    id: str
    title: str
    price: str | None = Field(description="A decimal number as text")
    currency: str | None
    stock: int | None
    in_stock: bool | None
    categories: list[str]
    brand: str | None
    url: str | None
    attributes: dict[str, str | list[str]]
    photo: str | None = Field(description="Path of its picture here")


class FoundHit(BaseModel):
    """A product found."""

    product: FoundProduct
    variant: str | None
    photo: str | None
    score: float
    confidence: float | None
    explanation: dict[str, Any]


class QueryPhoto(BaseModel):
    """What the first photo of the query is like."""

    width: int
    height: int
    findings: list[str]


class SearchTimings(BaseModel):
    """Milliseconds of each stage."""

    decode_ms: float
    encode_ms: float
    store_ms: float
    total_ms: float


class SearchAnswer(BaseModel):
    """The products found, best first."""

    query_id: str
    image_id: str | None = Field(description="To ask for the first photo again, for minutes")
    heard: str | None = Field(description="What was understood of the recordings")
    photo: QueryPhoto | None
    hits: list[FoundHit]
    total: int | None = Field(description="How many there are; null where a photo ranks them all")
    read_as: str | None = Field(
        default=None, description="The words with misspelt ones put right; null where none were"
    )
    some_words: bool = Field(
        default=False, description="Whether no product has all the words, and these come nearest"
    )
    no_match: bool
    facets: dict[str, dict[str, int]]
    space: str
    index_version: int
    model_version: str
    indexed_at: str | None
    next_cursor: str | None
    timings: SearchTimings
    understood: UnderstoodAnswer | None = Field(None, description="Where it was asked for")

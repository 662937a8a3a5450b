"""Products and collections: what is put and what is shown."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from goodsight.service.schemas.search import FoundProduct

__all__ = [
    "BulkAnswer",
    "BulkProduct",
    "CollectionAnswer",
    "CollectionList",
    "ProductAnswer",
    "ProductInput",
    "VariantInput",
]

# Of ids and names: as long as any shop's, far from what would burden an index.
Name = Annotated[str, Field(min_length=1, max_length=1000)]
Text = Annotated[str, Field(max_length=1000)]
MAX_PRICE = 10**12
PRICE_TEXT = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"


def _price(value: object) -> Decimal:
    """A number, or a text of plain digits, as a price with at most six decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("a price is a number, or a text such as 12.50")  # noqa: TRY004 - pydantic
    if isinstance(value, str) and not re.fullmatch(PRICE_TEXT, value, re.ASCII):
        raise ValueError("a price as text has digits and at most six decimals")
    price = Decimal(str(value))
    if not price.is_finite() or not 0 <= price <= MAX_PRICE:
        raise ValueError(f"a price is from 0 to {MAX_PRICE}")
    return round(price, 6) if price.as_tuple().exponent < -6 else price  # type: ignore[operator]


Price = Annotated[
    Decimal,
    BeforeValidator(_price),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": MAX_PRICE},
                {"type": "string", "pattern": PRICE_TEXT},
            ],
            "examples": ["12.50"],
        }
    ),
]
Stock = Annotated[int, Field(ge=0, le=10**12)]
Values = Text | list[Text]
PhotoUrl = Annotated[str, Field(max_length=2000, pattern=r"^(https?://|upload:)")]


class VariantInput(BaseModel):
    """One buyable form of a product."""

    model_config = ConfigDict(extra="forbid")

    id: Name
    options: dict[Name, Values] = Field(default_factory=dict, max_length=50)
    price: Price | None = None
    stock: Stock | None = None
    photos: list[PhotoUrl] = Field(default_factory=list, max_length=50)


class ProductInput(BaseModel):
    """A product to keep. Without `photos` it keeps those it has."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "Canvas bag",
                    "price": "19.90",
                    "currency": "EUR",
                    "stock": 4,
                    "categories": ["Bags/Canvas"],
                    "attributes": {"color": ["natural", "black"]},
                }
            ]
        },
    )

    title: str = Field(min_length=1, max_length=2000)
    description: str = Field("", max_length=100_000)
    price: Price | None = None
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$", description="ISO 4217")
    stock: Stock | None = None
    categories: list[Text] = Field(
        default_factory=list, max_length=50, description="Paths, levels by /"
    )
    brand: Text | None = None
    url: str | None = Field(None, max_length=2000, pattern=r"^https?://")
    attributes: dict[Name, Values] = Field(default_factory=dict, max_length=200)
    variants: list[VariantInput] = Field(default_factory=list, max_length=1000)
    photos: list[PhotoUrl] | None = Field(None, max_length=100)


class BulkProduct(ProductInput):
    """A product of a bulk upload: a line of JSON with its id."""

    id: Name


class SkippedPhoto(BaseModel):
    """A photo left out, and why."""

    ref: str
    reason: str


class BulkAnswer(BaseModel):
    """What became of one line of a bulk upload."""

    row: int
    id: str | None
    status: str = Field(description="added, changed, unchanged or refused")
    photos: int = Field(description="Photos that can be found now")
    skipped: list[SkippedPhoto]
    error: str | None


class ShownVariant(BaseModel):
    """A variant as it is shown."""

    id: str
    options: dict[str, str | list[str]]
    price: str | None
    stock: int | None
    in_stock: bool | None
    photos: list[str]


class ShownPhoto(BaseModel):
    """A photo as it is shown; `url` is a path of this service."""

    url: str
    width: int
    height: int
    findings: list[str]


class ProductAnswer(FoundProduct):
    """A product with everything that is known of it."""

    description: str
    variants: list[ShownVariant]
    photos: list[ShownPhoto]


class ExamplePhoto(BaseModel):
    """A photo of the catalogue to begin with."""

    product_id: str
    title: str
    photo: str


class CollectionSummary(BaseModel):
    """A collection as it stands."""

    name: str
    profile: str
    model: str
    space: str
    dimension: int
    products: int
    photos: int
    index_version: int
    has_vector_index: bool
    indexed_at: str | None


class CollectionAnswer(CollectionSummary):
    """A collection, and what its catalogue can be narrowed by."""

    currency: str | None
    voice: bool = Field(description="Whether recordings are understood here")
    patterns: bool = Field(description="Whether photos can be compared by their patterns")
    facets: list[str]
    examples: list[ExamplePhoto]


class CollectionList(BaseModel):
    """The collections a caller may search."""

    collections: list[CollectionSummary]


def as_values(values: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Attributes as the core has them: a tuple of texts for each name."""
    return {
        name: (value,) if isinstance(value, str) else tuple(value) for name, value in values.items()
    }

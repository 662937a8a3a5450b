"""What the service answers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from goodsight.core.types import Attributes

__all__ = [
    "FoundHit",
    "FoundProduct",
    "ProductDetails",
    "PutAnswer",
    "SearchAnswer",
    "ShownPhoto",
    "ShownVariant",
    "SuggestedText",
    "TranscriptAnswer",
    "UnderstoodAnswer",
    "UnderstoodChip",
]


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product. `photo` is a path of the service, for `Client.picture`."""

    id: str
    title: str
    price: Decimal | None
    currency: str | None
    stock: int | None
    in_stock: bool | None
    categories: tuple[str, ...]
    brand: str | None
    url: str | None
    attributes: Attributes
    photo: str | None


@dataclass(frozen=True, slots=True)
class FoundHit:
    """A product found. `confidence` is a probability, None where none is calibrated."""

    product: FoundProduct
    variant: str | None
    photo: str | None
    score: float
    confidence: float | None
    explanation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnderstoodChip:
    """One thing understood of a request; `start` and `end` are its place there."""

    kind: str
    label: str
    filter: str
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class UnderstoodAnswer:
    """How a request in words was read: a filter, and the words that are left.

    `word_use` is "all", or "any" or "none" where no product had all of the words.
    """

    text: str
    filter: str | None
    colours: tuple[str, ...]
    word_use: str
    chips: tuple[UnderstoodChip, ...]


@dataclass(frozen=True, slots=True)
class SuggestedText:
    """A text to search for: a category, brand, word or product, and how many products it has."""

    text: str
    kind: str
    products: int


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A page of results. `image_id` asks for the same photo again, for some minutes.

    `heard` is what was understood of a recording.
    """

    query_id: str
    hits: tuple[FoundHit, ...]
    no_match: bool
    total: int | None
    read_as: str | None
    some_words: bool
    facets: Mapping[str, Mapping[str, int]]
    image_id: str | None
    findings: tuple[str, ...]
    next_cursor: str | None
    space: str
    index_version: int
    model_version: str
    timings: Mapping[str, float]
    heard: str | None = None
    understood: UnderstoodAnswer | None = None


@dataclass(frozen=True, slots=True)
class TranscriptAnswer:
    """What was understood of a recording; `text` is empty where nothing was.

    `confidence` is 0..1, None where the recogniser does not tell; `seconds` is the recording's
    length.
    """

    text: str
    alternatives: tuple[str, ...]
    confidence: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """One buyable form of a product."""

    id: str
    options: Attributes
    price: Decimal | None
    stock: int | None
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """A photo; `url` is a path of the service, sizes are the original's in pixels."""

    url: str
    width: int
    height: int
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductDetails:
    """A product with everything that is known of it."""

    product: FoundProduct
    description: str
    variants: tuple[ShownVariant, ...]
    photos: tuple[ShownPhoto, ...]


@dataclass(frozen=True, slots=True)
class PutAnswer:
    """What became of a product that was put.

    `status` is "added", "changed", "unchanged" or "refused", then with an `error`. `skipped`
    are photos left out, as (reference, reason).
    """

    row: int
    id: str | None
    status: str
    photos: int
    skipped: tuple[tuple[str, str], ...]
    error: str | None


def search_answer(document: Mapping[str, Any]) -> SearchAnswer:
    """A search's answer from its document."""
    return SearchAnswer(
        query_id=document["query_id"],
        hits=tuple(_hit(hit) for hit in document["hits"]),
        no_match=document["no_match"],
        total=document["total"],
        read_as=document.get("read_as"),
        some_words=document.get("some_words", False),
        facets=document["facets"],
        image_id=document["image_id"],
        findings=tuple((document["photo"] or {}).get("findings", ())),
        next_cursor=document["next_cursor"],
        space=document["space"],
        index_version=document["index_version"],
        model_version=document["model_version"],
        timings=document["timings"],
        heard=document["heard"],
        understood=understood_answer(read) if (read := document.get("understood")) else None,
    )


def transcript_answer(document: Mapping[str, Any]) -> TranscriptAnswer:
    """What was understood, from its document."""
    return TranscriptAnswer(
        text=document["text"],
        alternatives=tuple(document["alternatives"]),
        confidence=document["confidence"],
        seconds=document["seconds"],
    )


def understood_answer(document: Mapping[str, Any]) -> UnderstoodAnswer:
    """How a request was read, from its document."""
    return UnderstoodAnswer(
        document["text"],
        document["filter"],
        tuple(document["colours"]),
        document["word_use"],
        tuple(UnderstoodChip(**chip) for chip in document["chips"]),
    )


def product_details(document: Mapping[str, Any]) -> ProductDetails:
    """A product's page from its document."""
    return ProductDetails(
        product=_product(document),
        description=document["description"],
        variants=tuple(
            ShownVariant(
                id=variant["id"],
                options=_attributes(variant["options"]),
                price=_price(variant["price"]),
                stock=variant["stock"],
                photos=tuple(variant["photos"]),
            )
            for variant in document["variants"]
        ),
        photos=tuple(
            ShownPhoto(photo["url"], photo["width"], photo["height"], tuple(photo["findings"]))
            for photo in document["photos"]
        ),
    )


def put_answer(document: Mapping[str, Any]) -> PutAnswer:
    """What became of one product, from its document."""
    skipped = tuple((skip["ref"], skip["reason"]) for skip in document["skipped"])
    return PutAnswer(
        document["row"],
        document["id"],
        document["status"],
        document["photos"],
        skipped,
        document["error"],
    )


def _hit(document: Mapping[str, Any]) -> FoundHit:
    return FoundHit(
        product=_product(document["product"]),
        variant=document["variant"],
        photo=document["photo"],
        score=document["score"],
        confidence=document["confidence"],
        explanation=document["explanation"],
    )


def _product(document: Mapping[str, Any]) -> FoundProduct:
    return FoundProduct(
        id=document["id"],
        title=document["title"],
        price=_price(document["price"]),
        currency=document["currency"],
        stock=document["stock"],
        in_stock=document["in_stock"],
        categories=tuple(document["categories"]),
        brand=document["brand"],
        url=document["url"],
        attributes=_attributes(document["attributes"]),
        photo=document["photo"],
    )


def _price(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _attributes(document: Mapping[str, Any]) -> Attributes:
    return {
        name: (value,) if isinstance(value, str) else tuple(value)
        for name, value in document.items()
    }

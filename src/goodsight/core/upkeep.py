"""What an owner looks after: index runs, the catalogue's health, photos that came by upload."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from goodsight.core.types import Skip

__all__ = ["CatalogueHealth", "Displaced", "Duplicate", "Originals", "ProductName", "RunRecord"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One index run as it was recorded.

    `status` is "running", "complete", "interrupted" or "lost" (its process died). `skipped`
    are the first of the `skipped_count` skips.
    """

    id: int
    source: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    products_seen: int
    products_changed: int
    products_removed: int
    photos_indexed: int
    photos_removed: int
    skipped_count: int
    skipped: tuple[Skip, ...]


@dataclass(frozen=True, slots=True)
class ProductName:
    """A product, by id and title; `content_hash` names a photo of it, if it has one."""

    id: str
    title: str
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One photo, to the byte, that several products show."""

    content_hash: str
    products: tuple[ProductName, ...]


@dataclass(frozen=True, slots=True)
class Displaced:
    """A product that a search with its own photo does not find first.

    `product.content_hash` is the photo searched with, `found` what came first with the photo
    that matched. Scores are cosine; `score` is None where the product has no other photo and
    did not come among the first.
    """

    product: ProductName
    found: ProductName
    score: float | None
    found_score: float


@dataclass(frozen=True, slots=True)
class CatalogueHealth:
    """What is wrong with a collection's products and photos, from what is stored.

    Lists are cut; the counts beside them are not. `unreadable` are the photos that the last
    complete run of each source left out. `near_duplicates` are photos that look like copies,
    each product named with its own. `checked` products were searched for with a photo of
    their own.
    """

    products: int
    photos: int
    without_photo: tuple[ProductName, ...]
    without_photo_count: int
    unreadable: tuple[Skip, ...]
    unreadable_count: int
    duplicates: tuple[Duplicate, ...]
    duplicates_count: int
    not_found_by_own_photo: tuple[Displaced, ...]
    checked: int
    near_duplicates: tuple[Duplicate, ...] = ()
    near_duplicates_count: int = 0


class Originals(Protocol):
    """Bytes of photos that exist nowhere else: they came by upload."""

    def put(self, content_hash: str, data: bytes) -> None:
        """Keep a photo's bytes; durable when this returns. Raises CollectionNotFound."""
        ...

    def get(self, content_hash: str) -> bytes | None:
        """The bytes kept under this hash."""
        ...

    def drop_unneeded(self) -> int:
        """Drop those whose photo the collection no longer has; how many."""
        ...

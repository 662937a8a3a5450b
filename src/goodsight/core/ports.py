"""What the core needs from the outside, as protocols of at most five methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from goodsight.core.filters import Filter
from goodsight.core.reports import CollectionInfo
from goodsight.core.types import (
    Embeddings,
    FeatureMaps,
    FloatArray,
    Metric,
    ModelCard,
    Photo,
    Product,
    Skip,
)

__all__ = [
    "Catalog",
    "CollectionStore",
    "FeatureMapEncoder",
    "Found",
    "ImageEncoder",
    "IndexRun",
    "NewPhoto",
    "PhotoLoader",
    "PhotoPlace",
    "ProductChange",
    "ProductStore",
    "Progress",
    "Removal",
    "ScoredProduct",
    "TextEncoder",
    "VectorQuery",
]


class Catalog(Protocol):
    """A feed. `source` identifies it: products of one source are removed by no other."""

    @property
    def source(self) -> str:
        """The same for every reading of the same feed."""
        ...

    def read(self) -> Iterator[Product | Skip]:
        """Yield products in the order of the feed, and a `Skip` for each bad row.

        Raises CatalogError where the feed cannot be read at all.
        """
        ...


class PhotoLoader(Protocol):
    """Untrusted bytes in, photos out. Safe to call from several threads."""

    def content_hash(self, reference: str) -> str:
        """SHA-256 of the photo's bytes in hex. Raises PhotoError."""
        ...

    def load(self, reference: str) -> Photo:
        """Decode the photo. Raises PhotoError with the reason."""
        ...

    def thumbnail(self, photo: Photo) -> bytes:
        """A small WebP of the photo."""
        ...


class ImageEncoder(Protocol):
    """Photos in, unit vectors out. Safe to call from several threads."""

    @property
    def card(self) -> ModelCard:
        """What the encoder is, its space included."""
        ...

    def encode_photos(self, photos: Sequence[Photo]) -> Embeddings:
        """Embed n photos into float32 (n, card.dimension). Raises ModelError."""
        ...


class FeatureMapEncoder(Protocol):
    """An encoder that also shows its last feature maps."""

    def encode_feature_maps(self, photos: Sequence[Photo]) -> FeatureMaps:
        """Last feature maps of n photos, before pooling. Raises ModelError."""
        ...


class TextEncoder(Protocol):
    """Texts in, unit vectors of the same space as the photos' out."""

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Embed n texts into float32 (n, d). Raises ModelError."""
        ...


class ProductChange(StrEnum):
    """What putting a product did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """A photo's place in the catalogue: product, reference and the bytes' hash."""

    product_id: str
    reference: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo seen for the first time, ready to be kept.

    `vector` float32 (d,) of norm 1, `features` float32 (f,), `thumbnail` WebP bytes;
    `width` and `height` of the upright original in pixels.
    """

    content_hash: str
    width: int
    height: int
    findings: tuple[str, ...]
    thumbnail: bytes
    vector: FloatArray
    features: FloatArray


@dataclass(frozen=True, slots=True)
class Removal:
    """How much went away."""

    products: int
    photos: int


class IndexRun(Protocol):
    """One run of indexing one source into one collection. Each call commits by itself."""

    def put_products(self, products: Sequence[Product]) -> Sequence[ProductChange]:
        """Insert or update by value, never touching a vector; one answer per product.

        Photo places whose reference a product no longer lists are dropped and counted in
        the removal that `finish` returns.
        """
        ...

    def known_places(self, product_ids: Sequence[str]) -> Mapping[tuple[str, str], str]:
        """(product id, reference) -> content hash, of places whose photo has a vector."""
        ...

    def known_photos(self, content_hashes: Sequence[str]) -> frozenset[str]:
        """Those of the hashes whose photo is kept with a vector in the run's space."""
        ...

    def put_photos(self, photos: Sequence[NewPhoto], places: Sequence[PhotoPlace]) -> None:
        """Keep new photos, then set places; each place's photo is new here or known.

        A photo may come twice, here or from another process: the first one kept stays.
        When this returns the photos are durable: they survive a crash of any process.
        """
        ...

    def finish(self, skipped: Sequence[Skip], *, remove_missing: bool, complete: bool) -> Removal:
        """Close the run.

        `complete` is False for an interrupted run: nothing is removed then. Otherwise
        products of this source not put in this run are removed if `remove_missing`, photos
        no place needs are dropped, and the vector index is built where it pays. A product
        whose id is the `reference` of a skip stays: its row was bad, not absent.
        """
        ...


@dataclass(frozen=True, slots=True)
class VectorQuery:
    """A search as a store sees it.

    `vector` float32 (d,) of norm 1 in `space`. A product's score is
    `goodsight.core.scoring.blend` of its best photo and its mean vector under `metric`.
    """

    vector: FloatArray
    space: str
    where: Filter | None = None
    limit: int = 10
    metric: Metric = Metric.COSINE
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ScoredProduct:
    """A product, its best photo and its score; `parts` holds "best" and "mean"."""

    product: Product
    photo: str
    content_hash: str
    variants: tuple[str, ...]
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A store's answer: the best products, best first, as of `index_version`."""

    products: tuple[ScoredProduct, ...]
    index_version: int


class ProductStore(Protocol):
    """One collection, read."""

    def info(self) -> CollectionInfo:
        """Raises CollectionNotFound."""
        ...

    def search(self, query: VectorQuery) -> Found:
        """The best products, best first. Raises SpaceMismatch, CollectionNotFound."""
        ...

    def get(self, product_ids: Sequence[str]) -> Sequence[Product]:
        """The products that exist among these ids, in the order asked."""
        ...

    def vectors(self, product_id: str) -> FloatArray:
        """The product's photo vectors, float32 (n, d), rows of norm 1."""
        ...

    def thumbnails(self, content_hashes: Sequence[str]) -> Mapping[str, bytes]:
        """Content hash -> WebP bytes, for those that exist."""
        ...


class CollectionStore(Protocol):
    """All collections of a database."""

    def names(self) -> Sequence[str]:
        """Names of the collections, sorted."""
        ...

    def open(self, name: str) -> ProductStore:
        """Raises CollectionNotFound."""
        ...

    def begin_run(self, name: str, *, profile: str, card: ModelCard, source: str) -> IndexRun:
        """Start indexing `source`; creates the collection where it is absent.

        Raises SpaceMismatch where the collection exists with another active space.
        """
        ...

    def delete(self, name: str) -> None:
        """Raises CollectionNotFound."""
        ...

    def close(self) -> None:
        """Give back connections; an embedded server stops with its last user."""
        ...


class Progress(Protocol):
    """Told how an index run goes on; counts cover committed work only."""

    def update(self, *, products: int, photos: int, indexed: int, skipped: int) -> None:
        """So far: products put; photos settled (indexed, unchanged or skipped); photos committed
        by this run; things skipped."""
        ...

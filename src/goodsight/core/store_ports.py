"""What the core needs of a store: ports of at most five methods, and the values they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from goodsight.core.filters import Filter
from goodsight.core.looks import Described, PhotoLooks, SeenPhoto
from goodsight.core.reports import CollectionInfo
from goodsight.core.types import FloatArray, KeptPhoto, Metric, ModelCard, Product, Skip, Sort

__all__ = [
    "BrowseQuery",
    "CollectionStore",
    "Facets",
    "Found",
    "IndexRun",
    "LooksReader",
    "NewPhoto",
    "PhotoPlace",
    "ProductBrowser",
    "ProductChange",
    "ProductStore",
    "ProductVectors",
    "Removal",
    "SampledPhoto",
    "ScoredProduct",
    "VectorQuery",
]

# Name -> value as the catalogue spells it -> number of products.
Facets = Mapping[str, Mapping[str, int]]


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

    `vector` float32 (d,) of norm 1 and `features` float32 (f,) of the encoder of this `space`,
    `thumbnail` WebP bytes; `width` and `height` of the upright original in pixels.
    """

    content_hash: str
    width: int
    height: int
    findings: tuple[str, ...]
    thumbnail: bytes
    vector: FloatArray
    features: FloatArray
    space: str
    looks: PhotoLooks | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """How much went away."""

    products: int
    photos: int


class IndexRun(Protocol):
    """One run of indexing one source into one collection. Each call commits by itself."""

    def put_products(self, products: Sequence[Product]) -> Sequence[ProductChange]:
        """Insert or update by value, never touching a vector; one answer per product.

        Places that a product no longer lists are dropped, and counted by `finish`.
        """
        ...

    def known_places(
        self, product_ids: Sequence[str], described: Described = Described.NOT
    ) -> Mapping[tuple[str, str], str]:
        """(product id, reference) -> content hash, of places whose photo is known.

        Known is a photo with a vector in the run's space, `described` as far or further.
        """
        ...

    def known_photos(
        self, content_hashes: Sequence[str], described: Described = Described.NOT
    ) -> frozenset[str]:
        """Those of the hashes whose photo is known."""
        ...

    def put_photos(self, photos: Sequence[NewPhoto], places: Sequence[PhotoPlace]) -> None:
        """Keep new photos, then set places; each place's photo is new here or known.

        Of a photo that comes twice the first stays, described further by the later one. Durable
        when this returns. Raises SpaceMismatch, keeping nothing, for another encoder's photos.
        """
        ...

    def finish(self, skipped: Sequence[Skip], *, remove_missing: bool, complete: bool) -> Removal:
        """Close the run.

        `complete` is False for an interrupted run: nothing is removed then. Otherwise
        products of this source not put in this run are removed if `remove_missing`, photos no
        place needs are dropped, and the vector index is built where it pays. A product whose id
        is the `reference` of a skip stays: its row was bad, not absent.
        """
        ...


@dataclass(frozen=True, slots=True)
class VectorQuery:
    """A search as a store sees it.

    `vector` float32 (d,) of norm 1 in `space`; `metric` scores the best photo and the mean, see
    `goodsight.core.scoring.blend`. Only products that have the `words` count. Behind the `limit`
    best come `besides` more as far as they are at hand: an index may miss some.
    """

    vector: FloatArray
    space: str
    where: Filter | None = None
    words: str | None = None
    limit: int = 10
    besides: int = 0
    metric: Metric = Metric.COSINE
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ScoredProduct:
    """A product, its best photo and its score.

    `parts` holds "best" and "mean"; after re-ranking also "visual", "colour" or "pattern", and
    "words", which add up to the score.
    """

    product: Product
    photo: str
    content_hash: str
    variants: tuple[str, ...]
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A store's answer: the best products, best first, as of `index_version`.

    `total` is how many there are in all, where known; `space` is the collection's.
    `read_as` are its words with misspelt ones put right; `some_words`: no product has them all.
    """

    products: tuple[ScoredProduct, ...]
    index_version: int
    total: int | None = None
    space: str = ""
    read_as: str | None = None
    some_words: bool = False


@dataclass(frozen=True, slots=True)
class BrowseQuery:
    """A look through the catalogue without a photo.

    Products that pass `where` and have the `words` (see `goodsight.core.reading_words`), the
    best fitting words first; `offset` of them are passed over.
    """

    where: Filter | None = None
    words: str | None = None
    limit: int = 10
    offset: int = 0
    sort: Sort = Sort.MATCH


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

    def vectors(self, product_id: str, space: str | None = None) -> FloatArray:
        """Its photos' vectors, float32 (n, d), norm 1. Raises SpaceMismatch as `search` does."""
        ...

    def thumbnails(self, content_hashes: Sequence[str]) -> Mapping[str, bytes]:
        """Content hash -> WebP bytes, for those that exist."""
        ...


@dataclass(frozen=True, slots=True)
class ProductVectors:
    """A product with the vectors of its distinct photos, in the order of the feed.

    `references` name the places of each photo, first in the feed first. `vectors` float32
    (n, d), rows of norm 1; `features` float32 (n, f), the encoder's raw output.
    """

    product: Product
    content_hashes: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    vectors: FloatArray
    features: FloatArray


@dataclass(frozen=True, slots=True)
class SampledPhoto:
    """A photo of the catalogue, one of its references, and the products that show it."""

    reference: str
    content_hash: str
    products: tuple[Product, ...]


class LooksReader(Protocol):
    """A store that also says what is seen in a product's photos."""

    def looks(self, product_ids: Sequence[str]) -> Mapping[str, Sequence[SeenPhoto]]:
        """Product id -> its distinct photos in the order of the feed, for those that have any."""
        ...


class ProductBrowser(Protocol):
    """A store that can also look through a collection without a photo."""

    def browse(self, query: BrowseQuery) -> Found:
        """The products that pass; a score is how well the words fit, 0 without words."""
        ...

    def facets(self, names: Sequence[str], where: Filter | None, words: str | None) -> Facets:
        """For each name the counts of its values among the products that pass.

        A condition on a name that stands alone in `where` does not bind that name's own
        counts: they say what choosing another value would bring.
        """
        ...

    def narrowings(self) -> Sequence[str]:
        """Names of the facets worth showing for this collection, the most useful first."""
        ...

    def photos(self, product_id: str) -> Sequence[KeptPhoto]:
        """The product's photos in the order of the feed."""
        ...

    def photo(self, content_hash: str) -> KeptPhoto | None:
        """One photo of the collection, with one of its references."""
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

        `card` is the encoder's own. Raises SpaceMismatch where another encoder is in use.
        """
        ...

    def delete(self, name: str) -> None:
        """Raises CollectionNotFound."""
        ...

    def close(self) -> None:
        """Give back connections; an embedded server stops with its last user."""
        ...

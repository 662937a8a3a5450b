"""The three store ports in memory: plain loops over NumPy rows, the reference for every store.

Nothing here is clever on purpose. Every search is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from goodsight.core.errors import CollectionNotFound, SpaceMismatch, StoreError
from goodsight.core.filters import matches
from goodsight.core.looks import Described, SeenPhoto
from goodsight.core.reports import CollectionInfo
from goodsight.core.scoring import blend, mean_vector, similarity
from goodsight.core.store_ports import (
    Found,
    NewPhoto,
    PhotoPlace,
    ProductChange,
    Removal,
    ScoredProduct,
    VectorQuery,
)
from goodsight.core.types import FloatArray, ModelCard, Product, Skip

__all__ = ["MemoryStore"]


@dataclass
class _Collection:
    name: str
    profile: str
    card: ModelCard
    products: dict[str, Product] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    last_run: dict[str, int] = field(default_factory=dict)
    # product id -> reference -> content hash
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    photos: dict[str, NewPhoto] = field(default_factory=dict)
    version: int = 0

    def photo_hashes(self, product_id: str) -> dict[str, str]:
        """Reference -> content hash, in the product's own order."""
        places = self.places.get(product_id, {})
        listed = self.products[product_id].photos if product_id in self.products else ()
        return {reference: places[reference] for reference in listed if reference in places}

    def needed(self) -> set[str]:
        return {content for places in self.places.values() for content in places.values()}


class MemoryStore:
    """All collections, in a dictionary."""

    def __init__(self) -> None:
        self.collections: dict[str, _Collection] = {}
        self.runs = 0

    def names(self) -> Sequence[str]:
        return sorted(self.collections)

    def open(self, name: str) -> MemoryProducts:
        self.find(name)
        return MemoryProducts(self, name)

    def begin_run(self, name: str, *, profile: str, card: ModelCard, source: str) -> MemoryRun:
        found = self.collections.setdefault(name, _Collection(name, profile, card))
        if found.card.space != card.space:
            raise SpaceMismatch(f"'{name}' holds vectors of {found.card.name}, not {card.name}")
        self.runs += 1
        return MemoryRun(found, source, self.runs)

    def delete(self, name: str) -> None:
        self.find(name)
        del self.collections[name]

    def close(self) -> None:
        """Nothing to give back."""

    def find(self, name: str) -> _Collection:
        if name not in self.collections:
            raise CollectionNotFound(f"no collection '{name}'")
        return self.collections[name]


class MemoryProducts:
    """One collection, read."""

    def __init__(self, store: MemoryStore, name: str) -> None:
        self.store = store
        self.name = name

    @property
    def collection(self) -> _Collection:
        return self.store.find(self.name)

    def info(self) -> CollectionInfo:
        found = self.collection
        return CollectionInfo(
            name=found.name,
            profile=found.profile,
            model=found.card.name,
            space=found.card.space,
            dimension=found.card.dimension,
            products=len(found.products),
            photos=sum(len(places) for places in found.places.values()),
            index_version=found.version,
            has_vector_index=False,
            sources=tuple(sorted(set(found.owners.values()))),
        )

    def search(self, query: VectorQuery) -> Found:
        found = self.collection
        if query.space != found.card.space:
            raise SpaceMismatch(f"'{self.name}' is in space {found.card.space}, not {query.space}")
        scored = [
            self._score(product, query)
            for product in found.products.values()
            if found.photo_hashes(product.id)
            and (query.where is None or matches(query.where, product))
        ]
        scored.sort(key=lambda item: (-item.score, item.product.id))
        return Found(tuple(scored[: query.limit + query.besides]), found.version)

    def _score(self, product: Product, query: VectorQuery) -> ScoredProduct:
        hashes = self.collection.photo_hashes(product.id)
        vectors = self.vectors(product.id)
        scores = similarity(query.vector, vectors, query.metric)
        best = int(np.argmax(scores))
        mean = float(similarity(query.vector, mean_vector(vectors)[np.newaxis], query.metric)[0])
        content_hash = list(dict.fromkeys(hashes.values()))[best]
        photo = next(reference for reference, other in hashes.items() if other == content_hash)
        return ScoredProduct(
            product=product,
            photo=photo,
            content_hash=content_hash,
            variants=product.variants_showing(photo),
            score=blend(float(scores[best]), mean),
            parts={"best": float(scores[best]), "mean": mean},
        )

    def get(self, product_ids: Sequence[str]) -> Sequence[Product]:
        products = self.collection.products
        return [products[product_id] for product_id in product_ids if product_id in products]

    def vectors(self, product_id: str, space: str | None = None) -> FloatArray:
        found = self.collection
        if space not in (None, found.card.space):
            raise SpaceMismatch(f"'{self.name}' is in space {found.card.space}, not {space}")
        distinct = dict.fromkeys(found.photo_hashes(product_id).values())
        rows = [found.photos[content_hash].vector for content_hash in distinct]
        return np.array(rows, dtype=np.float32).reshape(-1, found.card.dimension)

    def looks(self, product_ids: Sequence[str]) -> Mapping[str, Sequence[SeenPhoto]]:
        found = {}
        for product_id in product_ids:
            first = {}
            for reference, key in self.collection.photo_hashes(product_id).items():
                first.setdefault(key, reference)
            photos = [(first[key], self.collection.photos[key]) for key in first]
            if photos:
                found[product_id] = [_seen(*photo) for photo in photos]
        return found

    def thumbnails(self, content_hashes: Sequence[str]) -> Mapping[str, bytes]:
        photos = self.collection.photos
        return {key: photos[key].thumbnail for key in content_hashes if key in photos}


class MemoryRun:
    """One run of indexing one source."""

    def __init__(self, collection: _Collection, source: str, number: int) -> None:
        self.collection = collection
        self.source = source
        self.number = number
        self.dropped_places = 0

    def put_products(self, products: Sequence[Product]) -> Sequence[ProductChange]:
        changes = [self._put_product(product) for product in products]
        if any(change is not ProductChange.UNCHANGED for change in changes):
            self.collection.version += 1
        return changes

    def _put_product(self, product: Product) -> ProductChange:
        found = self.collection
        before = found.products.get(product.id)
        found.owners[product.id] = self.source
        found.last_run[product.id] = max(self.number, found.last_run.get(product.id, 0))
        if before == product:
            return ProductChange.UNCHANGED
        found.products[product.id] = product
        places = found.places.setdefault(product.id, {})
        for reference in set(places) - set(product.photos):
            del places[reference]
            self.dropped_places += 1
        return ProductChange.ADDED if before is None else ProductChange.CHANGED

    def known_places(
        self, product_ids: Sequence[str], described: Described = Described.NOT
    ) -> Mapping[tuple[str, str], str]:
        places = self.collection.places
        return {
            (product_id, reference): content_hash
            for product_id in product_ids
            for reference, content_hash in places.get(product_id, {}).items()
            if self._is_known(content_hash, described)
        }

    def known_photos(
        self, content_hashes: Sequence[str], described: Described = Described.NOT
    ) -> frozenset[str]:
        return frozenset(key for key in content_hashes if self._is_known(key, described))

    def _is_known(self, content_hash: str, described: Described) -> bool:
        photo = self.collection.photos.get(content_hash)
        return photo is not None and _described(photo) >= described

    def put_photos(self, photos: Sequence[NewPhoto], places: Sequence[PhotoPlace]) -> None:
        found = self.collection
        if any(photo.space != found.card.space for photo in photos):
            raise SpaceMismatch(f"'{found.name}' has the encoder {found.card.name}")
        kept = found.photos | {
            photo.content_hash: _copied(photo)
            for photo in reversed(photos)
            if photo.content_hash not in found.photos
            or _described(photo) > _described(found.photos[photo.content_hash])
        }
        for place in places:
            if place.content_hash not in kept:
                raise StoreError(f"photo {place.content_hash} is neither new nor kept")
        found.photos = kept
        for place in places:
            product = found.products.get(place.product_id)
            # Another run may have removed the product, or the photo from its list.
            if product is not None and place.reference in product.photos:
                found.places[place.product_id][place.reference] = place.content_hash
        found.version += 1

    def finish(self, skipped: Sequence[Skip], *, remove_missing: bool, complete: bool) -> Removal:
        found = self.collection
        removed_products, removed_photos = 0, self.dropped_places
        if complete and remove_missing:
            kept = {skip.reference for skip in skipped}
            for product_id in [key for key in found.products if self._is_missing(key, kept)]:
                removed_photos += len(found.places.pop(product_id, {}))
                removed_products += 1
                del found.products[product_id]
                del found.owners[product_id]
        if complete:
            needed = found.needed()
            found.photos = {key: photo for key, photo in found.photos.items() if key in needed}
        found.version += 1
        return Removal(removed_products, removed_photos)

    def _is_missing(self, product_id: str, kept: set[str]) -> bool:
        """Of this source, in no run since this one began, and not merely unreadable."""
        return (
            self.collection.owners[product_id] == self.source
            and self.collection.last_run[product_id] < self.number
            and product_id not in kept
        )


def _seen(reference: str, photo: NewPhoto) -> SeenPhoto:
    looks = photo.looks
    return SeenPhoto(
        reference,
        photo.content_hash,
        photo.vector,
        None if looks is None else looks.colours,
        None if looks is None else looks.pattern,
        None if looks is None else looks.printed_words,
    )


def _described(photo: NewPhoto) -> Described:
    if photo.looks is None:
        return Described.NOT
    read = photo.looks.printed_words is not None
    return Described.WITH_WORDS if read else Described.PLAINLY


def _copied(photo: NewPhoto) -> NewPhoto:
    return replace(photo, vector=photo.vector.copy(), features=photo.features.copy())

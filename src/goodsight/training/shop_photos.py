"""A collection's photos as a tuning run sees them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import InputError
from goodsight.core.judgements import category_of
from goodsight.core.types import FloatArray
from goodsight.reading import CollectionReader

__all__ = ["ShopPhotos"]

# Features of so many photos are held in memory at most; whole products are left out beyond.
MAX_PHOTOS = 60_000


@dataclass(frozen=True, slots=True)
class ShopPhotos:
    """n photos of p products; those of the catalogue first, product by product.

    `features` float32 (n, f) are the encoder's raw output, `products` int64 (n,) number the
    products, of which `ids`, `titles` and `categories` tell. `references` name a place of each
    photo. The first `of_catalogue` are the catalogue's own, and what is searched.
    """

    features: FloatArray
    products: NDArray[np.int64]
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    categories: tuple[str, ...]
    content_hashes: tuple[str, ...]
    references: tuple[str, ...]
    of_catalogue: int

    def __len__(self) -> int:
        return len(self.features)

    @classmethod
    def of(cls, reader: CollectionReader) -> ShopPhotos:
        """The photos of a collection, or of evenly drawn products where there are very many.

        Raises InputError where there is none, CollectionNotFound, StoreError.
        """
        every = max(1, -(-reader.info().photos // MAX_PHOTOS))
        stored = [
            item
            for number, item in enumerate(reader.stored().product_vectors())
            if number % every == 0
        ]
        if not stored:
            raise InputError("the collection has no photo to learn from: goodsight index SOURCE")
        counts = [len(item.features) for item in stored]
        return cls(
            features=np.concatenate([item.features for item in stored]),
            products=np.repeat(np.arange(len(stored)), counts),
            ids=tuple(item.product.id for item in stored),
            titles=tuple(item.product.title for item in stored),
            categories=tuple(category_of(item.product) for item in stored),
            content_hashes=tuple(name for item in stored for name in item.content_hashes),
            references=tuple(names[0] for item in stored for names in item.references),
            of_catalogue=sum(counts),
        )

    def some(self, rows: NDArray[np.intp]) -> ShopPhotos:
        """The photos of these rows, which ascend; every product stays, with photos or without."""
        return replace(
            self,
            features=self.features[rows],
            products=self.products[rows],
            content_hashes=tuple(self.content_hashes[row] for row in rows),
            references=tuple(self.references[row] for row in rows),
            of_catalogue=int((rows < self.of_catalogue).sum()),
        )

    def fingerprint(self) -> str:
        """SHA-256, in hex, of which photos show which products."""
        shown = sorted(
            f"{self.ids[product]}\x00{content_hash}"
            for product, content_hash in zip(self.products, self.content_hashes, strict=True)
        )
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()

"""Products put, given photos and removed one by one, as an API does it.

A put is a small index run over the products given: the same path as a feed's, so that what
came over HTTP is embedded, kept and found like everything else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from goodsight.collection_runs import EncoderNow, begin_run
from goodsight.core.errors import PhotoError, UsageError
from goodsight.core.looks import Described
from goodsight.core.store_ports import IndexRun, NewPhoto, PhotoPlace, ProductChange, Removal
from goodsight.core.types import Product, Skip
from goodsight.meaning import learn_meanings
from goodsight.wiring import Wiring

__all__ = ["API_SOURCE", "Editor", "ItemAnswer"]

# The source of products that came one by one: no feed removes them, and they remove none.
API_SOURCE = "api"


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What became of one product: its change, photos that can be found now, photos left out."""

    product_id: str
    change: ProductChange
    photos: int
    skipped: tuple[Skip, ...]


class Editor:
    """Edits one collection. Safe to use from several threads."""

    def __init__(self, wiring: Wiring, collection: str, encoder: EncoderNow) -> None:
        self._wiring = wiring
        self._collection = collection
        self._encoder = encoder

    def put(self, products: Sequence[Product]) -> tuple[ItemAnswer, ...]:
        """Insert or replace products and embed their photos; one answer each, in order.

        Photos are URLs, or references of photos that were added before. Durable when this
        returns. Raises StoreError, ModelError.
        """
        begun = begin_run(
            self._wiring,
            self._collection,
            API_SOURCE,
            first=self._encoder,
            again=self._encoder,
            loader=lambda card: self._wiring.kept_photos(card, self._collection),
        )
        run = _NotedRun(begun.run)
        report = replace(begun, run=run).index(
            _GivenProducts(products), options=self._wiring.index_options(remove_missing=False)
        )
        put = [product.id for product in products]
        learn_meanings(self._wiring, self._collection, product_ids=put)
        reasons: dict[str, list[Skip]] = {}
        for skip in report.skipped:
            reasons.setdefault(skip.reference, []).append(skip)
        return tuple(
            _answer(product, change, reasons)
            for product, change in zip(products, run.changes, strict=True)
        )

    def add_photo(self, product_id: str, data: bytes) -> str:
        """Give a product one more photo; the photo's content hash.

        Raises PhotoError for bytes that are no photo, UsageError for an unknown product.
        """
        found = self._wiring.store().open(self._collection).get([product_id])
        if not found:
            raise UsageError(f"no product '{product_id}' in the collection '{self._collection}'")
        content_hash = hashlib.sha256(data).hexdigest()
        reference = self._wiring.reference_of_original(content_hash)
        # Looked at before it is kept: what is no photo is refused and leaves nothing behind.
        self._wiring.decode_upload(data)
        self._wiring.store().originals(self._collection).put(content_hash, data)
        photos = tuple(dict.fromkeys((*found[0].photos, reference)))
        [answer] = self.put([replace(found[0], photos=photos)])
        for skip in answer.skipped:
            if skip.reference == reference:
                raise PhotoError(skip.reason, reference="the photo")
        return content_hash

    def remove(self, product_ids: Sequence[str]) -> int:
        """Remove products with everything only they had; how many there were."""
        removed = self._wiring.store().remove_products(self._collection, product_ids)
        self._wiring.store().originals(self._collection).drop_unneeded()
        return removed


def _answer(
    product: Product, change: ProductChange, reasons: Mapping[str, Sequence[Skip]]
) -> ItemAnswer:
    skipped = [skip for photo in product.photos for skip in reasons.get(photo, ())[:1]]
    return ItemAnswer(product.id, change, len(product.photos) - len(skipped), tuple(skipped))


@dataclass(frozen=True, slots=True)
class _GivenProducts:
    """A catalogue that is already in memory."""

    products: Sequence[Product]
    source: str = API_SOURCE

    def read(self) -> Iterator[Product | Skip]:
        for product in self.products:
            yield replace(product, source=product.source or self.source)


class _NotedRun:
    """An index run that also notes what putting each product did."""

    def __init__(self, run: IndexRun) -> None:
        self._run = run
        self.changes: list[ProductChange] = []

    def put_products(self, products: Sequence[Product]) -> Sequence[ProductChange]:
        changes = self._run.put_products(products)
        self.changes += changes
        return changes

    def known_places(
        self, product_ids: Sequence[str], described: Described = Described.NOT
    ) -> Mapping[tuple[str, str], str]:
        return self._run.known_places(product_ids, described)

    def known_photos(
        self, content_hashes: Sequence[str], described: Described = Described.NOT
    ) -> frozenset[str]:
        return self._run.known_photos(content_hashes, described)

    def put_photos(self, photos: Sequence[NewPhoto], places: Sequence[PhotoPlace]) -> None:
        self._run.put_photos(photos, places)

    def finish(self, skipped: Sequence[Skip], *, remove_missing: bool, complete: bool) -> Removal:
        return self._run.finish(skipped, remove_missing=remove_missing, complete=complete)

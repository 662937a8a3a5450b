"""index(): catalogue -> report.

    Catalog -> Product -> PhotoEmbedder (loader, encoder, describer) -> NewPhoto -> IndexRun

Products are committed as they are read. Photos are hashed, and only those whose bytes are
new are decoded, thumbnailed and embedded, each wholly on one worker thread: decoding and
the model runtime release the interpreter lock, so every core is busy with both. Finished
photos are committed in batches. The look-ahead is bounded, so memory does not grow with the
catalogue.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from goodsight.core.embedding_photos import PhotoEmbedder, seen_again
from goodsight.core.errors import PhotoError, SpaceMismatch, StoreError
from goodsight.core.looks import Described
from goodsight.core.ports import Catalog, Progress
from goodsight.core.reports import IndexReport, PhotoCounts, ProductCounts
from goodsight.core.store_ports import IndexRun, NewPhoto, PhotoPlace, ProductChange
from goodsight.core.types import Product, Skip

__all__ = ["IndexOptions", "index"]

Item = TypeVar("Item")
Outcome = NewPhoto | Skip


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """How an index run goes about its work.

    `workers` threads decode and embed, `readers` read bytes and hash them. `photos_per_commit`
    bounds what a crash can cost, `look_ahead` how many photos may be in work or waiting for
    their commit.
    """

    workers: int = 2
    readers: int = 2
    products_per_commit: int = 200
    photos_per_commit: int = 64
    look_ahead: int = 128
    remove_missing: bool = True


def index(
    catalog: Catalog,
    embedder: PhotoEmbedder,
    run: IndexRun,
    *,
    reopened: Callable[[], PhotoEmbedder] | None = None,
    options: IndexOptions = IndexOptions(),
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> IndexReport:
    """Bring a collection up to date with a catalogue.

    Where the `embedder` describes photos, those of before are described too as far as they are
    not. Where another process replaces the collection's encoder meanwhile, `reopened` gives what
    to see with from then on. `should_stop` is asked between photos; once it says True the run
    commits what is done and returns a report marked interrupted. Raises CatalogError where the
    feed cannot be read (what went in before stays), StoreError and ModelError.
    """
    with ExitStack() as stack:
        encoding = stack.enter_context(ThreadPoolExecutor(options.workers))
        hashing = stack.enter_context(ThreadPoolExecutor(options.readers))
        pools = encoding, hashing
        work = _Work(catalog, embedder, run, reopened, options, progress, should_stop, *pools)
        return work.go()


@dataclass(slots=True)
class _Pending:
    """A photo on its way. Places that share its bytes wait for the same outcome."""

    outcome: Future[Outcome]
    content_hash: str
    places: list[PhotoPlace] = field(default_factory=list)


@dataclass(slots=True)
class _Work:
    catalog: Catalog
    embedder: PhotoEmbedder
    run: IndexRun
    reopened: Callable[[], PhotoEmbedder] | None
    options: IndexOptions
    progress: Progress | None
    should_stop: Callable[[], bool]
    encoding: ThreadPoolExecutor
    # A pool of its own: hashing the next products must not queue behind slow encoding.
    hashing: ThreadPoolExecutor
    products: ProductCounts = field(default_factory=ProductCounts)
    photos: PhotoCounts = field(default_factory=PhotoCounts)
    skipped: list[Skip] = field(default_factory=list)
    skipped_photos: int = 0
    pending: deque[_Pending] = field(default_factory=deque)
    finished_photos: list[NewPhoto] = field(default_factory=list)
    finished_places: list[PhotoPlace] = field(default_factory=list)

    def go(self) -> IndexReport:
        started = time.monotonic()
        try:
            complete = self._read_catalog()
        except BaseException:
            self._abandon()
            raise
        if not complete:
            self._cancel_pending()
        # An empty reading is more likely a broken feed than an emptied shop: keep everything.
        removal = self.run.finish(
            self.skipped,
            remove_missing=self.options.remove_missing,
            complete=complete and self.products.seen > 0,
        )
        return IndexReport(
            products=replace(self.products, removed=removal.products),
            photos=replace(self.photos, removed=removal.photos),
            skipped=tuple(self.skipped),
            seconds=time.monotonic() - started,
            space=self.embedder.space,
            interrupted=not complete,
        )

    def _abandon(self) -> None:
        self._cancel_pending()
        with suppress(StoreError):
            self.run.finish(self.skipped, remove_missing=False, complete=False)

    def _cancel_pending(self) -> None:
        for pending in self.pending:
            pending.outcome.cancel()

    def _read_catalog(self) -> bool:
        """Work through the feed; True if it was read to its end."""
        for products in _chunks(self._good_products(), self.options.products_per_commit):
            self._put_products(products)
            for place in self._new_places(products):
                if self.should_stop():
                    break
                while len(self.pending) >= self.options.look_ahead:
                    self._collect()
                self._submit(place)
            if self.should_stop():
                break
            self._report()
        while self.pending and not self.should_stop():
            self._collect()
        self._commit()
        return not self.pending and not self.should_stop()

    def _good_products(self) -> Iterator[Product]:
        for item in self.catalog.read():
            if isinstance(item, Skip):
                self.skipped.append(item)
            else:
                yield item

    def _put_products(self, products: list[Product]) -> None:
        changes = list(self.run.put_products(products))
        counts = self.products
        self.products = replace(
            counts,
            seen=counts.seen + len(products),
            added=counts.added + changes.count(ProductChange.ADDED),
            changed=counts.changed + changes.count(ProductChange.CHANGED),
            unchanged=counts.unchanged + changes.count(ProductChange.UNCHANGED),
        )

    def _new_places(self, products: list[Product]) -> list[PhotoPlace]:
        """The places whose bytes must be embedded; all others are settled on the way."""
        changed = self._changed_places(products)
        known = self.run.known_photos(
            sorted({place.content_hash for place in changed}), self._described
        )
        for place in changed:
            if place.content_hash in known:
                self._finish_photo(None, [place])
        return [place for place in changed if place.content_hash not in known]

    def _changed_places(self, products: list[Product]) -> list[PhotoPlace]:
        """The places whose bytes differ from what was last put there."""
        before = self.run.known_places([product.id for product in products], self._described)
        wanted = [(product.id, photo) for product in products for photo in product.photos]
        hashes = self.hashing.map(self._content_hash, [photo for _, photo in wanted])
        changed, unchanged = [], 0
        for (product_id, reference), content_hash in zip(wanted, hashes, strict=True):
            if content_hash is None:
                continue
            if isinstance(content_hash, Skip):
                self._skip_photos(content_hash, [reference])
            elif before.get((product_id, reference)) == content_hash:
                unchanged += 1
            else:
                changed.append(PhotoPlace(product_id, reference, content_hash))
        counts = self.photos
        self.photos = replace(
            counts, seen=counts.seen + len(wanted), unchanged=counts.unchanged + unchanged
        )
        return changed

    @property
    def _described(self) -> Described:
        """How far a photo must be described to count as known."""
        return self.embedder.reach

    def _content_hash(self, reference: str) -> str | Skip | None:
        """None once the run is to stop: photos by URL would be fetched for nothing."""
        if self.should_stop():
            return None
        try:
            return self.embedder.loader.content_hash(reference)
        except PhotoError as error:
            return Skip(reference, error.reason)

    def _submit(self, place: PhotoPlace) -> None:
        for pending in self.pending:
            if pending.content_hash == place.content_hash:
                pending.places.append(place)
                return
        outcome = self.encoding.submit(self.embedder.embed, place.reference)
        self.pending.append(_Pending(outcome, place.content_hash, [place]))

    def _collect(self) -> None:
        """Wait for the oldest photo in work and set it aside for the next commit."""
        pending = self.pending.popleft()
        outcome = pending.outcome.result()
        if isinstance(outcome, Skip):
            self._skip_photos(outcome, [place.reference for place in pending.places])
            return
        # The bytes may have changed between hashing and decoding: what was decoded counts.
        content_hash = outcome.content_hash
        self._finish_photo(
            outcome, [replace(place, content_hash=content_hash) for place in pending.places]
        )

    def _skip_photos(self, skip: Skip, references: list[str]) -> None:
        self.skipped += [replace(skip, reference=reference) for reference in references]
        self.skipped_photos += len(references)

    def _finish_photo(self, photo: NewPhoto | None, places: list[PhotoPlace]) -> None:
        if photo is not None:
            self.finished_photos.append(photo)
        self.finished_places += places
        if len(self.finished_places) >= self.options.photos_per_commit:
            self._commit()

    def _commit(self) -> None:
        if not self.finished_places:
            return
        self._put_photos()
        # Counted only now: a photo is acknowledged once its batch is committed.
        indexed = self.photos.indexed + len(self.finished_places)
        self.photos = replace(self.photos, indexed=indexed)
        self.finished_photos, self.finished_places = [], []
        self._report()

    def _put_photos(self) -> None:
        """Keep what is finished, seen once more where the collection's encoder was replaced."""
        try:
            self.run.put_photos(self.finished_photos, self.finished_places)
        except SpaceMismatch:
            if self.reopened is None:
                raise
            self._see_again(self.reopened())
            self._put_photos()

    def _see_again(self, embedder: PhotoEmbedder) -> None:
        self.embedder = embedder
        for pending in self.pending:
            if pending.outcome.cancel():
                pending.outcome = self.encoding.submit(embedder.embed, pending.places[0].reference)
        again = seen_again(self.finished_photos, self.finished_places, embedder, self.encoding)
        self.finished_photos, self.finished_places = list(again.photos), list(again.places)
        for skip in again.skipped:
            self._skip_photos(skip, [skip.reference])

    def _report(self) -> None:
        if self.progress is not None:
            self.progress.update(
                products=self.products.seen,
                photos=self.photos.indexed + self.photos.unchanged + self.skipped_photos,
                indexed=self.photos.indexed,
                skipped=len(self.skipped),
            )


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk

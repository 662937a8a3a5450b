"""One run of indexing one source into one collection."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from psycopg import sql

from goodsight.core.looks import Described
from goodsight.core.store_ports import NewPhoto, PhotoPlace, ProductChange, Removal
from goodsight.core.types import Product, Skip
from goodsight.stores.postgres.cleaning import (
    drop_unneeded_photos,
    measure,
    remove_missing_products,
    tidy,
)
from goodsight.stores.postgres.collection_rows import (
    ActiveCollection,
    find_collection,
    hold_for_run,
    release_from_run,
)
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.looks import described_as
from goodsight.stores.postgres.photo_writes import (
    prepare_stage,
    refresh_means,
    write_photos,
    write_places,
)
from goodsight.stores.postgres.product_writes import write_products
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.set_locks import sets_stay
from goodsight.stores.postgres.spaces import find_projection
from goodsight.stores.postgres.text import digest, storable
from goodsight.stores.postgres.vector_index import (
    build_indexes,
    drop_indexes,
    outgrows_index,
)
from goodsight.stores.postgres.vector_sets import VectorSet

__all__ = ["PostgresRun", "begin_run"]

MAX_SKIPS_KEPT = 1000

_SOURCE = """
    INSERT INTO sources (collection_id, name) VALUES (%s, %s)
    ON CONFLICT (collection_id, name) DO UPDATE SET name = excluded.name RETURNING id
"""
_BEGIN = "INSERT INTO index_runs (collection_id, source_id) VALUES (%s, %s) RETURNING id"
_END = """
    UPDATE index_runs
    SET status = %s, finished_at = now(), products_seen = %s, products_changed = %s,
        products_removed = %s, photos_indexed = %s, photos_removed = %s, skipped_count = %s,
        skipped = %s
    WHERE id = %s
"""
_LOCK_COLLECTION = "SELECT active_vector_set FROM collections WHERE id = %s FOR NO KEY UPDATE"
# The space is not switched while we read; other readers do not mind.
_HOLD_SPACE = "SELECT active_vector_set FROM collections WHERE id = %s FOR SHARE"
_NEW_VERSION = "UPDATE collections SET index_version = index_version + 1 WHERE id = %s"
_KNOWN_PLACES = sql.SQL("""
    SELECT p.product_key, f.reference, i.content_hash
    FROM products p JOIN photos f ON f.product_id = p.id JOIN images i ON i.id = f.image_id
    JOIN {} v ON v.image_id = f.image_id
    WHERE p.collection_id = %s AND p.key_digest = ANY (%s) AND {}
""")
_KNOWN_PHOTOS = sql.SQL("""
    SELECT i.content_hash FROM images i JOIN {} v ON v.image_id = i.id
    WHERE i.collection_id = %s AND i.content_hash = ANY (%s) AND {}
""")
_COUNT_PHOTOS = sql.SQL("SELECT count(*) FROM {}")


@dataclass(slots=True)
class _Counts:
    products_seen: int = 0
    products_changed: int = 0
    photos_indexed: int = 0
    new_vectors: int = 0
    dropped_places: int = 0


def begin_run(connection: Connection, collection: ActiveCollection, source: str) -> PostgresRun:
    """Begin a run on a session of its own, which the run closes."""
    hold_for_run(connection, collection.id)
    [(source_id,)] = connection.execute(_SOURCE, [collection.id, storable(source)])
    [(run_id,)] = connection.execute(_BEGIN, [collection.id, source_id])
    prepare_stage(connection)
    run = PostgresRun(connection, collection, source_id, run_id)
    run.count_photos()
    return run


class PostgresRun:
    """Writes one run's products and photos, each call in a transaction of its own.

    Transactions of one collection go one after the other (`_writing`): they are short, none
    can deadlock, and a mean is never computed beside photos it does not see. Each finds the
    space as it is then: it may be switched in the middle of a run. Another projection makes the
    vectors then; photos of an encoder that is no longer in use are refused.
    """

    def __init__(
        self,
        connection: Connection,
        collection: ActiveCollection,
        source_id: int,
        run_id: int,
    ) -> None:
        self._connection = connection
        self._collection = collection
        self._projection = find_projection(connection, collection)
        self._source_id = source_id
        self._run_id = run_id
        self._old_photos = 0
        self._counts = _Counts()

    def count_photos(self) -> None:
        """Note how many photos there are before anything is put."""
        with translated("counting photos"), self._in_space(_HOLD_SPACE):
            statement = _COUNT_PHOTOS.format(self._vectors.photo_vectors)
            [(self._old_photos,)] = self._connection.execute(statement)

    def put_products(self, products: Sequence[Product]) -> Sequence[ProductChange]:
        """Insert or update by value; see the port."""
        if not products:
            return ()
        with translated("keeping products"), self._writing():
            written = write_products(
                self._connection,
                collection_id=self._collection.id,
                source_id=self._source_id,
                run_id=self._run_id,
                products=products,
            )
            refresh_means(self._connection, self._vectors, written.touched_products)
            changed = len(products) - written.changes.count(ProductChange.UNCHANGED)
            if changed:
                self._connection.execute(_NEW_VERSION, [self._collection.id])
        self._counts.products_seen += len(products)
        self._counts.products_changed += changed
        self._counts.dropped_places += written.dropped_places
        return written.changes

    def known_places(
        self, product_ids: Sequence[str], described: Described = Described.NOT
    ) -> Mapping[tuple[str, str], str]:
        """(product id, reference) -> content hash; see the port."""
        keys = [digest(product_id) for product_id in product_ids]
        with translated("looking up photos"), self._in_space(_HOLD_SPACE):
            statement = _KNOWN_PLACES.format(self._vectors.photo_vectors, described_as(described))
            rows = self._connection.execute(statement, [self._collection.id, keys])
            return {(product, reference): content for product, reference, content in rows}

    def known_photos(
        self, content_hashes: Sequence[str], described: Described = Described.NOT
    ) -> frozenset[str]:
        """Those whose photo is known; see the port."""
        with translated("looking up photos"), self._in_space(_HOLD_SPACE):
            statement = _KNOWN_PHOTOS.format(self._vectors.photo_vectors, described_as(described))
            rows = self._connection.execute(statement, [self._collection.id, list(content_hashes)])
            return frozenset(content for (content,) in rows)

    def put_photos(self, photos: Sequence[NewPhoto], places: Sequence[PhotoPlace]) -> None:
        """Keep new photos and set places; durable when this returns. See the port."""
        with translated("keeping photos"), self._writing():
            for space in {photo.space for photo in photos}:
                self._collection.check_encoder(space)
            new_vectors = write_photos(self._connection, self._collection, self._projection, photos)
            write_places(self._connection, self._collection.id, self._vectors, places)
            self._connection.execute(_NEW_VERSION, [self._collection.id])
        self._counts.photos_indexed += len(places)
        before = self._counts.new_vectors
        self._counts.new_vectors += new_vectors
        self._make_way(before)

    def finish(self, skipped: Sequence[Skip], *, remove_missing: bool, complete: bool) -> Removal:
        """Close the run; see the port."""
        removed = Removal(0, 0)
        with translated("finishing the index run"), self._connection:
            if complete:
                if remove_missing:
                    removed = self._remove_missing(skipped)
                self._clean_up(removed)
            removed = Removal(removed.products, removed.photos + self._counts.dropped_places)
            self._record_end(skipped, removed, "complete" if complete else "interrupted")
            release_from_run(self._connection, self._collection.id)
        return removed

    def _remove_missing(self, skipped: Sequence[Skip]) -> Removal:
        with self._writing():
            return remove_missing_products(
                self._connection,
                source_id=self._source_id,
                run_id=self._run_id,
                kept={skip.reference for skip in skipped},
            )

    def _clean_up(self, removed: Removal) -> None:
        counts, connection = self._counts, self._connection
        with translated("dropping photos no product shows"):
            dropped = drop_unneeded_photos(connection, self._collection.id, self._run_id)
        changed = counts.products_changed + counts.new_vectors + removed.products
        with sets_stay(connection, self._collection.id) as staying:
            if not staying:
                return  # whoever replaces the vectors measures and indexes the new ones
            with self._in_space(_HOLD_SPACE):
                vectors = self._vectors
            measure(connection, self._collection.id, vectors)
            build_indexes(connection, vectors)
            tidy(connection, vectors, changed=changed, dropped=dropped)

    def _record_end(self, skipped: Sequence[Skip], removed: Removal, status: str) -> None:
        counts = self._counts
        kept = [[skip.reference, skip.reason, skip.row] for skip in skipped[:MAX_SKIPS_KEPT]]
        self._connection.execute(
            _END,
            [
                status,
                counts.products_seen,
                counts.products_changed,
                removed.products,
                counts.photos_indexed,
                removed.photos,
                len(skipped),
                storable(json.dumps(kept)),
                self._run_id,
            ],
        )
        # Removals and a new index are news to readers, too.
        self._connection.execute(_NEW_VERSION, [self._collection.id])

    def _make_way(self, before: int) -> None:
        """Drop the index once, when this run has added so much that inserting costs more."""
        outgrown = outgrows_index(self._counts.new_vectors, self._old_photos)
        if outgrown and not outgrows_index(before, self._old_photos):
            with (
                translated("dropping the vector index to build it anew"),
                sets_stay(self._connection, self._collection.id) as staying,
            ):
                if staying:
                    drop_indexes(self._connection, self._vectors)

    @property
    def _vectors(self) -> VectorSet:
        return self._collection.vectors

    def _writing(self) -> AbstractContextManager[None]:
        return self._in_space(_LOCK_COLLECTION)

    @contextmanager
    def _in_space(self, lock: str) -> Iterator[None]:
        """A transaction in which the collection's space stays what `self` says it is."""
        with self._connection.transaction():
            [(active,)] = self._connection.execute(lock, [self._collection.id])
            if active != self._vectors.id:
                self._collection = find_collection(self._connection, self._collection.name)
                self._projection = find_projection(self._connection, self._collection)
            yield

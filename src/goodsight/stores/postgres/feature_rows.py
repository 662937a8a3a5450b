"""Features of photos from one encoder, kept and counted; photos that lack them, listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from goodsight.core.errors import StoreError
from goodsight.core.projecting import FeatureBatch
from goodsight.core.space_ports import EmbeddedPhoto, EmbedPhotos, FeatureCount, PhotoToEmbed
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.photo_writes import encode_features
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.spaces import features_after

__all__ = ["PostgresFeatures", "alone_with_features", "catch_up"]

EMBEDDING_LOCK = 0x600DE3B
PHOTOS_PER_PAGE = 256
# Places of one photo that are tried; each may be a server that does not answer.
REFERENCES = 3

_LACKING = """
    SELECT i.id, i.content_hash, ARRAY(SELECT DISTINCT f.reference FROM photos f
                                       WHERE f.image_id = i.id ORDER BY f.reference LIMIT %s)
    FROM images i
    WHERE i.collection_id = %s AND i.id > %s
      AND EXISTS (SELECT FROM photos f WHERE f.image_id = i.id)
      AND NOT EXISTS (SELECT FROM features f WHERE f.image_id = i.id AND f.vector_set_id = %s)
    ORDER BY i.id LIMIT %s
"""
_COUNT = """
    SELECT (SELECT count(*) FROM images i WHERE i.collection_id = %(collection)s
              AND EXISTS (SELECT FROM photos f WHERE f.image_id = i.id)
              AND EXISTS (SELECT FROM features f
                          WHERE f.image_id = i.id AND f.vector_set_id = %(set)s)),
           (SELECT count(*) FROM images i WHERE i.collection_id = %(collection)s
              AND EXISTS (SELECT FROM photos f WHERE f.image_id = i.id))
"""
_HOLD_SET = "SELECT FROM vector_sets WHERE id = %s FOR KEY SHARE"
# A photo that was removed meanwhile finds no row to join.
_KEEP = """
    INSERT INTO features (image_id, vector_set_id, bytes_each, numbers)
    SELECT i.id, %s, n.bytes_each, n.numbers
    FROM unnest(%s::bigint[], %s::smallint[], %s::bytea[]) AS n (id, bytes_each, numbers)
    JOIN images i ON i.id = n.id
    ORDER BY i.id FOR KEY SHARE OF i
    ON CONFLICT (image_id, vector_set_id) DO NOTHING
"""


class PostgresFeatures:
    """Implements `FeatureKeeper` for one set of a collection. Safe to use from threads."""

    def __init__(self, database: Database, name: str, set_id: int) -> None:
        self._database = database
        self._name = name
        self._set_id = set_id

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from embedding or giving up; see the port."""
        with translated(f"embedding the photos of '{self._name}'"):
            session = self._database.connect()
        with session, alone_with_features(session, self._set_id):
            yield

    def counts(self) -> FeatureCount:
        """How many photos have features; see the port."""

        def count(connection: Connection) -> FeatureCount:
            found = find_collection(connection, self._name)
            [row] = connection.execute(_COUNT, {"collection": found.id, "set": self._set_id})
            return FeatureCount(*row)

        return self._database.read(f"counting the photos of '{self._name}'", count)

    def photos_lacking(self, after: int = 0) -> Sequence[PhotoToEmbed]:
        """The next photos without features; see the port."""

        def read(connection: Connection) -> list[PhotoToEmbed]:
            found = find_collection(connection, self._name)
            return photos_lacking(connection, found.id, self._set_id, after)

        return self._database.read(f"listing the photos of '{self._name}'", read)

    def keep(self, photos: Sequence[EmbeddedPhoto]) -> None:
        """Keep features; durable when this returns. See the port."""
        doing = f"keeping the features of '{self._name}'"
        with translated(doing), self._database.connect() as connection, connection.transaction():
            keep_features(connection, self._set_id, photos)

    def feature_batches(self) -> Iterator[FeatureBatch]:
        """All features, photos of one product together; see the port."""
        after: int | None = 0
        while after is not None:
            after, batch = self._batch_after(after)
            if batch is not None:
                yield batch

    def _batch_after(self, after: int) -> tuple[int | None, FeatureBatch | None]:
        return self._database.read(
            f"reading the features of '{self._name}'",
            lambda c: features_after(c, find_collection(c, self._name).id, self._set_id, after),
        )


@contextmanager
def alone_with_features(session: Connection, set_id: int) -> Iterator[None]:
    """Raises StoreError where another process is making the features of this set."""
    key = [EMBEDDING_LOCK, set_id]
    [(alone,)] = session.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
    if not alone:
        raise StoreError(
            "the collection's photos are being embedded by another process: wait for its end, or"
            " stop it"
        )
    try:
        yield
    finally:
        if not session.closed:
            session.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def photos_lacking(
    connection: Connection, collection_id: int, set_id: int, after: int
) -> list[PhotoToEmbed]:
    """The next photos, behind the row id `after`, that are shown and have no features here."""
    parameters = [REFERENCES, collection_id, after, set_id, PHOTOS_PER_PAGE]
    rows = connection.execute(_LACKING, parameters)
    return [PhotoToEmbed(row_id, key, tuple(names)) for row_id, key, names in rows]


def keep_features(connection: Connection, set_id: int, photos: Sequence[EmbeddedPhoto]) -> int:
    """Keep features; of how many photos. Raises StoreError where the set was given up."""
    if connection.execute(_HOLD_SET, [set_id]).fetchone() is None:
        raise StoreError("the change to another encoder was given up meanwhile: begin it again")
    encoded = [encode_features(photo.features) for photo in photos]
    parameters = [
        set_id,
        [photo.id for photo in photos],
        [bytes_each for bytes_each, _ in encoded],
        [numbers for _, numbers in encoded],
    ]
    return connection.execute(_KEEP, parameters).rowcount


def catch_up(connection: Connection, collection_id: int, set_id: int, embed: EmbedPhotos) -> int:
    """Embed every photo that has no features here; of how many they were made."""
    made, after = 0, 0
    while photos := photos_lacking(connection, collection_id, set_id, after):
        after = photos[-1].id
        if embedded := embed(photos):
            with connection.transaction():
                made += keep_features(connection, set_id, embedded)
    return made

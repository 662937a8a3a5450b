"""Bytes of uploaded photos, kept beside the collection that shows them."""

from __future__ import annotations

from goodsight.core.errors import CollectionNotFound
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.text import storable

__all__ = ["PostgresOriginals"]

_PUT = """
    WITH collection AS (SELECT id FROM collections WHERE name = %(name)s),
    kept AS (
        INSERT INTO originals (collection_id, content_hash, bytes)
        SELECT id, %(content_hash)s, %(data)s FROM collection
        ON CONFLICT (collection_id, content_hash) DO NOTHING)
    SELECT EXISTS (SELECT FROM collection)
"""
_GET = """
    SELECT o.bytes FROM originals o JOIN collections c ON c.id = o.collection_id
    WHERE c.name = %s AND o.content_hash = %s
"""
# A photo is kept before it is indexed: a fresh one may be about to find its place.
_DROP = """
    DELETE FROM originals o USING collections c
    WHERE c.id = o.collection_id AND c.name = %s AND o.created_at < now() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM images i WHERE i.collection_id = o.collection_id
                                             AND i.content_hash = o.content_hash)
"""


class PostgresOriginals:
    """The originals of one collection; see the port `Originals`. Safe to use from threads."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = storable(name)

    def put(self, content_hash: str, data: bytes) -> None:
        """Keep a photo's bytes; durable when this returns. Raises CollectionNotFound."""
        values = {"name": self._name, "content_hash": content_hash, "data": data}
        with translated("keeping a photo's bytes"), self._database.connect() as connection:
            [(exists,)] = connection.execute(_PUT, values).fetchall()
        if not exists:
            raise CollectionNotFound(
                f"no collection '{self._name}': make it with"
                f" goodsight index SOURCE --collection {self._name}"
            )

    def get(self, content_hash: str) -> bytes | None:
        """The bytes kept under this hash."""
        row = self._database.read(
            "looking up a photo's bytes",
            lambda c: c.cursor(binary=True).execute(_GET, [self._name, content_hash]).fetchone(),
        )
        return None if row is None else bytes(row[0])

    def drop_unneeded(self) -> int:
        """Drop those whose photo the collection no longer has; how many."""
        with translated("dropping photos' bytes"), self._database.connect() as connection:
            return connection.execute(_DROP, [self._name]).rowcount

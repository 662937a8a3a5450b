"""Removing products one by one, with the photos that only they showed."""

from __future__ import annotations

from collections.abc import Sequence

from goodsight.stores.postgres.collection_rows import RUN_LOCK, find_collection
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest

__all__ = ["remove_products"]

_LOCK = "SELECT FROM collections WHERE id = %s FOR NO KEY UPDATE"
_ALONE = "SELECT pg_try_advisory_xact_lock(%s, %s)"
_IMAGES = """
    SELECT DISTINCT f.image_id FROM photos f JOIN products p ON p.id = f.product_id
    WHERE p.collection_id = %s AND p.key_digest = ANY (%s)
"""
_REMOVE = "DELETE FROM products WHERE collection_id = %s AND key_digest = ANY (%s)"
_DROP_IMAGES = """
    DELETE FROM images i
    WHERE i.id = ANY (%s) AND NOT EXISTS (SELECT FROM photos WHERE image_id = i.id)
"""
_NEW_VERSION = "UPDATE collections SET index_version = index_version + 1 WHERE id = %s"


def remove_products(connection: Connection, name: str, product_ids: Sequence[str]) -> int:
    """Remove the products that exist among these; how many. Raises CollectionNotFound.

    Their photos go at once, unless an index run is under way: it may have been told that one
    of them is known, and drops what is left over when it ends.
    """
    collection = find_collection(connection, name)
    parameters = [collection.id, [digest(product_id) for product_id in product_ids]]
    with connection.transaction():
        connection.execute(_LOCK, [collection.id])
        images = [image for (image,) in connection.execute(_IMAGES, parameters)]
        removed = connection.execute(_REMOVE, parameters).rowcount
        [(alone,)] = connection.execute(_ALONE, [RUN_LOCK, collection.id])
        if alone:
            connection.execute(_DROP_IMAGES, [images])
        if removed:
            connection.execute(_NEW_VERSION, [collection.id])
    return removed

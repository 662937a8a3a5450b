"""The words of a collection, read product by product for whoever listens for them."""

from __future__ import annotations

from psycopg import sql

from goodsight.core.vocabulary import MAX_PHRASES, Vocabulary, vocabulary_of
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.sessions import Connection

__all__ = ["vocabulary"]

# A server-side cursor: the products of a large catalogue are never held at once.
_PRODUCTS = sql.SQL("""
    SELECT {} FROM products p WHERE p.collection_id = %s ORDER BY p.id LIMIT %s
""").format(PRODUCT_COLUMNS)


def vocabulary(connection: Connection, collection: ActiveCollection) -> Vocabulary:
    """The phrases of the collection's products, as of its index version."""
    with connection.transaction(), connection.cursor(name="vocabulary") as rows:
        rows.execute(_PRODUCTS, [collection.id, MAX_PHRASES])
        products = (ProductRow(*row).product() for row in rows)
        return vocabulary_of(products, collection.index_version)

"""The words of a collection, read product by product for whoever listens for them."""

from __future__ import annotations

from psycopg import sql

from goodsight.core.spoken_phrases import MAX_PHRASES, SpokenPhrases, spoken_phrases_of
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.sessions import Connection

__all__ = ["spoken_phrases"]

# A server-side cursor: the products of a large catalogue are never held at once.
_PRODUCTS = sql.SQL("""
    SELECT {} FROM products p WHERE p.collection_id = %s ORDER BY p.id LIMIT %s
""").format(PRODUCT_COLUMNS)


def spoken_phrases(connection: Connection, collection: ActiveCollection) -> SpokenPhrases:
    """The phrases of the collection's products, as of its index version."""
    with connection.transaction(), connection.cursor(name="spoken_phrases") as rows:
        rows.execute(_PRODUCTS, [collection.id, MAX_PHRASES])
        products = (ProductRow(*row).product() for row in rows)
        return spoken_phrases_of(products, collection.index_version)

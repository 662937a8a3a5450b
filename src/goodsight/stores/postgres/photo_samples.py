"""Photos drawn from a collection, evenly and always the same."""

from __future__ import annotations

from psycopg import sql

from goodsight.core.store_ports import SampledPhoto
from goodsight.core.types import Product
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.sessions import Connection

__all__ = ["sampled_photos"]

# A hash of the hash puts photos in an order that has to do with nothing; what is drawn stays
# drawn while the catalogue grows around it, so that two evaluations can be compared.
_SAMPLE = sql.SQL("""
    WITH drawn AS (
        SELECT i.id, i.content_hash FROM images i
        JOIN {photo_vectors} v ON v.image_id = i.id
        WHERE i.collection_id = %(collection)s
          AND EXISTS (SELECT FROM photos f WHERE f.image_id = i.id)
        ORDER BY md5(i.content_hash) LIMIT %(count)s)
    SELECT DISTINCT ON (md5(d.content_hash), p.product_key)
           d.content_hash, f.reference, {product_columns}
    FROM drawn d JOIN photos f ON f.image_id = d.id JOIN products p ON p.id = f.product_id
    ORDER BY md5(d.content_hash), p.product_key, array_position(p.photo_references, f.reference)
""")


def sampled_photos(
    connection: Connection, collection: ActiveCollection, count: int
) -> tuple[SampledPhoto, ...]:
    """At most `count` photos that some product shows."""
    statement = _SAMPLE.format(
        photo_vectors=collection.vectors.photo_vectors, product_columns=PRODUCT_COLUMNS
    )
    rows = connection.execute(statement, {"collection": collection.id, "count": count})
    drawn: dict[str, tuple[str, list[Product]]] = {}
    for content_hash, reference, *values in rows:
        _, products = drawn.setdefault(content_hash, (reference, []))
        products.append(ProductRow(*values).product())
    return tuple(
        SampledPhoto(reference, content_hash, tuple(products))
        for content_hash, (reference, products) in drawn.items()
    )

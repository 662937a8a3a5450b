"""The vectors of products' photos: one product's, and all with their features page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from psycopg import sql

from goodsight.core.store_ports import ProductVectors
from goodsight.core.types import FloatArray, Product
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.halfvectors import unit_vectors
from goodsight.stores.postgres.photo_writes import decode_features
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest

__all__ = ["vectors_after", "vectors_of"]

# A page of photos' vectors and features is a few megabytes.
PRODUCTS_PER_PAGE = 100

_VECTORS = sql.SQL("""
    SELECT vector FROM (
        SELECT DISTINCT ON (f.image_id) v.vector,
               array_position(p.photo_references, f.reference) AS position
        FROM products p JOIN photos f ON f.product_id = p.id JOIN {} v USING (image_id)
        WHERE p.collection_id = %s AND p.key_digest = %s
        ORDER BY f.image_id, position) AS shown
    ORDER BY position
""")
_PRODUCTS = sql.SQL("""
    SELECT p.id, {} FROM products p WHERE p.collection_id = %s AND p.id > %s
    ORDER BY p.id LIMIT %s
""").format(PRODUCT_COLUMNS)
# A photo without features (a projection of a later version may keep none) brings none.
_PHOTOS = sql.SQL("""
    SELECT shown.product_id, i.content_hash, shown.shown_as, v.vector, f.bytes_each, f.numbers
    FROM (SELECT f.product_id, f.image_id, min(place) AS place,
                 array_agg(f.reference ORDER BY place) AS shown_as
          FROM photos f JOIN products p ON p.id = f.product_id
          CROSS JOIN LATERAL array_position(p.photo_references, f.reference) AS place
          WHERE f.product_id = ANY (%s)
          GROUP BY f.product_id, f.image_id) AS shown
    JOIN images i ON i.id = shown.image_id
    JOIN {} v USING (image_id)
    LEFT JOIN features f ON f.image_id = shown.image_id AND f.vector_set_id = %s
    ORDER BY shown.product_id, shown.place
""")


def vectors_of(
    connection: Connection, collection: ActiveCollection, product_id: str, space: str | None
) -> FloatArray:
    """The product's, in the order of the feed, float32 (n, d), rows of norm 1.

    Raises SpaceMismatch where `space` is given and another is in use.
    """
    collection.check_space(space or collection.space)
    statement = _VECTORS.format(collection.vectors.photo_vectors)
    cursor = connection.cursor(binary=True)
    rows = cursor.execute(statement, [collection.id, digest(product_id)]).fetchall()
    return unit_vectors([row for (row,) in rows], collection.vectors.dimension)


def vectors_after(
    connection: Connection, collection: ActiveCollection, after: int
) -> tuple[int | None, list[ProductVectors]]:
    """The next products behind the row id `after`: the last one's row id, and those with photos.

    None instead of the row id where no product is left.
    """
    rows = connection.execute(_PRODUCTS, [collection.id, after, PRODUCTS_PER_PAGE]).fetchall()
    if not rows:
        return None, []
    products = {row_id: ProductRow(*row).product() for row_id, *row in rows}
    statement = _PHOTOS.format(collection.vectors.photo_vectors)
    cursor = connection.cursor(binary=True)
    photos: dict[int, list[Sequence[Any]]] = {}
    for row_id, *photo in cursor.execute(statement, [list(products), collection.feature_set]):
        photos.setdefault(row_id, []).append(photo)
    found = [
        _product_vectors(product, photos[row_id], collection)
        for row_id, product in products.items()
        if row_id in photos
    ]
    return rows[-1][0], found


def _product_vectors(
    product: Product, photos: Sequence[Sequence[Any]], collection: ActiveCollection
) -> ProductVectors:
    hashes, references, encoded, bytes_each, numbers = zip(*photos, strict=True)
    vectors = unit_vectors(encoded, collection.vectors.dimension)
    kept = None not in numbers
    features = [decode_features(*pair) for pair in zip(bytes_each, numbers, strict=True) if kept]
    return ProductVectors(
        product=product,
        content_hashes=hashes,
        references=tuple(tuple(shown) for shown in references),
        vectors=vectors,
        # What is kept is then compared by the vectors themselves.
        features=np.stack(features) if features else vectors,
    )

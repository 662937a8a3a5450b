"""Looking through a collection without a photo: by words, filter and price."""

from __future__ import annotations

from psycopg import sql

from goodsight.core.store_ports import BrowseQuery, Found, ScoredProduct
from goodsight.core.types import Finding, KeptPhoto, Sort
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.routes import Where
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest, storable

__all__ = ["browse", "photo", "photos"]

_COUNT = sql.SQL("""
    SELECT c.index_version,
           (SELECT count(*) FROM products p WHERE p.collection_id = c.id AND {condition})
    FROM collections c WHERE c.id = %(collection)s
""")
# The first photo is the one a shop shows: of those that can be found, the first in the feed.
_BROWSE = sql.SQL("""
    WITH page AS (
        SELECT p.id, {rank}::real AS rank FROM products p
        WHERE p.collection_id = %(collection)s AND {condition}
        ORDER BY {order} LIMIT {limit} OFFSET {offset})
    SELECT page.rank, shown.reference, shown.content_hash, {product_columns}
    FROM page JOIN products p USING (id)
    LEFT JOIN LATERAL (
        SELECT f.reference, i.content_hash FROM photos f JOIN images i ON i.id = f.image_id
        WHERE f.product_id = p.id
        ORDER BY array_position(p.photo_references, f.reference) LIMIT 1) shown ON TRUE
    ORDER BY {page_order}
""")
_ORDERS = {
    Sort.MATCH: sql.SQL("rank DESC, p.id"),
    Sort.PRICE: sql.SQL("p.price ASC NULLS LAST, rank DESC, p.id"),
    Sort.PRICE_DOWN: sql.SQL("p.price DESC NULLS LAST, rank DESC, p.id"),
}
_PHOTOS = """
    SELECT f.reference, i.content_hash, i.width, i.height, i.findings
    FROM products p JOIN photos f ON f.product_id = p.id JOIN images i ON i.id = f.image_id
    WHERE p.collection_id = %s AND p.key_digest = %s
    ORDER BY array_position(p.photo_references, f.reference)
"""
_PHOTO = """
    SELECT f.reference, i.content_hash, i.width, i.height, i.findings
    FROM images i JOIN photos f ON f.image_id = i.id
    WHERE i.collection_id = %s AND i.content_hash = %s LIMIT 1
"""


def browse(
    connection: Connection,
    collection: ActiveCollection,
    query: BrowseQuery,
    where: Where,
) -> Found:
    """The products that pass, and how many there are."""
    condition = sql.SQL("TRUE") if where.condition is None else where.condition
    parameters = {**where.values, "collection": collection.id}
    [(index_version, total)] = connection.execute(_COUNT.format(condition=condition), parameters)
    statement = _BROWSE.format(
        condition=condition,
        rank=where.rank,
        order=_ORDERS[query.sort],
        page_order=_ORDERS[query.sort],
        limit=sql.Literal(query.limit),
        offset=sql.Literal(query.offset),
        product_columns=PRODUCT_COLUMNS,
    )
    found = []
    for rank, reference, content_hash, *values in connection.execute(statement, parameters):
        product = ProductRow(*values).product()
        shown = reference or ""
        variants = product.variants_showing(shown)
        found.append(ScoredProduct(product, shown, content_hash or "", variants, rank))
    return Found(tuple(found), index_version, total, collection.space)


def photos(
    connection: Connection, collection: ActiveCollection, product_id: str
) -> tuple[KeptPhoto, ...]:
    """The product's photos in the order of the feed."""
    rows = connection.execute(_PHOTOS, [collection.id, digest(product_id)])
    return tuple(_kept(*row) for row in rows)


def photo(
    connection: Connection, collection: ActiveCollection, content_hash: str
) -> KeptPhoto | None:
    """One photo by its content hash."""
    row = connection.execute(_PHOTO, [collection.id, storable(content_hash)]).fetchone()
    return None if row is None else _kept(*row)


def _kept(
    reference: str, content_hash: str, width: int, height: int, findings: list[str]
) -> KeptPhoto:
    return KeptPhoto(
        reference, content_hash, width, height, tuple(Finding(name) for name in findings)
    )

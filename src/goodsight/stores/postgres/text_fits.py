"""How far products have what a text says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from psycopg import sql

from goodsight.core.asked_words import AskedWords
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest
from goodsight.stores.postgres.words_sql import FindsWords

__all__ = ["fits_of"]

_FITS = sql.SQL("""
    SELECT p.product_key, ({fit})::float8 FROM products p
    WHERE p.collection_id = %(collection)s AND p.key_digest = ANY (%(keys)s)
""")


def fits_of(
    connection: Connection,
    collection: ActiveCollection,
    asked: AskedWords | None,
    product_ids: Sequence[str],
    *,
    in_meaning: bool,
) -> dict[str, float]:
    """Product id -> 0..1, for those that have anything of it."""
    if asked is None:
        return {}
    finds = FindsWords.of(asked if in_meaning else replace(asked, near=()))
    parameters = {
        **finds.values,
        "collection": collection.id,
        "keys": [digest(product_id) for product_id in product_ids],
    }
    rows = connection.execute(_FITS.format(fit=finds.fit), parameters)
    return {product_id: fit for product_id, fit in rows if fit > 0}

"""Near-duplicate photos that different products show, from hashes and vectors kept."""

from __future__ import annotations

import numpy as np
from psycopg import sql

from goodsight.core.near_duplicates import LEAST_COSINE, close_pairs, groups_of
from goodsight.core.upkeep import Duplicate, ProductName
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.sessions import Connection

__all__ = ["near_duplicates"]

_HASHES = """
    SELECT id, perceptual_hash FROM images
    WHERE collection_id = %s AND perceptual_hash IS NOT NULL ORDER BY id
"""
_ALIKE = sql.SQL("""
    SELECT pair.one, pair.other
    FROM unnest(%s::bigint[], %s::bigint[]) AS pair (one, other)
    JOIN {vectors} v ON v.image_id = pair.one JOIN {vectors} w ON w.image_id = pair.other
    WHERE -(v.vector <#> w.vector) >= {least}
    ORDER BY 1, 2
""")
# One photo of each product, the group's first ones in front.
_SHOWN = """
    SELECT DISTINCT ON (p.product_key COLLATE "C") p.product_key, p.title, i.content_hash
    FROM photos f JOIN products p ON p.id = f.product_id JOIN images i ON i.id = f.image_id
    WHERE f.image_id = ANY (%s) ORDER BY p.product_key COLLATE "C", i.id LIMIT %s
"""


def near_duplicates(
    connection: Connection, collection: ActiveCollection, limit: int
) -> tuple[tuple[Duplicate, ...], int]:
    """Groups of photos that look like copies and that several products show; how many there are.

    Copies to the byte count as one photo. At most `limit` groups are given in full.
    """
    rows = connection.execute(_HASHES, [collection.id]).fetchall()
    hashes = np.array([signed for _, signed in rows], dtype=np.int64).view(np.uint64)
    close = [(rows[one][0], rows[other][0]) for one, other in close_pairs(hashes)]
    if not close:
        return (), 0
    statement = _ALIKE.format(
        vectors=collection.vectors.photo_vectors, least=sql.Literal(LEAST_COSINE)
    )
    ones, others = (list(side) for side in zip(*close, strict=True))
    found = []
    for group in groups_of(connection.execute(statement, [ones, others]).fetchall()):
        shown = connection.execute(_SHOWN, [list(group), limit]).fetchall()
        if len(shown) > 1:
            names = tuple(ProductName(*row) for row in shown)
            found.append(Duplicate(names[0].content_hash or "", names))
    return tuple(found[:limit]), len(found)

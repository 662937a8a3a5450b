"""How a collection stands."""

from __future__ import annotations

from goodsight.core.reports import CollectionInfo
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.sessions import Connection

__all__ = ["described"]

_COUNTS = """
    SELECT (SELECT count(*) FROM products WHERE collection_id = %(collection)s),
           (SELECT count(*) FROM photos f JOIN products p ON p.id = f.product_id
             WHERE p.collection_id = %(collection)s),
           (SELECT array_agg(name ORDER BY name COLLATE "C") FROM sources s
             WHERE EXISTS (SELECT FROM products WHERE source_id = s.id)
               AND s.collection_id = %(collection)s),
           (SELECT max(finished_at) FROM index_runs
             WHERE collection_id = %(collection)s AND status = 'complete')
"""


def described(connection: Connection, collection: ActiveCollection) -> CollectionInfo:
    """The collection with its counts and sources."""
    [(products, photos, sources, indexed_at)] = connection.execute(
        _COUNTS, {"collection": collection.id}
    )
    return CollectionInfo(
        name=collection.name,
        profile=collection.profile,
        model=collection.model,
        space=collection.space,
        encoder_space=collection.encoder_space,
        dimension=collection.vectors.dimension,
        products=products,
        photos=photos,
        index_version=collection.index_version,
        has_vector_index=collection.is_indexed,
        sources=tuple(sources or ()),
        indexed_at=indexed_at,
    )

"""What a finished run removes: products its feed no longer lists, photos no place needs."""

from __future__ import annotations

from collections.abc import Collection

from psycopg import sql

from goodsight.core.store_ports import Removal
from goodsight.stores.postgres.collection_rows import RUN_LOCK, hold_for_run, release_from_run
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest
from goodsight.stores.postgres.vector_sets import VectorSet

__all__ = ["drop_unneeded_photos", "measure", "remove_missing_products", "tidy"]

VACUUM_FROM_ROWS = 1000
ANALYZE_FROM_ROWS = 200

# A run that began after ours and saw a product knows better than we do.
_MISSING = sql.SQL("""
    SELECT p.id FROM products p JOIN sightings s ON s.product_id = p.id
    WHERE p.source_id = %(source)s AND s.run_id < %(run)s
      AND p.key_digest <> ALL (%(kept)s::bytea[])
""")
_COUNT_PLACES = "SELECT count(*) FROM photos WHERE product_id = ANY (%s)"
_REMOVE = "DELETE FROM products WHERE id = ANY (%s)"
_DROP_IMAGES = """
    DELETE FROM images i
    WHERE i.collection_id = %s AND NOT EXISTS (SELECT FROM photos WHERE image_id = i.id)
"""
_MEASURE = sql.SQL("""
    WITH counts AS (
        SELECT count(*)::real AS photos FROM products p JOIN photos f ON f.product_id = p.id
        JOIN {} v USING (image_id)
        WHERE p.collection_id = %s GROUP BY p.id)
    UPDATE vector_sets SET
        photos_per_product = coalesce((SELECT avg(photos) FROM counts), 1),
        crowding = coalesce((SELECT sum(photos ^ 2) / sum(photos) FROM counts), 1)
    WHERE id = %s
""")
_GIVE_UP_LOST_RUNS = """
    UPDATE index_runs SET status = 'lost'
    WHERE collection_id = %s AND status = 'running' AND id <> %s
"""


def remove_missing_products(
    connection: Connection, *, source_id: int, run_id: int, kept: Collection[str]
) -> Removal:
    """Remove products of the source that no run has seen since this one began.

    `kept` are ids of products that stay though they were not seen.
    """
    parameters = {"source": source_id, "run": run_id, "kept": [digest(key) for key in kept]}
    missing = [row_id for (row_id,) in connection.execute(_MISSING, parameters)]
    [(places,)] = connection.execute(_COUNT_PLACES, [missing])
    connection.execute(_REMOVE, [missing])
    return Removal(products=len(missing), photos=places)


def drop_unneeded_photos(connection: Connection, collection_id: int, run_id: int) -> int:
    """Drop photos no product shows; how many. Nothing is dropped while another run goes on.

    The other run may have been told that a photo is known, and be about to place it. Runs
    hold a lock, so being alone is certain; what is left now goes when the last run ends.
    """
    release_from_run(connection, collection_id)
    key = [RUN_LOCK, collection_id]
    [(alone,)] = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
    if not alone:
        hold_for_run(connection, collection_id)
        return 0
    try:
        dropped = connection.execute(_DROP_IMAGES, [collection_id]).rowcount
        connection.execute(_GIVE_UP_LOST_RUNS, [collection_id, run_id])
    finally:
        if not connection.closed:
            hold_for_run(connection, collection_id)
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)
    return dropped


def measure(connection: Connection, collection_id: int, vectors: VectorSet) -> None:
    """Note how photos spread over products, for searches to plan with."""
    connection.execute(_MEASURE.format(vectors.photo_vectors), [collection_id, vectors.id])


def tidy(connection: Connection, vectors: VectorSet, *, changed: int, dropped: int) -> None:
    """Refresh the planner's statistics and reclaim room after a run that changed much.

    The server's own daemon would do it in a minute, but an embedded one may not live so long.
    """
    tables = (vectors.photo_vectors, vectors.product_vectors)
    if dropped >= VACUUM_FROM_ROWS:
        connection.execute(sql.SQL("VACUUM {}, {}, photos, images").format(*tables))
    if changed >= ANALYZE_FROM_ROWS:
        connection.execute(
            sql.SQL("ANALYZE {} (image_id), {} (product_id), photos, products").format(*tables)
        )

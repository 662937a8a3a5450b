"""Writing photos: bytes once, vectors and features, places, and the means they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from psycopg import sql
from psycopg.types.numeric import Int2, Int4

from goodsight.core.errors import StoreError
from goodsight.core.projecting import Projection
from goodsight.core.store_ports import NewPhoto, PhotoPlace
from goodsight.core.types import FloatArray
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.halfvectors import HalfVector
from goodsight.stores.postgres.looks import staged_looks
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest, storable
from goodsight.stores.postgres.vector_sets import VectorSet

__all__ = [
    "decode_features",
    "fill_means",
    "prepare_stage",
    "refresh_means",
    "write_photos",
    "write_places",
]

PRODUCTS_AT_A_TIME = 1000

_STAGE = sql.SQL("""
    CREATE TEMP TABLE IF NOT EXISTS incoming_photos (
        content_hash text, width integer, height integer, findings text,
        thumbnail bytea STORAGE EXTERNAL, bytes_each smallint,
        numbers bytea STORAGE EXTERNAL, vector halfvec,
        colours bytea, colour_names text, perceptual_hash bigint, pattern bytea,
        printed_words text
    ) ON COMMIT DELETE ROWS
""")
_COPY = """
    COPY incoming_photos (content_hash, width, height, findings, thumbnail, bytes_each,
                          numbers, vector, colours, colour_names, perceptual_hash, pattern,
                          printed_words) FROM STDIN (FORMAT binary)
"""
_KEEP_IMAGES = """
    INSERT INTO images AS old (collection_id, content_hash, width, height, findings, thumbnail,
                               colours, colour_names, perceptual_hash, pattern,
                               printed_words)
    SELECT DISTINCT ON (content_hash)
           %s, content_hash, width, height, string_to_array(findings, ','), thumbnail,
           colours, string_to_array(colour_names, ','), perceptual_hash, pattern,
           printed_words
    FROM incoming_photos ORDER BY content_hash
    ON CONFLICT (collection_id, content_hash) DO UPDATE
    SET colours = excluded.colours, colour_names = excluded.colour_names,
        perceptual_hash = excluded.perceptual_hash, pattern = excluded.pattern,
        printed_words = coalesce(old.printed_words, excluded.printed_words)
    WHERE excluded.colours IS NOT NULL
      AND (old.pattern IS NULL
           OR old.printed_words IS NULL AND excluded.printed_words IS NOT NULL)
"""
_KEEP_VECTORS = sql.SQL("""
    INSERT INTO {photo_vectors} (image_id, vector)
    SELECT i.id, n.vector
    FROM incoming_photos n JOIN images i USING (content_hash)
    WHERE i.collection_id = %s ORDER BY i.id
    ON CONFLICT (image_id) DO NOTHING
""")
_KEEP_FEATURES = """
    INSERT INTO features (image_id, vector_set_id, bytes_each, numbers)
    SELECT i.id, %s, n.bytes_each, n.numbers
    FROM incoming_photos n JOIN images i USING (content_hash)
    WHERE i.collection_id = %s ORDER BY i.id
    ON CONFLICT (image_id, vector_set_id) DO NOTHING
"""
_PLACES = """
    SELECT * FROM unnest(%(keys)s::bytea[], %(digests)s::bytea[], %(references)s::text[],
                         %(hashes)s::text[]) AS place (key_digest, reference_digest, reference,
                                                       content_hash)
"""
_UNKNOWN = sql.SQL("""
    SELECT DISTINCT content_hash FROM unnest(%(hashes)s::text[]) AS place (content_hash)
    WHERE NOT EXISTS (SELECT FROM images i JOIN {photo_vectors} v ON v.image_id = i.id
                      WHERE i.collection_id = %(collection)s
                        AND i.content_hash = place.content_hash)
""")
# A product or a reference that another run has removed meanwhile finds no row to join.
_SET_PLACES = sql.SQL("""
    INSERT INTO photos AS old (product_id, reference_digest, reference, image_id)
    SELECT p.id, place.reference_digest, place.reference, i.id
    FROM ({places}) AS place
    JOIN products p ON p.collection_id = %(collection)s AND p.key_digest = place.key_digest
                   AND place.reference = ANY (p.photo_references)
    JOIN images i ON i.collection_id = %(collection)s AND i.content_hash = place.content_hash
    ON CONFLICT (product_id, reference_digest) DO UPDATE SET image_id = excluded.image_id
    WHERE old.image_id <> excluded.image_id
    RETURNING product_id
""")
# Photos that cancel out exactly have no mean; the first one stands in then, as in the core.
_KEEP_MEANS = sql.SQL("""
    INSERT INTO {product_vectors} (product_id, photos, vector)
    SELECT product_id, photos,
           CASE WHEN l2_norm(mean) > 1e-6 THEN l2_normalize(mean) ELSE (
               SELECT v.vector FROM photos f JOIN {photo_vectors} v USING (image_id)
               JOIN products p ON p.id = f.product_id
               WHERE f.product_id = means.product_id
               ORDER BY array_position(p.photo_references, f.reference) LIMIT 1) END
    FROM (SELECT product_id, count(*) AS photos, avg(vector) AS mean
          FROM (SELECT DISTINCT product_id, image_id FROM photos
                WHERE product_id = ANY (%(products)s)) AS shown
          JOIN {photo_vectors} USING (image_id)
          GROUP BY product_id HAVING count(*) > 1) AS means
    ON CONFLICT (product_id) DO UPDATE SET photos = excluded.photos, vector = excluded.vector
""")
_DROP_MEANS = sql.SQL("""
    DELETE FROM {product_vectors} m
    WHERE m.product_id = ANY (%(products)s)
      AND (SELECT count(DISTINCT image_id) FROM photos f JOIN {photo_vectors} v USING (image_id)
           WHERE f.product_id = m.product_id) < 2
""")


def prepare_stage(connection: Connection) -> None:
    """Make the session's own table that photos are copied into first."""
    connection.execute(_STAGE)


def write_photos(
    connection: Connection,
    collection: ActiveCollection,
    projection: Projection | None,
    photos: Sequence[NewPhoto],
) -> int:
    """Keep photos that are not kept yet; how many vectors were new.

    Where the collection's space has a projection, it makes the vectors of the features.
    """
    if projection is not None and photos:
        projected = projection.apply(np.stack([photo.features for photo in photos]))
        photos = [replace(p, vector=vector) for p, vector in zip(photos, projected, strict=True)]
    with connection.cursor().copy(_COPY) as copy:
        for photo in photos:
            copy.write_row(_staged(photo))
    connection.execute(_KEEP_IMAGES, [collection.id])
    kept = connection.execute(_named(_KEEP_VECTORS, collection.vectors), [collection.id])
    connection.execute(_KEEP_FEATURES, [collection.feature_set, collection.id])
    return kept.rowcount


def write_places(
    connection: Connection, collection_id: int, vectors: VectorSet, places: Sequence[PhotoPlace]
) -> None:
    """Set places and refresh the means of their products.

    Raises StoreError where a place's photo is not kept.
    """
    latest = {(place.product_id, place.reference): place for place in places}
    parameters = {
        "collection": collection_id,
        "keys": [digest(place.product_id) for place in latest.values()],
        "digests": [digest(place.reference) for place in latest.values()],
        "references": [storable(place.reference) for place in latest.values()],
        "hashes": [place.content_hash for place in latest.values()],
    }
    unknown = connection.execute(_named(_UNKNOWN, vectors), parameters).fetchone()
    if unknown is not None:
        raise StoreError(f"photo {unknown[0]} has a place, but is neither new nor kept")
    statement = _SET_PLACES.format(places=sql.SQL(_PLACES))
    touched = {product for (product,) in connection.execute(statement, parameters)}
    refresh_means(connection, vectors, touched)


def refresh_means(connection: Connection, vectors: VectorSet, products: set[int]) -> None:
    """Bring the mean vectors of these products (row ids) up to date with their photos."""
    if products:
        parameters = {"products": sorted(products)}
        connection.execute(_named(_DROP_MEANS, vectors), parameters)
        connection.execute(_named(_KEEP_MEANS, vectors), parameters)


def fill_means(connection: Connection, collection_id: int, vectors: VectorSet) -> None:
    """Bring the mean vectors of all products up to date."""
    rows = connection.execute("SELECT id FROM products WHERE collection_id = %s", [collection_id])
    products = [row_id for (row_id,) in rows]
    for start in range(0, len(products), PRODUCTS_AT_A_TIME):
        refresh_means(connection, vectors, set(products[start : start + PRODUCTS_AT_A_TIME]))


def _named(statement: sql.SQL, vectors: VectorSet) -> sql.Composed:
    return statement.format(
        photo_vectors=vectors.photo_vectors, product_vectors=vectors.product_vectors
    )


def _staged(photo: NewPhoto) -> tuple[object, ...]:
    bytes_each, numbers = encode_features(photo.features)
    return (
        photo.content_hash,
        Int4(photo.width),
        Int4(photo.height),
        ",".join(photo.findings),
        photo.thumbnail,
        Int2(bytes_each),
        numbers,
        HalfVector.of(photo.vector),
        *staged_looks(photo.looks),
    )


def encode_features(features: FloatArray) -> tuple[int, bytes]:
    """Bytes for each number, and the numbers: float16 where all fit its range, else float32."""
    bytes_each = 2 if np.abs(features).max(initial=0) <= np.finfo(np.float16).max else 4
    return bytes_each, np.asarray(features, dtype=f"<f{bytes_each}").tobytes()


def decode_features(bytes_each: int, numbers: bytes) -> FloatArray:
    """Undo `encode_features`; float32 (f,)."""
    return np.frombuffer(numbers, dtype=f"<f{bytes_each}").astype(np.float32)

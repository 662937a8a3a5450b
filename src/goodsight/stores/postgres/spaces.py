"""A collection's space: which projection and calibrations are in use, and what they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from psycopg import sql

from goodsight.core.calibrating import Calibration
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.space_ports import ActiveSpace, LearntFrom
from goodsight.core.types import FloatArray, Metric
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.photo_writes import decode_features
from goodsight.stores.postgres.routes import StaleCollection
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.vector_sets import VectorSet

__all__ = [
    "active_space",
    "calibrations",
    "features_after",
    "find_projection",
    "learnt_from",
    "projection_of",
    "write_calibrations",
    "write_projection",
]

PRODUCTS_PER_PAGE = 500

_PROJECTION = """
    SELECT mean, matrix, blocks, rooted, photos, products, origin, photo_mean FROM projections
    WHERE vector_set_id = %s
"""
_KEEP_PROJECTION = """
    INSERT INTO projections (vector_set_id, mean, matrix, blocks, rooted, photos, products,
                             origin, photo_mean)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_CALIBRATIONS = """
    SELECT metric, temperature, threshold, origin, queries
    FROM calibrations JOIN vector_sets s ON s.id = vector_set_id
    WHERE s.collection_id = %s AND s.space = %s
"""
_DROP_CALIBRATIONS = "DELETE FROM calibrations WHERE vector_set_id = %s"
_KEEP_CALIBRATION = """
    INSERT INTO calibrations (vector_set_id, metric, temperature, threshold, origin, queries)
    VALUES (%s, %s, %s, %s, %s, %s)
"""
_LEARNT_FROM = sql.SQL("""
    SELECT (SELECT count(*) FROM {}), learnt_photos FROM vector_sets WHERE id = %s
""")
_NEXT_PRODUCTS = """
    SELECT id FROM products WHERE collection_id = %s AND id > %s ORDER BY id LIMIT %s
"""
_FEATURES = """
    SELECT shown.product_id, f.bytes_each, f.numbers
    FROM (SELECT DISTINCT product_id, image_id FROM photos WHERE product_id = ANY (%s)) AS shown
    JOIN features f ON f.image_id = shown.image_id AND f.vector_set_id = %s
    ORDER BY shown.product_id, shown.image_id
"""


def active_space(connection: Connection, collection: ActiveCollection) -> ActiveSpace:
    """The space in use, projection and calibrations included.

    Raises StaleCollection where it was dropped meanwhile.
    """
    projection = find_projection(connection, collection)
    if projection is None and collection.is_projected:
        raise StaleCollection
    return ActiveSpace(
        space=collection.space,
        encoder_space=collection.encoder_space,
        model=collection.model,
        projection=projection,
        calibrations=calibrations(connection, collection, collection.space),
    )


def calibrations(
    connection: Connection, collection: ActiveCollection, space: str
) -> Mapping[Metric, Calibration]:
    """What turns a space's scores into confidence, by metric; nothing where it is gone."""
    rows = connection.execute(_CALIBRATIONS, [collection.id, space])
    return {Metric(metric): Calibration(*row) for metric, *row in rows}


def find_projection(connection: Connection, collection: ActiveCollection) -> Projection | None:
    """What follows the encoder; None in the encoder's own space."""
    return projection_of(connection, collection.vectors)


def projection_of(connection: Connection, vectors: VectorSet) -> Projection | None:
    """What made a set's vectors of features; None in the encoder's own space."""
    cursor = connection.cursor(binary=True)
    row = cursor.execute(_PROJECTION, [vectors.id]).fetchone()
    if row is None:
        return None
    mean, matrix, blocks, rooted, photos, products, origin, photo_mean = row
    return Projection(
        mean=_numbers(mean),
        matrix=_numbers(matrix).reshape(-1, vectors.dimension),
        blocks=tuple(blocks),
        rooted=rooted,
        photos=photos,
        products=products,
        origin=origin,
        photo_mean=None if photo_mean is None else _numbers(photo_mean),
    )


def write_projection(connection: Connection, set_id: int, projection: Projection) -> None:
    """Keep a projection with its vector set."""
    connection.execute(
        _KEEP_PROJECTION,
        [
            set_id,
            _bytes(projection.mean),
            _bytes(projection.matrix),
            list(projection.blocks),
            projection.rooted,
            projection.photos,
            projection.products,
            projection.origin,
            None if projection.photo_mean is None else _bytes(projection.photo_mean),
        ],
    )


def write_calibrations(
    connection: Connection, set_id: int, calibrations: Mapping[Metric, Calibration]
) -> None:
    """Keep calibrations in the place of the vector set's former ones."""
    connection.execute(_DROP_CALIBRATIONS, [set_id])
    for metric, found in calibrations.items():
        connection.execute(
            _KEEP_CALIBRATION,
            [
                set_id,
                metric.value,
                found.temperature,
                found.threshold,
                found.origin,
                found.queries,
            ],
        )


def learnt_from(connection: Connection, collection: ActiveCollection) -> LearntFrom:
    """How many photos there are, and were when the space was learnt."""
    statement = _LEARNT_FROM.format(collection.vectors.photo_vectors)
    [row] = connection.execute(statement, [collection.vectors.id])
    return LearntFrom(*row)


def features_after(
    connection: Connection, collection_id: int, feature_set: int, after: int
) -> tuple[int | None, FeatureBatch | None]:
    """The raw features of the next products behind the row id `after`, and the last row id.

    No row id where no product is left, no batch where these have no photo.
    """
    parameters = [collection_id, after, PRODUCTS_PER_PAGE]
    products = [row_id for (row_id,) in connection.execute(_NEXT_PRODUCTS, parameters)]
    if not products:
        return None, None
    cursor = connection.cursor(binary=True)
    rows = cursor.execute(_FEATURES, [products, feature_set]).fetchall()
    if not rows:
        return products[-1], None
    features = np.stack([decode_features(*row[1:]) for row in rows])
    return products[-1], FeatureBatch(np.array([row[0] for row in rows]), features)


def _bytes(values: FloatArray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def _numbers(data: bytes) -> FloatArray:
    return np.frombuffer(data, dtype="<f4").astype(np.float32)

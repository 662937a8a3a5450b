"""The vectors of a set made of the raw features that it follows, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from psycopg import sql
from psycopg.types.numeric import Int8

from goodsight.core.projecting import Projection, in_space
from goodsight.stores.postgres.halfvectors import HalfVector
from goodsight.stores.postgres.photo_writes import decode_features
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.vector_sets import VectorSet

__all__ = ["Target", "blocks_of", "fill"]

PHOTOS_PER_BATCH = 2000

_LACKING = sql.SQL("""
    SELECT f.image_id, f.bytes_each, f.numbers FROM features f
    WHERE f.vector_set_id = %s AND f.image_id > %s
      AND NOT EXISTS (SELECT FROM {new} n WHERE n.image_id = f.image_id)
    ORDER BY f.image_id LIMIT %s
""")
_COPY = sql.SQL("COPY {} (image_id, vector) FROM STDIN (FORMAT binary)")
# Cards of old knew no parts: a projection of the same features does.
_BLOCKS = """
    SELECT b.dimension, coalesce((SELECT array_agg(value::integer ORDER BY place)
                                  FROM json_array_elements_text(b.card -> 'blocks')
                                  WITH ORDINALITY AS part (value, place)),
                                 (SELECT blocks FROM projections p
                                  JOIN vector_sets s ON s.id = p.vector_set_id
                                  WHERE s.base_id = b.id LIMIT 1))
    FROM vector_sets b WHERE b.id = %s
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A set to switch to, the set whose raw features it is made of, and how.

    `blocks` are the lengths of the parts of a feature.
    """

    vectors: VectorSet
    feature_set: int
    projection: Projection | None
    blocks: Sequence[int]


def blocks_of(connection: Connection, feature_set: int) -> Sequence[int]:
    """The lengths of the parts of a feature, one for each network behind it."""
    [(dimension, blocks)] = connection.execute(_BLOCKS, [feature_set])
    return blocks or (dimension,)


def fill(connection: Connection, target: Target) -> None:
    """Give every photo that has features its vector, where it has none; committed as it goes."""
    after = 0
    while (last := _fill_after(connection, target, after)) is not None:
        after = last


def _fill_after(connection: Connection, target: Target, after: int) -> int | None:
    """Give the next photos their vectors; the last one's row id, None where none is left."""
    statement = _LACKING.format(new=target.vectors.photo_vectors)
    cursor = connection.cursor(binary=True)
    parameters = [target.feature_set, after, PHOTOS_PER_BATCH]
    rows = cursor.execute(statement, parameters).fetchall()
    if not rows:
        return None
    features = np.stack([decode_features(*row[1:]) for row in rows])
    vectors = in_space(features, target.projection, target.blocks)
    with connection.cursor().copy(_COPY.format(target.vectors.photo_vectors)) as copy:
        for (image_id, *_), vector in zip(rows, vectors, strict=True):
            copy.write_row((Int8(image_id), HalfVector.of(vector)))
    return int(rows[-1][0])

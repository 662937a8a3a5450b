"""Gives every photo its vector in another space, then switches to it in one step.

    make      a second vector set, empty, with its projection
    fill      batch by batch from the raw features, committed as it goes
    index     where it pays, before anyone searches there
    switch    with writers held off: what came meanwhile, means, the collection's pointer

Searches use the old set until the switch commits, and the new one after it. A set that was
left unfinished by a killed process is dropped by the next switch. The old set is dropped, or
kept to go back to (`kept_sets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from psycopg import sql
from psycopg.types.numeric import Int8

from goodsight.core.calibrating import Calibration
from goodsight.core.projecting import Projection, conditioned
from goodsight.core.scoring import unit_rows
from goodsight.core.types import Metric
from goodsight.stores.postgres.cleaning import measure
from goodsight.stores.postgres.collection_rows import (
    ActiveCollection,
    find_collection,
    hold_for_run,
    release_from_run,
)
from goodsight.stores.postgres.halfvectors import HalfVector
from goodsight.stores.postgres.photo_writes import decode_features, fill_means
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.set_locks import alone_with_sets
from goodsight.stores.postgres.spaces import (
    find_projection,
    write_calibrations,
    write_projection,
)
from goodsight.stores.postgres.vector_index import build_indexes
from goodsight.stores.postgres.vector_sets import MIN_SIGNS, IndexKind, VectorSet

__all__ = [
    "Target",
    "activate",
    "drop_set",
    "replace_calibrations",
    "sets_left_unfinished",
    "switch_space",
]

PHOTOS_PER_BATCH = 2000

# The set that owns the raw features stays, and one that was in use before and is kept.
_UNFINISHED_SETS = """
    SELECT s.id, s.dimension FROM vector_sets s JOIN collections c ON c.id = s.collection_id
    WHERE s.collection_id = %s AND s.id <> c.active_vector_set
      AND s.base_id IS NOT NULL AND s.retired_at IS NULL
    ORDER BY s.id
"""
_KEPT_SET = """
    SELECT id, dimension, retired_at IS NOT NULL FROM vector_sets
    WHERE collection_id = %s AND space = %s
"""
_NEW_SET = """
    INSERT INTO vector_sets (collection_id, space, dimension, base_id, index_kind)
    VALUES (%s, %s, %s, %s, %s) RETURNING id
"""
# Photos with a vector in the old set and none in the new one.
_LACKING = sql.SQL("""
    SELECT f.image_id, f.bytes_each, f.numbers
    FROM {old} o JOIN features f ON f.image_id = o.image_id AND f.vector_set_id = %s
    WHERE NOT EXISTS (SELECT FROM {new} n WHERE n.image_id = o.image_id)
    ORDER BY f.image_id LIMIT %s
""")
_COPY = sql.SQL("COPY {} (image_id, vector) FROM STDIN (FORMAT binary)")
_LOCK_COLLECTION = "SELECT index_version FROM collections WHERE id = %s FOR NO KEY UPDATE"
_SWITCH = """
    UPDATE collections SET active_vector_set = %s, index_version = index_version + 1
    WHERE id = %s
"""
_ENTER = "UPDATE vector_sets SET retired_at = NULL, retired_version = NULL WHERE id = %s"
_NOTE_FORMER = "UPDATE vector_sets SET former_id = %s WHERE id = %s"
_FORMER = "SELECT former_id FROM vector_sets WHERE id = %s"
_KEEP = """
    UPDATE vector_sets SET retired_at = now(), retired_version = (
        SELECT index_version FROM collections WHERE id = collection_id)
    WHERE id = %s
"""
_NEW_VERSION = "UPDATE collections SET index_version = index_version + 1 WHERE id = %s"
_LEARNT = sql.SQL("""
    UPDATE vector_sets SET learnt_photos = (SELECT count(*) FROM {}) WHERE id = %s
""")


@dataclass(frozen=True, slots=True)
class Target:
    """The set to switch to, the set whose raw features it is made of, and how."""

    vectors: VectorSet
    feature_set: int
    projection: Projection | None


def switch_space(
    connection: Connection,
    name: str,
    projection: Projection | None,
    calibrations: Mapping[Metric, Calibration],
    *,
    keep_former: bool = False,
) -> str:
    """Switch the collection to `projection`, or to the encoder's own space; its fingerprint.

    `connection` is in autocommit mode and the caller's own. One switch of a collection at a
    time; the others wait. Raises CollectionNotFound.
    """
    found = find_collection(connection, name)
    # No photo goes while the new set is filled, and the collection stays.
    hold_for_run(connection, found.id)
    try:
        with alone_with_sets(connection, found.id):
            old = find_collection(connection, name)
            space = old.encoder_space if projection is None else projection.space(old.encoder_space)
            if space == old.space:
                _relearn(connection, old, calibrations)
                return space
            with connection.transaction():
                _drop_unfinished(connection, old)
                target = _make_set(connection, old, projection, space)
                _note_former(connection, old, target.vectors, keep_former)
            activate(connection, old, target, calibrations, keep_former=keep_former)
            return space
    finally:
        release_from_run(connection, found.id)


def replace_calibrations(
    connection: Connection, name: str, calibrations: Mapping[Metric, Calibration]
) -> None:
    """Keep calibrations of the active space. Raises CollectionNotFound."""
    with connection.transaction():
        found = find_collection(connection, name)
        connection.execute(_LOCK_COLLECTION, [found.id])
        found = find_collection(connection, name)
        write_calibrations(connection, found.vectors.id, calibrations)
        connection.execute(_NEW_VERSION, [found.id])


def _relearn(
    connection: Connection, old: ActiveCollection, calibrations: Mapping[Metric, Calibration]
) -> None:
    with connection.transaction():
        write_calibrations(connection, old.vectors.id, calibrations)
        connection.execute(_NEW_VERSION, [old.id])
        _note_learnt(connection, old.vectors)


def activate(
    connection: Connection,
    old: ActiveCollection,
    target: Target,
    calibrations: Mapping[Metric, Calibration] | None,
    *,
    keep_former: bool,
    is_filled: bool = False,
) -> None:
    """Fill the target's set up, and search there from one moment on.

    Its own calibrations stay where `calibrations` is None; `is_filled` tells that nothing has
    changed since it was in use. The caller is alone with the sets.
    """
    new = target.vectors
    if not is_filled:
        while _fill(connection, old, target):
            pass
        with connection.transaction():
            fill_means(connection, old.id, new)
        measure(connection, old.id, new)
        build_indexes(connection, new)
    with connection.transaction():
        [(version,)] = connection.execute(_LOCK_COLLECTION, [old.id])
        if version != old.index_version:
            # Somebody wrote meanwhile, and wrote to the old set.
            while _fill(connection, old, target):
                pass
            fill_means(connection, old.id, new)
        _point_to(connection, old, new, keep_former=keep_former)
        if calibrations is not None:
            write_calibrations(connection, new.id, calibrations)
            _note_learnt(connection, new)
    tables = (new.photo_vectors, new.product_vectors)
    connection.execute(sql.SQL("ANALYZE {} (image_id), {} (product_id)").format(*tables))


def _point_to(
    connection: Connection, old: ActiveCollection, new: VectorSet, *, keep_former: bool
) -> None:
    """The step that counts: searches, and what is written, go to the new set."""
    connection.execute(_SWITCH, [new.id, old.id])
    connection.execute(_ENTER, [new.id])
    if keep_former:
        connection.execute(_KEEP, [old.vectors.id])
    else:
        _retire(connection, old)


def _make_set(
    connection: Connection, old: ActiveCollection, projection: Projection | None, space: str
) -> Target:
    """The new set's row and empty tables; the encoder's own space has its row already."""
    row = connection.execute(_KEPT_SET, [old.id, space]).fetchone()
    if projection is None:
        set_id, dimension, is_kept = row or (old.feature_set, 0, False)
        new = VectorSet(set_id, dimension)
        if not is_kept:
            new.create(connection)
        return Target(new, old.feature_set, None)
    if row is not None:
        # The same space of old: made anew, as photos came and went since.
        drop_set(connection, VectorSet(row[0], row[1]))
    kind = old.vectors.kind if projection.dimension >= MIN_SIGNS else IndexKind.HALFVEC
    values = [old.id, space, projection.dimension, old.feature_set, kind.value]
    [(set_id,)] = connection.execute(_NEW_SET, values)
    new = VectorSet(set_id, projection.dimension, kind)
    write_projection(connection, set_id, projection)
    new.create(connection)
    return Target(new, old.feature_set, projection)


def _note_former(
    connection: Connection, old: ActiveCollection, new: VectorSet, keep_former: bool
) -> None:
    """What to go back to: the old set, or where it does not stay what came before that."""
    [(former,)] = connection.execute(_FORMER, [old.vectors.id])
    if keep_former:
        former = old.vectors.id
    connection.execute(_NOTE_FORMER, [None if former == new.id else former, new.id])


def drop_set(connection: Connection, vectors: VectorSet) -> None:
    """Remove a set of projected vectors, row and all."""
    vectors.drop(connection)
    connection.execute("DELETE FROM vector_sets WHERE id = %s", [vectors.id])


def sets_left_unfinished(connection: Connection, collection_id: int) -> list[VectorSet]:
    """What an interrupted switch left; the caller is alone with the sets."""
    return [VectorSet(*row) for row in connection.execute(_UNFINISHED_SETS, [collection_id])]


def _drop_unfinished(connection: Connection, old: ActiveCollection) -> None:
    """What an interrupted switch left behind."""
    for vectors in sets_left_unfinished(connection, old.id):
        drop_set(connection, vectors)
    own = connection.execute(_KEPT_SET, [old.id, old.encoder_space]).fetchone()
    if old.is_projected and own is not None and not own[2]:
        VectorSet(old.feature_set, 0).drop(connection)


def _retire(connection: Connection, old: ActiveCollection) -> None:
    """Drop the old set's vectors; the encoder's own set stays as the owner of the features."""
    if old.is_projected:
        drop_set(connection, old.vectors)
    else:
        old.vectors.drop(connection)


def _fill(connection: Connection, old: ActiveCollection, target: Target) -> int:
    """Give the next photos their vectors; how many."""
    new, projection = target.vectors, target.projection
    statement = _LACKING.format(old=old.vectors.photo_vectors, new=new.photo_vectors)
    cursor = connection.cursor(binary=True)
    rows = cursor.execute(statement, [target.feature_set, PHOTOS_PER_BATCH]).fetchall()
    if not rows:
        return 0
    features = np.stack([decode_features(*row[1:]) for row in rows])
    if projection is None:
        # Back from a projection, which knows the parts that the encoder scales one by one.
        former = find_projection(connection, old)
        blocks = former.blocks if former else (features.shape[1],)
        vectors = unit_rows(conditioned(features, blocks, rooted=False))
    else:
        vectors = projection.apply(features)
    with connection.cursor().copy(_COPY.format(new.photo_vectors)) as copy:
        for (image_id, *_), vector in zip(rows, vectors, strict=True):
            copy.write_row((Int8(image_id), HalfVector.of(vector)))
    return len(rows)


def _note_learnt(connection: Connection, vectors: VectorSet) -> None:
    connection.execute(_LEARNT.format(vectors.photo_vectors), [vectors.id])

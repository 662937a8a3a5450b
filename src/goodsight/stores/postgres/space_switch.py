"""Gives every photo its vector in another space, then switches to it in one step.

    make      a second vector set, empty, with its projection
    fill      batch by batch from the raw features, committed as it goes (`set_filling`)
    index     where it pays, before anyone searches there
    switch    with writers held off: what came meanwhile, means, the collection's pointer

Searches use the old set until the switch commits, and the new one after it. Where the new set
follows another encoder, photos that lack its features are embedded on the way. A set that was
left unfinished by a killed process is dropped by the next switch. The old set is dropped, or
kept to go back to (`kept_sets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql

from goodsight.core.calibrating import Calibration
from goodsight.core.projecting import Projection
from goodsight.core.space_ports import EmbedPhotos
from goodsight.core.types import Metric
from goodsight.stores.postgres.cleaning import measure
from goodsight.stores.postgres.collection_rows import (
    ActiveCollection,
    find_collection,
    hold_for_run,
    release_from_run,
)
from goodsight.stores.postgres.feature_rows import catch_up
from goodsight.stores.postgres.photo_writes import fill_means
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.set_filling import Target, blocks_of, fill
from goodsight.stores.postgres.set_locks import alone_with_sets
from goodsight.stores.postgres.set_rows import (
    drop_set,
    drop_unfinished,
    drop_unneeded_features,
    reclaim_features,
)
from goodsight.stores.postgres.spaces import write_calibrations, write_projection
from goodsight.stores.postgres.vector_index import build_indexes
from goodsight.stores.postgres.vector_sets import MIN_SIGNS, IndexKind, VectorSet

__all__ = ["FeatureSet", "activate", "replace_calibrations", "switch_space", "switch_to"]

# Photos that come while others are embedded: from so few on writers may wait for the rest.
FEW_PHOTOS = 32
CATCH_UPS = 5

_KEPT_SET = """
    SELECT id, dimension, retired_at IS NOT NULL FROM vector_sets
    WHERE collection_id = %s AND space = %s
"""
_NEW_SET = """
    INSERT INTO vector_sets (collection_id, space, dimension, base_id, index_kind)
    VALUES (%s, %s, %s, %s, %s) RETURNING id
"""
_LOCK_COLLECTION = "SELECT index_version FROM collections WHERE id = %s FOR NO KEY UPDATE"
# Model, profile and card are those of the encoder behind the set.
_SWITCH = """
    UPDATE collections c SET active_vector_set = s.id, model = b.model, profile = b.profile,
        card = b.card, index_version = c.index_version + 1
    FROM vector_sets s JOIN vector_sets b ON b.id = coalesce(s.base_id, s.id)
    WHERE s.id = %s AND c.id = %s
"""
_ENTER = "UPDATE vector_sets SET retired_at = NULL, retired_version = NULL WHERE id = %s"
_FINISH = "UPDATE vector_sets SET begun_at = NULL WHERE id = %s"
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
class FeatureSet:
    """A set that owns raw features, and the space of the encoder that they come from."""

    id: int
    space: str


def switch_space(
    connection: Connection,
    name: str,
    projection: Projection | None,
    calibrations: Mapping[Metric, Calibration],
    *,
    keep_former: bool = False,
    encoder_space: str | None = None,
) -> str:
    """Switch the collection to `projection`, or to the encoder's own space; its fingerprint.

    `connection` is in autocommit mode and the caller's own. One switch of a collection at a
    time; the others wait. Raises CollectionNotFound, and SpaceMismatch where the collection's
    encoder is not that of `encoder_space`.
    """
    found = find_collection(connection, name)
    # No photo goes while the new set is filled, and the collection stays.
    hold_for_run(connection, found.id)
    try:
        with alone_with_sets(connection, found.id):
            old = find_collection(connection, name)
            old.check_encoder(encoder_space or old.encoder_space)
            features = FeatureSet(old.feature_set, old.encoder_space)
            return switch_to(
                connection, old, features, projection, calibrations, keep_former=keep_former
            )
    finally:
        release_from_run(connection, found.id)


def switch_to(
    connection: Connection,
    old: ActiveCollection,
    features: FeatureSet,
    projection: Projection | None,
    calibrations: Mapping[Metric, Calibration],
    *,
    keep_former: bool,
    embed: EmbedPhotos | None = None,
) -> str:
    """Switch to vectors made of these features; the space's fingerprint.

    `embed` makes those that photos lack. The caller is alone with the sets.
    """
    space = features.space if projection is None else projection.space(features.space)
    if space == old.space:
        _relearn(connection, old, calibrations)
        return space
    with connection.transaction():
        drop_unfinished(connection, old)
        target = _make_set(connection, old, features, projection, space)
        _note_former(connection, old, target.vectors, keep_former)
    activate(connection, old, target, calibrations, keep_former=keep_former, embed=embed)
    return space


def replace_calibrations(
    connection: Connection,
    name: str,
    calibrations: Mapping[Metric, Calibration],
    space: str | None,
) -> None:
    """Keep calibrations of the active space. Raises CollectionNotFound, SpaceMismatch."""
    with connection.transaction():
        found = find_collection(connection, name)
        connection.execute(_LOCK_COLLECTION, [found.id])
        found = find_collection(connection, name)
        found.check_space(space or found.space)
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
    embed: EmbedPhotos | None = None,
) -> None:
    """Fill the target's set up, and search there from one moment on.

    Its own calibrations stay where `calibrations` is None; `is_filled` tells that nothing has
    changed since it was in use. The caller is alone with the sets.
    """
    new = target.vectors
    if not is_filled:
        _catch_up(connection, old, target, embed)
        fill(connection, target)
        with connection.transaction():
            fill_means(connection, old.id, new)
        measure(connection, old.id, new)
        build_indexes(connection, new)
        # Whoever writes waits for what is embedded under the lock below: it should be little.
        rounds = 0
        while _catch_up(connection, old, target, embed) > FEW_PHOTOS and rounds < CATCH_UPS:
            rounds += 1
    with connection.transaction():
        [(version,)] = connection.execute(_LOCK_COLLECTION, [old.id])
        if version != old.index_version:
            # Somebody wrote meanwhile, and wrote to the old set.
            _catch_up(connection, old, target, embed)
            fill(connection, target)
            fill_means(connection, old.id, new)
        features_left = _point_to(connection, old, target, keep_former=keep_former)
        if calibrations is not None:
            write_calibrations(connection, new.id, calibrations)
            _note_learnt(connection, new)
    tables = (new.photo_vectors, new.product_vectors)
    connection.execute(sql.SQL("ANALYZE {} (image_id), {} (product_id)").format(*tables))
    if features_left:
        reclaim_features(connection)


def _catch_up(
    connection: Connection, old: ActiveCollection, target: Target, embed: EmbedPhotos | None
) -> int:
    """Embed photos that lack the target's features; how many."""
    return 0 if embed is None else catch_up(connection, old.id, target.feature_set, embed)


def _point_to(
    connection: Connection, old: ActiveCollection, target: Target, *, keep_former: bool
) -> int:
    """The step that counts: searches, and what is written, go to the new set.

    Returns how many sets went with their features.
    """
    connection.execute(_SWITCH, [target.vectors.id, old.id])
    connection.execute(_ENTER, [target.vectors.id])
    connection.execute(_FINISH, [target.feature_set])
    if keep_former:
        connection.execute(_KEEP, [old.vectors.id])
    elif old.is_projected:
        drop_set(connection, old.vectors)
    else:
        old.vectors.drop(connection)
    return drop_unneeded_features(connection, old.id)


def _make_set(
    connection: Connection,
    old: ActiveCollection,
    features: FeatureSet,
    projection: Projection | None,
    space: str,
) -> Target:
    """The new set's row and empty tables; an encoder's own space has its row already."""
    blocks = blocks_of(connection, features.id)
    rows = connection.execute(_KEPT_SET, [old.id, space]).fetchall()
    if projection is None:
        [(set_id, dimension, is_kept)] = rows
        new = VectorSet(set_id, dimension)
        if not is_kept:
            new.create(connection)
        return Target(new, features.id, None, blocks)
    for set_id, dimension, _ in rows:
        # The same space of old: made anew, as photos came and went since.
        drop_set(connection, VectorSet(set_id, dimension))
    kind = old.vectors.kind if projection.dimension >= MIN_SIGNS else IndexKind.HALFVEC
    values = [old.id, space, projection.dimension, features.id, kind.value]
    [(set_id,)] = connection.execute(_NEW_SET, values)
    new = VectorSet(set_id, projection.dimension, kind)
    write_projection(connection, set_id, projection)
    new.create(connection)
    return Target(new, features.id, projection, blocks)


def _note_former(
    connection: Connection, old: ActiveCollection, new: VectorSet, keep_former: bool
) -> None:
    """What to go back to: the old set, or where it does not stay what came before that."""
    [(former,)] = connection.execute(_FORMER, [old.vectors.id])
    if keep_former:
        former = old.vectors.id
    connection.execute(_NOTE_FORMER, [None if former == new.id else former, new.id])


def _note_learnt(connection: Connection, vectors: VectorSet) -> None:
    connection.execute(_LEARNT.format(vectors.photo_vectors), [vectors.id])

"""Vector sets that were in use before: listed, gone back to, pruned."""

from __future__ import annotations

from collections.abc import Sequence

from goodsight.core.errors import UsageError
from goodsight.core.space_ports import EmbedPhotos, KeptSpace
from goodsight.stores.postgres.collection_rows import (
    ActiveCollection,
    find_collection,
    hold_for_run,
    release_from_run,
)
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.set_filling import Target, blocks_of
from goodsight.stores.postgres.set_locks import alone_with_sets
from goodsight.stores.postgres.set_rows import (
    drop_set,
    drop_unneeded_features,
    reclaim_features,
)
from goodsight.stores.postgres.space_switch import activate
from goodsight.stores.postgres.spaces import projection_of
from goodsight.stores.postgres.vector_sets import IndexKind, VectorSet

__all__ = ["go_back", "go_to", "kept_spaces", "prune"]

_KEPT = """
    SELECT s.id, s.space, coalesce(p.origin, 'encoder'), b.model,
           s.dimension, s.id = c.active_vector_set, s.former_id,
           pg_total_relation_size('photo_vectors_' || s.id)
           + pg_total_relation_size('product_vectors_' || s.id)
           + CASE WHEN s.id = (SELECT min(k.id) FROM vector_sets k
                               WHERE coalesce(k.base_id, k.id) = b.id
                                 AND k.retired_at IS NOT NULL)
                   AND b.id <> (SELECT coalesce(a.base_id, a.id) FROM vector_sets a
                                WHERE a.id = c.active_vector_set)
                  THEN (SELECT coalesce(sum(length(f.numbers)), 0) FROM features f
                        WHERE f.vector_set_id = b.id) ELSE 0 END,
           b.space, b.id
    FROM vector_sets s JOIN collections c ON c.id = s.collection_id
    JOIN vector_sets b ON b.id = coalesce(s.base_id, s.id)
    LEFT JOIN projections p ON p.vector_set_id = s.id
    WHERE s.collection_id = %s AND (s.id = c.active_vector_set OR s.retired_at IS NOT NULL)
    ORDER BY s.id
"""
_TARGET = """
    SELECT id, dimension, index_kind, coalesce(base_id, id), retired_version, space FROM vector_sets
    WHERE collection_id = %s AND id = %s AND retired_at IS NOT NULL
"""
_FORMER = "SELECT former_id FROM vector_sets WHERE id = %s"
_NO_FORMER = "UPDATE vector_sets SET former_id = NULL WHERE id = %s"
_FORGET = "UPDATE vector_sets SET retired_at = NULL, retired_version = NULL WHERE id = %s"


def kept_spaces(connection: Connection, name: str) -> Sequence[KeptSpace]:
    """See the port. Raises CollectionNotFound."""
    found = find_collection(connection, name)
    return [KeptSpace(*row) for row in connection.execute(_KEPT, [found.id])]


def go_back(connection: Connection, name: str) -> str:
    """See the port. Raises CollectionNotFound, UsageError."""
    found = find_collection(connection, name)
    [(former,)] = connection.execute(_FORMER, [found.vectors.id])
    if former is None:
        raise UsageError(
            f"'{name}' has no former model to go back to: none was replaced, or it was pruned"
        )
    return go_to(connection, name, former)


def go_to(connection: Connection, name: str, set_id: int, embed: EmbedPhotos | None = None) -> str:
    """See the port. Raises CollectionNotFound, UsageError."""
    found = find_collection(connection, name)
    hold_for_run(connection, found.id)
    try:
        with alone_with_sets(connection, found.id):
            old = find_collection(connection, name)
            if old.vectors.id == set_id:
                return old.space
            return _go_to(connection, old, set_id, embed)
    finally:
        release_from_run(connection, found.id)


def _go_to(
    connection: Connection, old: ActiveCollection, set_id: int, embed: EmbedPhotos | None
) -> str:
    row = connection.execute(_TARGET, [old.id, set_id]).fetchone()
    if row is None:
        raise UsageError(
            f"'{old.name}' keeps no space {set_id}: goodsight model spaces lists those it keeps"
        )
    target_id, dimension, kind, feature_set, version, space = row
    if embed is None and feature_set != old.feature_set:
        raise UsageError(f"the space {set_id} is another encoder's, which must be at hand for it")
    vectors = VectorSet(target_id, dimension, IndexKind(kind))
    projection = projection_of(connection, vectors)
    target = Target(vectors, feature_set, projection, blocks_of(connection, feature_set))
    activate(
        connection,
        old,
        target,
        None,
        keep_former=True,
        is_filled=version == old.index_version,
        embed=embed,
    )
    return str(space)


def prune(connection: Connection, name: str) -> int:
    """See the port. Raises CollectionNotFound."""
    found = find_collection(connection, name)
    with alone_with_sets(connection, found.id), connection.transaction():
        found = find_collection(connection, name)
        kept = [space for space in kept_spaces(connection, name) if not space.is_active]
        for space in kept:
            vectors = VectorSet(space.id, space.dimension)
            if space.id == space.feature_set:
                # Its row owns features, which others may be made of.
                vectors.drop(connection)
                connection.execute(_FORGET, [space.id])
            else:
                drop_set(connection, vectors)
        connection.execute(_NO_FORMER, [found.vectors.id])
        features = drop_unneeded_features(connection, found.id)
    if features:
        reclaim_features(connection)
    return len(kept)

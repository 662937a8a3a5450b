"""Collections as rows: found by name, made on first use, removed with all they hold."""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import dataclass

from psycopg import sql

from goodsight.core.errors import CollectionNotFound, SpaceMismatch, StoreError
from goodsight.core.types import ModelCard
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import storable
from goodsight.stores.postgres.vector_sets import IndexKind, VectorSet

__all__ = [
    "ActiveCollection",
    "card_text",
    "delete_collection",
    "find_collection",
    "find_or_make_collection",
    "hold_for_run",
    "make_feature_set",
    "not_found",
]

# Held shared by every index run, and exclusively by what must not meet one.
RUN_LOCK = 0x600D520
NOTICE_SECONDS = 1.0

_FIND = """
    SELECT c.id, c.name, c.profile, c.model, c.index_version, s.id, s.dimension, s.space,
           EXISTS (SELECT FROM pg_index
                   WHERE indexrelid = to_regclass('photo_vectors_' || s.id || '_hnsw')
                     AND indisvalid),
           s.photos_per_product, s.crowding, base.id, base.space, s.index_kind
    FROM collections c JOIN vector_sets s ON s.id = c.active_vector_set
    JOIN vector_sets base ON base.id = coalesce(s.base_id, s.id)
    WHERE c.name = %(name)s
"""


@dataclass(frozen=True, slots=True)
class ActiveCollection:
    """A collection and its active vector set, as of `index_version`.

    `photos_per_product` is an average over products, `crowding` one over photos: of how many
    photos the product of any photo has. `feature_set` is the vector set that raw features
    belong to, `encoder_space` its space: the encoder's own, before any projection.
    """

    id: int
    name: str
    profile: str
    model: str
    index_version: int
    vectors: VectorSet
    space: str
    is_indexed: bool
    photos_per_product: float
    crowding: float
    feature_set: int
    encoder_space: str

    @property
    def is_projected(self) -> bool:
        """Whether a projection follows the encoder."""
        return self.feature_set != self.vectors.id

    def check_space(self, space: str) -> None:
        """Raise SpaceMismatch where vectors of `space` may not be compared with ours."""
        self._check(space, self.space)

    def check_encoder(self, space: str) -> None:
        """Raise SpaceMismatch where an encoder of `space` is not the one behind our vectors."""
        self._check(space, self.encoder_space)

    def _check(self, space: str, own: str) -> None:
        if space != own:
            raise SpaceMismatch(
                f"collection '{self.name}' holds vectors of the model {self.model} (profile"
                f" {self.profile}); the ones offered come from another model or preprocessing."
                f" Use its profile, or index into another collection"
            )


def find_collection(connection: Connection, name: str) -> ActiveCollection:
    """Raises CollectionNotFound."""
    row = connection.execute(_FIND, {"name": storable(name)}).fetchone()
    if row is None:
        raise not_found(name)
    return ActiveCollection(
        id=row[0],
        name=row[1],
        profile=row[2],
        model=row[3],
        index_version=row[4],
        vectors=VectorSet(row[5], row[6], IndexKind(row[13])),
        space=row[7],
        is_indexed=row[8],
        photos_per_product=row[9],
        crowding=row[10],
        feature_set=row[11],
        encoder_space=row[12],
    )


def not_found(name: str) -> CollectionNotFound:
    """The error that says so."""
    return CollectionNotFound(
        f"no collection '{name}': make it with goodsight index SOURCE --collection {name}"
    )


def find_or_make_collection(
    connection: Connection, name: str, profile: str, card: ModelCard
) -> ActiveCollection:
    """Find the collection, or make it with an empty vector set of the card's space.

    Raises SpaceMismatch where it exists with another encoder's space.
    """
    try:
        found = find_collection(connection, name)
    except CollectionNotFound:
        with connection.transaction():
            _make_collection(connection, name, profile, card)
        found = find_collection(connection, name)
    found.check_encoder(card.space)
    return found


def _make_collection(connection: Connection, name: str, profile: str, card: ModelCard) -> None:
    row = connection.execute(
        # Where another process is making it too, this waits for it and then does nothing.
        """
        INSERT INTO collections (name, profile, model, card) VALUES (%s, %s, %s, %s)
        ON CONFLICT (name) DO NOTHING RETURNING id
        """,
        [storable(name), profile, card.name, card_text(card)],
    ).fetchone()
    if row is None:
        return
    set_id = make_feature_set(connection, row[0], profile, card)
    VectorSet(set_id, card.dimension).create(connection)
    connection.execute(
        "UPDATE collections SET active_vector_set = %s WHERE id = %s", [set_id, row[0]]
    )


def make_feature_set(
    connection: Connection, collection_id: int, profile: str, card: ModelCard
) -> int:
    """A vector set, without tables yet, that owns the features of an encoder; its id."""
    [(set_id,)] = connection.execute(
        """
        INSERT INTO vector_sets (collection_id, space, dimension, model, profile, card)
        VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
        """,
        [collection_id, card.space, card.dimension, card.name, profile, card_text(card)],
    )
    return int(set_id)


def card_text(card: ModelCard) -> str:
    """A model's card as it is kept."""
    return json.dumps(dataclasses.asdict(card))


def hold_for_run(connection: Connection, collection_id: int) -> None:
    """Keep the collection and its photos from being removed while this session lives."""
    connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", [RUN_LOCK, collection_id])


def delete_collection(connection: Connection, name: str) -> None:
    """Remove a collection. Raises CollectionNotFound, StoreError while it is being indexed."""
    found = find_collection(connection, name)
    key = [RUN_LOCK, found.id]
    if not _alone_soon(connection, key):
        raise StoreError(
            f"collection '{name}' is being indexed or backed up: stop that first, or wait for"
            " its end"
        )
    try:
        with connection.transaction():
            _delete_rows(connection, found.id)
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _alone_soon(connection: Connection, key: list[int]) -> bool:
    """Take the lock. The server notices a little late that a process has died."""
    deadline = time.monotonic() + NOTICE_SECONDS
    while True:
        [(alone,)] = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if alone or time.monotonic() > deadline:
            return bool(alone)
        time.sleep(NOTICE_SECONDS / 20)


def _delete_rows(connection: Connection, collection_id: int) -> None:
    sets = connection.execute(
        "SELECT id, dimension FROM vector_sets WHERE collection_id = %s", [collection_id]
    ).fetchall()
    for set_id, dimension in sets:
        VectorSet(set_id, dimension).drop(connection)
    connection.execute(
        "UPDATE collections SET active_vector_set = NULL WHERE id = %s", [collection_id]
    )
    connection.execute(
        "DELETE FROM photos USING products p WHERE p.id = product_id AND p.collection_id = %s",
        [collection_id],
    )
    for table in ("images", "products", "index_runs", "sources"):
        statement = sql.SQL("DELETE FROM {} WHERE collection_id = %s")
        connection.execute(statement.format(sql.Identifier(table)), [collection_id])
    connection.execute("DELETE FROM collections WHERE id = %s", [collection_id])


def release_from_run(connection: Connection, collection_id: int) -> None:
    """Undo `hold_for_run`."""
    if not connection.closed:
        connection.execute("SELECT pg_advisory_unlock_shared(%s, %s)", [RUN_LOCK, collection_id])

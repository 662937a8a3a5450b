"""Which models a collection has: the one in use, those it keeps, and one that is to come."""

from __future__ import annotations

from goodsight.core.reports import ModelInUse
from goodsight.stores.postgres.collection_rows import ActiveCollection, not_found
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import storable

__all__ = ["model_in_use", "photo_side"]

_PHOTO_SIDE = """
    SELECT max((s.card -> 'preprocessing' ->> 'resize_size')::integer)
    FROM vector_sets s JOIN collections c ON c.id = s.collection_id WHERE c.name = %s
"""


def model_in_use(collection: ActiveCollection) -> ModelInUse:
    """What the collection is searched with."""
    return ModelInUse(
        collection.model, collection.profile, collection.space, collection.encoder_space
    )


def photo_side(connection: Connection, name: str) -> int:
    """Pixels that the shorter side of a photo must keep for any of the collection's models.

    A photo is decoded for the model of now, and may be seen by the one that takes its place
    just then. Raises CollectionNotFound.
    """
    [(side,)] = connection.execute(_PHOTO_SIDE, [storable(name)])
    if side is None:
        raise not_found(name)
    return int(side)

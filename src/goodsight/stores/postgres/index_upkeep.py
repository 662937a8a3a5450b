"""The vector indexes of a collection, built outside an index run: after a restore, by doctor."""

from __future__ import annotations

from goodsight.stores.postgres.cleaning import measure, tidy
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.set_locks import sets_stay
from goodsight.stores.postgres.vector_index import build_indexes

__all__ = ["build_active_indexes"]

EVERYTHING = 1 << 30


def build_active_indexes(database: Database, name: str) -> bool:
    """Build what is absent or was left unfinished, where it pays; whether anything was built.

    Refreshes the planner's statistics, too. Raises CollectionNotFound, StoreError.
    """
    with translated(f"building the vector index of '{name}'"), database.connect() as connection:
        collection = find_collection(connection, name)
        with sets_stay(connection, collection.id) as staying:
            if not staying:
                return False  # whoever replaces the vectors indexes the new ones
            vectors = find_collection(connection, name).vectors
            measure(connection, collection.id, vectors)
            built = build_indexes(connection, vectors)
            tidy(connection, vectors, changed=EVERYTHING, dropped=0)
            return built

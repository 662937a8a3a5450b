"""A collection's encoder replaced by another one, while it is searched.

    begin      a set that owns the new encoder's features; nobody searches there
    embed      features of every photo, committed as it goes (`feature_rows`)
    switch     what came meanwhile is embedded, then as every other switch (`space_switch`)
    drop       the set and its features go

What was begun outlives its process: the next one goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from goodsight.core.calibrating import Calibration
from goodsight.core.errors import UsageError
from goodsight.core.projecting import Projection
from goodsight.core.space_ports import BegunChange, EmbedPhotos
from goodsight.core.types import Metric, ModelCard
from goodsight.stores.postgres.collection_rows import (
    ActiveCollection,
    card_text,
    find_collection,
    hold_for_run,
    make_feature_set,
    release_from_run,
)
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.feature_rows import PostgresFeatures, alone_with_features
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.set_locks import alone_with_sets
from goodsight.stores.postgres.set_rows import drop_unfinished, reclaim_features
from goodsight.stores.postgres.space_switch import FeatureSet, switch_to

__all__ = ["PostgresEncoderChanges"]

_BEGUN = """
    SELECT s.id, s.model, s.profile, s.space, s.begun_at,
           (SELECT count(*) FROM features f WHERE f.vector_set_id = s.id)
    FROM vector_sets s WHERE s.collection_id = %s AND s.begun_at IS NOT NULL ORDER BY s.id
"""
_KNOWN = "SELECT id FROM vector_sets WHERE collection_id = %s AND space = %s AND base_id IS NULL"
_NAME = "UPDATE vector_sets SET model = %s, profile = %s, card = %s WHERE id = %s"
_NOTE_BEGUN = "UPDATE vector_sets SET begun_at = now() WHERE id = %s"
_GIVE_UP = "UPDATE vector_sets SET begun_at = NULL WHERE id = ANY (%s)"
_FEATURE_SET = "SELECT id, space FROM vector_sets WHERE id = %s AND base_id IS NULL"


class PostgresEncoderChanges:
    """Implements `EncoderChanges` for a collection. Safe to use from several threads."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def begun(self) -> BegunChange | None:
        """What is under way or was interrupted; see the port. Raises CollectionNotFound."""

        def read(connection: Connection) -> BegunChange | None:
            found = find_collection(connection, self._name)
            row = connection.execute(_BEGUN, [found.id]).fetchone()
            return None if row is None else BegunChange(*row)

        return self._database.read(f"looking for an encoder to come of '{self._name}'", read)

    def begin(self, card: ModelCard, profile: str) -> int:
        """A set for the encoder's features, resumed or new; see the port."""
        with self._giving_up(but_for=card.space) as (connection, found):
            if card.space == found.encoder_space:
                raise UsageError(f"'{self._name}' is searched with {card.name} already")
            row = connection.execute(_KNOWN, [found.id, card.space]).fetchone()
            if row is not None:
                values = [card.name, profile, card_text(card), row[0]]
                connection.execute(_NAME, values)
                return int(row[0])
            set_id = make_feature_set(connection, found.id, profile, card)
            connection.execute(_NOTE_BEGUN, [set_id])
            return set_id

    def features(self, set_id: int) -> PostgresFeatures:
        """The features of a set, to be made; see the port."""
        return PostgresFeatures(self._database, self._name, set_id)

    def switch(
        self,
        set_id: int,
        projection: Projection | None,
        calibrations: Mapping[Metric, Calibration],
        embed: EmbedPhotos,
        *,
        keep_former: bool,
    ) -> str:
        """Search with the other encoder from one moment on; see the port."""
        doing = f"switching the encoder of '{self._name}'"
        with translated(doing), self._database.connect() as connection:
            found = find_collection(connection, self._name)
            # No photo goes while the new set is filled, and the collection stays.
            hold_for_run(connection, found.id)
            try:
                with alone_with_sets(connection, found.id):
                    row = connection.execute(_FEATURE_SET, [set_id]).fetchone()
                    if row is None:
                        raise UsageError("the change was given up meanwhile: begin it again")
                    return switch_to(
                        connection,
                        find_collection(connection, self._name),
                        FeatureSet(*row),
                        projection,
                        calibrations,
                        keep_former=keep_former,
                        embed=embed,
                    )
            finally:
                release_from_run(connection, found.id)

    def drop(self) -> None:
        """Give up what was begun, where anything was; see the port."""
        with self._giving_up() as (connection, _):
            pass
        with translated("reclaiming room"), self._database.connect() as connection:
            reclaim_features(connection)

    @contextmanager
    def _giving_up(
        self, *, but_for: str | None = None
    ) -> Iterator[tuple[Connection, ActiveCollection]]:
        """One transaction, alone with the sets, in which what was begun is dropped.

        Raises StoreError where another process is embedding for it.
        """
        doing = f"changing the encoder of '{self._name}'"
        with translated(doing), self._database.connect() as connection, ExitStack() as locks:
            found = find_collection(connection, self._name)
            locks.enter_context(alone_with_sets(connection, found.id))
            begun = [
                set_id
                for set_id, _, _, space, *_ in connection.execute(_BEGUN, [found.id])
                if space != but_for
            ]
            for set_id in begun:
                locks.enter_context(alone_with_features(connection, set_id))
            with connection.transaction():
                found = find_collection(connection, self._name)
                connection.execute(_GIVE_UP, [begun])
                drop_unfinished(connection, found)
                yield connection, found

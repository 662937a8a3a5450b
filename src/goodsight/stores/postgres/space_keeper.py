"""One collection's spaces, looked at and replaced: `SpaceKeeper` and `FormerSpaces`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from goodsight.core.calibrating import Calibration
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.space_ports import (
    ActiveSpace,
    EmbedPhotos,
    IndexChange,
    KeptSpace,
    LearntFrom,
)
from goodsight.core.types import Metric
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.index_kinds import change_index
from goodsight.stores.postgres.kept_sets import go_back, go_to, kept_spaces, prune
from goodsight.stores.postgres.routes import StaleCollection
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.space_switch import replace_calibrations, switch_space
from goodsight.stores.postgres.spaces import active_space, features_after, learnt_from
from goodsight.stores.postgres.vector_sets import IndexKind

__all__ = ["PostgresSpaces"]

LOOKS = 5


class PostgresSpaces:
    """Implements `SpaceKeeper` and `FormerSpaces`. Safe to use from several threads."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    @contextmanager
    def _changing(self, doing: str) -> Iterator[Connection]:
        with translated(doing), self._database.connect() as connection:
            yield connection

    def active_space(self) -> ActiveSpace:
        """The space in use. Raises CollectionNotFound."""

        def read(connection: Connection) -> ActiveSpace:
            for _ in range(LOOKS):
                # Between the statements the space may be switched, and the former one dropped.
                with suppress(StaleCollection):
                    return active_space(connection, find_collection(connection, self._name))
            return active_space(connection, find_collection(connection, self._name))

        return self._database.read(f"looking up the space of '{self._name}'", read)

    def learnt_from(self) -> LearntFrom:
        """How many photos there are, and were when the space was learnt."""
        return self._database.read(
            f"counting the photos of '{self._name}'",
            lambda c: learnt_from(c, find_collection(c, self._name)),
        )

    def feature_batches(self, encoder_space: str | None = None) -> Iterator[FeatureBatch]:
        """All raw features, photos of one product together; see the port."""
        space = encoder_space or self.active_space().encoder_space
        after: int | None = 0
        while after is not None:
            after, batch = self._batch_after(after, space)
            if batch is not None:
                yield batch

    def _batch_after(self, after: int, space: str) -> tuple[int | None, FeatureBatch | None]:
        def read(connection: Connection) -> tuple[int | None, FeatureBatch | None]:
            found = find_collection(connection, self._name)
            found.check_encoder(space)
            return features_after(connection, found.id, found.feature_set, after)

        return self._database.read(f"reading the features of '{self._name}'", read)

    def switch_space(
        self,
        projection: Projection | None,
        calibrations: Mapping[Metric, Calibration],
        *,
        keep_former: bool = False,
        encoder_space: str | None = None,
    ) -> str:
        """Switch in one atomic step; see the port."""
        with self._changing(f"switching the space of '{self._name}'") as connection:
            return switch_space(
                connection,
                self._name,
                projection,
                calibrations,
                keep_former=keep_former,
                encoder_space=encoder_space,
            )

    def keep_calibrations(
        self, calibrations: Mapping[Metric, Calibration], space: str | None = None
    ) -> None:
        """Put these in the place of the active space's; see the port."""
        with self._changing(f"keeping the calibration of '{self._name}'") as connection:
            replace_calibrations(connection, self._name, calibrations, space)

    def kept_spaces(self) -> Sequence[KeptSpace]:
        """The space in use and those kept; see the port."""
        return self._database.read(
            f"listing the spaces of '{self._name}'", lambda c: kept_spaces(c, self._name)
        )

    def go_to(self, space_id: int, embed: EmbedPhotos | None = None) -> str:
        """Search in a kept space; see the port."""
        with self._changing(f"switching the space of '{self._name}'") as connection:
            return go_to(connection, self._name, space_id, embed)

    def go_back(self) -> str:
        """Search in the former space; see the port."""
        with self._changing(f"switching the space of '{self._name}'") as connection:
            return go_back(connection, self._name)

    def change_index(self, *, binary: bool) -> IndexChange:
        """Build the vector indexes anew, of signs or of numbers; what it came to.

        Raises UsageError where signs say too little, CollectionNotFound.
        """
        kind = IndexKind.BINARY if binary else IndexKind.HALFVEC
        with self._changing(f"changing the vector index of '{self._name}'") as connection:
            return change_index(connection, self._name, kind)

    def prune(self) -> int:
        """Drop the kept spaces; see the port."""
        with self._changing(f"pruning the spaces of '{self._name}'") as connection:
            return prune(connection, self._name)

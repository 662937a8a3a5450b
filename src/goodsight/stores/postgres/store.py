"""All collections of one PostgreSQL database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from goodsight.core.backups import DatabaseShape
from goodsight.core.ports import TextEncoder
from goodsight.core.reports import Check
from goodsight.core.types import ModelCard
from goodsight.core.upkeep import CatalogueHealth, RunRecord
from goodsight.stores.postgres.asked import WordReader
from goodsight.stores.postgres.audit import PostgresAudit
from goodsight.stores.postgres.bridges import PostgresBridges
from goodsight.stores.postgres.collection_rows import (
    delete_collection,
    find_collection,
    find_or_make_collection,
)
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.dumping import MemberSink, dump_database
from goodsight.stores.postgres.encoder_change import PostgresEncoderChanges
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.health import MAX_SAMPLE, catalogue_health
from goodsight.stores.postgres.index_upkeep import build_active_indexes
from goodsight.stores.postgres.inspection import inspect
from goodsight.stores.postgres.keys import PostgresKeys
from goodsight.stores.postgres.loading import TableSource, load_database
from goodsight.stores.postgres.mending import mend
from goodsight.stores.postgres.originals import PostgresOriginals
from goodsight.stores.postgres.owner_sessions import PostgresOwnerSessions
from goodsight.stores.postgres.predictions import PostgresPredictions
from goodsight.stores.postgres.reading import PostgresProducts
from goodsight.stores.postgres.removal import remove_products
from goodsight.stores.postgres.run_records import run_records
from goodsight.stores.postgres.runs import PostgresRun, begin_run
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.space_keeper import PostgresSpaces
from goodsight.stores.postgres.text_vectors import PostgresTextVectors
from goodsight.stores.postgres.tuning_runs import PostgresTuningRuns

__all__ = ["PostgresStore"]

_NAMES = 'SELECT name FROM collections ORDER BY name COLLATE "C"'


class PostgresStore:
    """The collections of a database, embedded below a folder or named by a URL."""

    def __init__(
        self,
        location: Path | str,
        text_encoder: Callable[[], TextEncoder | None] = lambda: None,
    ) -> None:
        self.database = Database(location)
        self._words = WordReader(self.database, text_encoder)
        self.keys = PostgresKeys(self.database)
        self.sessions = PostgresOwnerSessions(self.database)
        self.audit = PostgresAudit(self.database)
        self._run_sessions: list[Connection] = []

    def names(self) -> Sequence[str]:
        """Names of the collections, sorted."""
        return self.database.read(
            "listing collections", lambda c: [name for (name,) in c.execute(_NAMES)]
        )

    def open(self, name: str) -> PostgresProducts:
        """Raises CollectionNotFound."""
        found = self.database.read(f"opening '{name}'", lambda c: find_collection(c, name))
        return PostgresProducts(self.database, found, self._words)

    def begin_run(self, name: str, *, profile: str, card: ModelCard, source: str) -> PostgresRun:
        """Start indexing `source`; see the port. Raises SpaceMismatch, StoreError."""
        with translated(f"beginning to index into '{name}'"):
            connection = self.database.connect()
            # A run closes its session at its end; one that has none is closed with the store.
            self._run_sessions = [c for c in self._run_sessions if not c.closed] + [connection]
            try:
                collection = find_or_make_collection(connection, name, profile, card)
                return begin_run(connection, collection, source)
            except BaseException:
                connection.close()
                raise

    def delete(self, name: str) -> None:
        """Raises CollectionNotFound, and StoreError while the collection is being indexed."""
        with translated(f"deleting '{name}'"), self.database.connect() as connection:
            delete_collection(connection, name)

    def remove_products(self, name: str, product_ids: Sequence[str]) -> int:
        """Remove the products that exist among these; how many. Raises CollectionNotFound."""
        with translated(f"removing products of '{name}'"), self.database.connect() as connection:
            return remove_products(connection, name, product_ids)

    def runs(self, name: str, limit: int = 50) -> Sequence[RunRecord]:
        """The collection's latest index runs, newest first. Raises CollectionNotFound."""
        return self.database.read(
            f"listing index runs of '{name}'", lambda c: run_records(c, name, limit)
        )

    def health(self, name: str, sample: int = MAX_SAMPLE) -> CatalogueHealth:
        """What is wrong with the collection's products and photos. Raises CollectionNotFound."""
        return catalogue_health(self.database, self.open(name), name, sample)

    def spaces(self, name: str) -> PostgresSpaces:
        """The collection's space, to learn and to replace."""
        return PostgresSpaces(self.database, name)

    def encoder_changes(self, name: str) -> PostgresEncoderChanges:
        """The collection's encoder, to be replaced by another one."""
        return PostgresEncoderChanges(self.database, name)

    def tuning_runs(self, name: str) -> PostgresTuningRuns:
        """The collection's tuning runs, to be recorded and listed."""
        return PostgresTuningRuns(self.database, name)

    def text_vectors(self, name: str) -> PostgresTextVectors:
        """The vectors of the collection's texts, to be kept."""
        return PostgresTextVectors(self.database, name)

    def predictions(self, name: str) -> PostgresPredictions:
        """What was predicted of the collection's products, to be kept."""
        return PostgresPredictions(self.database, name)

    def bridges(self, name: str) -> PostgresBridges:
        """What leads from texts to the collection's photos, to be learnt and read."""
        return PostgresBridges(self.database, name)

    def originals(self, name: str) -> PostgresOriginals:
        """The bytes of the collection's photos that came by upload."""
        return PostgresOriginals(self.database, name)

    def dump(self, sink: MemberSink, progress: Callable[[int, int], None]) -> DatabaseShape:
        """Write every table as of one moment; see `dumping`. Raises StoreError."""
        return dump_database(self.database, sink, progress)

    def load(
        self,
        shape: DatabaseShape,
        source: TableSource,
        *,
        replace: bool,
        progress: Callable[[int], None],
        before_commit: Callable[[], None] = lambda: None,
    ) -> None:
        """Put a backup's tables in the place of all there are; see `loading`."""
        load_database(
            self.database,
            shape,
            source,
            replace=replace,
            progress=progress,
            before_commit=before_commit,
        )

    def build_indexes(self, name: str) -> bool:
        """Build the collection's vector indexes where they are absent; whether any was."""
        return build_active_indexes(self.database, name)

    def checks(self) -> tuple[Check, ...]:
        """Look at everything that can be wrong; what is wrong is reported, not raised."""
        return inspect(self.database)

    def dead_server(self) -> int | None:
        """The process id of an embedded server that ended without stopping, if one did."""
        server = self.database.server
        return None if server is None else server.cluster.dead_server_pid()

    def mend(self) -> Iterator[str]:
        """Mend what can be mended safely; says what was done. Raises StoreError."""
        return mend(self.database)

    def close(self) -> None:
        """Close every session, those of unfinished runs too; the last user stops the server."""
        for connection in self._run_sessions:
            connection.close()
        self.database.close()

"""A collection's tuning runs, recorded: the port `TuningRuns`.

A run holds a lock while it goes on: a run without one belongs to a process that died.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from goodsight.core.errors import GoodsightError, StoreError
from goodsight.core.tuning import TuningRecord, TuningRun, TuningStatus
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import storable
from goodsight.stores.postgres.tuning_rows import record_of, record_text

__all__ = ["PostgresTuningRuns"]

TUNING_LOCK = 0x600D7E4

_GIVE_UP_LOST_RUNS = """
    UPDATE tuning_runs SET status = 'interrupted', finished_at = now()
    WHERE collection_id = %s AND status = 'running'
"""
_BEGIN = """
    INSERT INTO tuning_runs (collection_id, method, record) VALUES (%s, %s, %s) RETURNING id
"""
_RECORD = "UPDATE tuning_runs SET record = %s WHERE id = %s"
_FINISH = """
    UPDATE tuning_runs AS r SET record = %s, status = %s, forced = %s, finished_at = now(),
        vector_set_id = CASE WHEN %s THEN c.active_vector_set END
    FROM collections c WHERE c.id = r.collection_id AND r.id = %s
"""
# What was recorded before stays: a verdict, where it failed after that.
_FAIL = """
    UPDATE tuning_runs SET status = 'failed', finished_at = now(),
        record = jsonb_set(record::jsonb, '{reason}', to_jsonb(%s::text))::json
    WHERE id = %s
"""
# A run that is under way holds its lock: one without is of a process that died.
_TOLD = f"""
    SELECT id, method, CASE WHEN status = 'running' AND NOT EXISTS (
            SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = {TUNING_LOCK}
            AND objid = collection_id AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
        THEN 'interrupted' ELSE status END,
        started_at, finished_at, forced, vector_set_id, record
    FROM tuning_runs WHERE collection_id = %s
"""  # noqa: S608 - a number of our own
_RUNS = _TOLD + "ORDER BY id DESC LIMIT %s"
_RUN = _TOLD + "AND id = %s"


class PostgresOpenRun:
    """Implements `OpenRun` on a session that holds the lock."""

    def __init__(self, session: Connection, run_id: int) -> None:
        self.id = run_id
        self._session = session
        self.is_finished = False

    def record(self, record: TuningRecord) -> None:
        """Keep what is known; see the port."""
        with translated("recording a tuning run"):
            self._session.execute(_RECORD, [record_text(record), self.id])

    def finish(self, status: TuningStatus, record: TuningRecord, *, forced: bool = False) -> None:
        """Close the run; see the port."""
        switched = status is TuningStatus.SWITCHED
        values = [record_text(record), status.value, forced, switched, self.id]
        with translated("recording a tuning run"):
            self._session.execute(_FINISH, values)
        self.is_finished = True


class PostgresTuningRuns:
    """Implements `TuningRuns` for a collection. Safe to use from several threads."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    @contextmanager
    def begin(self, method: str) -> Iterator[PostgresOpenRun]:
        """A new run; see the port."""
        with translated(f"beginning to tune '{self._name}'"):
            session = self._database.connect()
        with session:
            with translated(f"beginning to tune '{self._name}'"):
                run = PostgresOpenRun(session, self._begun(session, method))
            reason = ""
            try:
                yield run
            except GoodsightError as error:
                reason = storable(str(error))
                raise
            finally:
                if not run.is_finished and not session.closed:
                    with translated("recording a tuning run"):
                        session.execute(_FAIL, [reason, run.id])

    def _begun(self, session: Connection, method: str) -> int:
        found = find_collection(session, self._name)
        key = [TUNING_LOCK, found.id]
        [(alone,)] = session.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not alone:
            raise StoreError(f"'{self._name}' is being tuned by another process: wait for its end")
        with session.transaction():
            session.execute(_GIVE_UP_LOST_RUNS, [found.id])
            [(run_id,)] = session.execute(
                _BEGIN, [found.id, storable(method), record_text(TuningRecord())]
            )
        return int(run_id)

    def runs(self, limit: int = 50) -> Sequence[TuningRun]:
        """The latest runs; see the port. Raises CollectionNotFound."""

        def read(connection: Connection) -> list[TuningRun]:
            found = find_collection(connection, self._name)
            return [_run(*row) for row in connection.execute(_RUNS, [found.id, limit])]

        return self._database.read(f"listing the tuning runs of '{self._name}'", read)

    def run(self, run_id: int) -> TuningRun | None:
        """One run; see the port. Raises CollectionNotFound."""

        def read(connection: Connection) -> TuningRun | None:
            found = find_collection(connection, self._name)
            row = connection.execute(_RUN, [found.id, run_id]).fetchone()
            return None if row is None else _run(*row)

        return self._database.read(f"reading a tuning run of '{self._name}'", read)


def _run(*row: Any) -> TuningRun:
    run_id, method, status, started, finished, forced, space_id, record = row
    return TuningRun(
        id=run_id,
        method=method,
        status=TuningStatus(status),
        started_at=started,
        finished_at=finished,
        forced=forced,
        space_id=space_id,
        record=record_of(record),
    )

"""One database, embedded or by URL: reached once, checked once, read over shared sessions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.abc import AdaptContext
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from goodsight.core.errors import StoreError
from goodsight.stores.postgres.failures import is_lost_connection, translated
from goodsight.stores.postgres.halfvectors import HalfVector, HalfVectorDumper
from goodsight.stores.postgres.schema import ServerFacts, bring_up_to_date, migration_session
from goodsight.stores.postgres.server import EmbeddedServer
from goodsight.stores.postgres.sessions import Connection, Sessions
from goodsight.stores.postgres.settings import session_options, session_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection as SqlConnection

__all__ = ["Database"]

Result = TypeVar("Result")

NEVER_BY_ITSELF = 2**31
CONNECT_TIMEOUT_SECONDS = 10
MAX_READERS = 8
REMEMBERED_ANSWERS = 512
SCHEMES = ("postgresql://", "postgres://")


class Database:
    """One database, embedded below a folder or named by a URL. Safe to use from threads."""

    def __init__(self, location: Path | str) -> None:
        self.server = EmbeddedServer(location) if isinstance(location, Path) else None
        self._url = "" if isinstance(location, Path) else _checked(location)
        self._mutex = threading.Lock()
        self._facts: ServerFacts | None = None
        self._sessions = Sessions(self.connect, MAX_READERS)
        self._adapters = _Adapters()
        # Those asked for last stand last; see docs/decisions/0028 for why no library does it.
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    @property
    def place(self) -> str:
        """Where the database is, for messages; without a password."""
        if self.server is not None:
            return str(self.server.cluster.directory)
        parts = conninfo_to_dict(self._url)
        host, port = parts.get("host", "localhost"), parts.get("port", 5432)
        return f"{host}:{port}/{parts.get('dbname', '')}"

    def open(self) -> ServerFacts:
        """Reach the server and bring its tables up to date; at once where that is done.

        Raises StoreError, ServerStartError.
        """
        with self._mutex:
            if self._facts is None:
                self._facts = self._open()
            return self._facts

    def _open(self) -> ServerFacts:
        if self.server is not None:
            self.server.start()
        with translated(f"opening the database {self.place}"):
            try:
                return self._opened()
            except psycopg.Error as error:
                if self.server is None or not is_lost_connection(error):
                    raise
            # Its last user may have been killed while stopping it.
            self.server.start()
            return self._opened()

    def _opened(self) -> ServerFacts:
        with psycopg.connect(self._target(), autocommit=True) as connection:
            return bring_up_to_date(connection, self._target())

    def connect(self) -> Connection:
        """A session of one's own, in autocommit mode; the caller closes it.

        An embedded server that went away is started again.
        """
        schemas = self.open().schemas
        try:
            return self._connect(schemas)
        except psycopg.Error as error:
            if self.server is None or not is_lost_connection(error):
                raise
        self.server.start()
        return self._connect(schemas)

    def _connect(self, schemas: str) -> Connection:
        given = conninfo_to_dict(self._url).get("options")
        ours = session_options(session_settings(schemas))
        return psycopg.connect(
            self._target(),
            autocommit=True,
            # Only statements that ask for it are kept prepared, however often others come.
            prepare_threshold=NEVER_BY_ITSELF,
            options=f"{given} {ours}" if given else ours,
            context=self._adapters,
        )

    def changing_tables(self) -> AbstractContextManager[SqlConnection]:
        """One transaction in which tables may be made and migrated; see `migration_session`."""
        return migration_session(self._target(), self.open())

    def read(self, doing: str, work: Callable[[Connection], Result]) -> Result:
        """Do work that only reads; once more where the server was restarted meanwhile.

        Raises StoreError, which begins with `doing`.
        """
        with translated(doing):
            try:
                with self._sessions.borrowed() as connection:
                    return work(connection)
            except psycopg.Error as error:
                if not is_lost_connection(error):
                    raise
            self._sessions.forget_idle()
            if self.server is not None:
                self.server.start()
            with self._sessions.borrowed() as connection:
                return work(connection)

    def remembered(self, key: Hashable, ask: Callable[[], Result]) -> Result:
        """The answer to a costly question, asked once as long as it is not crowded out.

        The key must name everything the answer depends on, the index version included.
        """
        with self._mutex:
            if key in self._answers:
                self._answers.move_to_end(key)
                known: Result = self._answers[key]
                return known
        answer = ask()
        with self._mutex:
            self._answers[key] = answer
            if len(self._answers) > REMEMBERED_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def close(self) -> None:
        """Close the sessions; the embedded server stops with its last user."""
        self._sessions.close()
        if self.server is not None:
            self.server.close()

    def _target(self) -> str:
        base = self._url if self.server is None else self.server.conninfo
        given = conninfo_to_dict(base)
        return make_conninfo(
            base,
            connect_timeout=given.get("connect_timeout", CONNECT_TIMEOUT_SECONDS),
            application_name=given.get("application_name", "goodsight"),
        )


class _Adapters(AdaptContext):
    """The driver's own adapters and ours, for each session of ours and no one else's."""

    def __init__(self) -> None:
        self._adapters = AdaptersMap(psycopg.adapters)
        self._adapters.register_dumper(HalfVector, HalfVectorDumper)

    @property
    def adapters(self) -> AdaptersMap:
        return self._adapters

    @property
    def connection(self) -> psycopg.Connection[Any] | None:
        return None


def _checked(url: str) -> str:
    if not url.startswith(SCHEMES):
        raise StoreError(
            f"'{url.partition('@')[2] or url}' is not a database URL: give one like"
            " postgresql://user:password@host:5432/database"
        )
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # The driver's words would repeat the URL, and with it the password.
        raise StoreError("the database URL does not read: check its parts") from None
    return url

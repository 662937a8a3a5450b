"""The embedded server: started by the first process that needs it, stopped with the last."""

from __future__ import annotations

import fcntl
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg
from psycopg.conninfo import make_conninfo

from goodsight.core.errors import ServerStartError
from goodsight.stores.postgres import guardian
from goodsight.stores.postgres.cluster import PORT, SUPERUSER, Cluster
from goodsight.stores.postgres.settings import server_settings

__all__ = ["EmbeddedServer"]

# Recovery after a crash replays the log: give it time, it is working.
START_TIMEOUT_SECONDS = 300
STOP_TIMEOUT_SECONDS = 60
CONNECT_TIMEOUT_SECONDS = 10
FIRST_WAIT_SECONDS = 0.004
LONGEST_WAIT_SECONDS = 0.1
# What a crashed server's last sessions still hold on to for a moment.
LEFTOVERS = ("shared memory block", "lock file", "already in use")
LEFTOVER_TIMEOUT_SECONDS = 20
# What a server says that is starting or ending, and what is heard from one that hangs up.
BUSY = ("the database system is", "server closed the connection")


class _State(Enum):
    READY = "answers"
    BUSY = "starts, recovers or stops"
    ABSENT = "does not listen"


class EmbeddedServer:
    """One process's use of the server below a folder.

    Any number of processes, and any number of objects in one, may use the same folder. A
    user counts for as long as it holds the shared lock, which the system takes back from a
    process however it ends.
    """

    def __init__(self, directory: Path) -> None:
        self.cluster = Cluster(directory.expanduser().absolute())
        self._users_lock: IO[bytes] | None = None
        self._mutex = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def conninfo(self) -> str:
        """How to connect. The server listens on a socket only its owner can reach."""
        folder = self.cluster.socket_directory() or self.cluster.data
        return make_conninfo(
            host=str(folder), port=PORT, user=SUPERUSER, dbname="postgres", sslmode="disable"
        )

    def start(self) -> None:
        """Count as a user, and wait until the server answers; starts it where none runs.

        Also brings back a server that died while we used it. Raises ServerStartError.
        """
        with self._mutex:
            was_user = self._users_lock is not None
            try:
                self._start()
            except BaseException as error:
                if not was_user:
                    self._leave()
                if isinstance(error, OSError):
                    place = self.cluster.directory
                    raise ServerStartError(f"cannot use {place}: {error}") from error
                raise

    def _start(self) -> None:
        self.cluster.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._users_lock is None:
            # Waits while the last user before us is stopping the server.
            self._users_lock = _locked(self.cluster.users_lock, fcntl.LOCK_SH)
        with _locked(self.cluster.start_lock, fcntl.LOCK_EX):
            self._wait_until_ready()

    def close(self) -> None:
        """Stop counting as a user; the last one stops the server and waits for its end."""
        with self._mutex:
            self._leave()

    def _leave(self) -> None:
        if self._users_lock is None:
            return
        with self._users_lock as lock:
            self._users_lock = None
            # Held by anyone else, shared or to stop the server: nothing left to do here.
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        for wait in _growing_waits():
            state = self._state()
            if state is _State.READY:
                return
            if state is _State.ABSENT and self.cluster.server_pid() is None:
                self._launch(deadline)
                return
            if time.monotonic() > deadline:
                break
            time.sleep(wait)
        raise self._failure(f"did not answer within {START_TIMEOUT_SECONDS} seconds")

    def _launch(self, deadline: float) -> None:
        """Start the server; again where a crashed one's last sessions are still ending."""
        self.cluster.prepare()
        last_try = time.monotonic() + LEFTOVER_TIMEOUT_SECONDS
        while not self._launch_once(deadline):
            told = self.cluster.log_tail()[-1000:]
            if time.monotonic() > last_try or not any(word in told for word in LEFTOVERS):
                raise self._failure("ended while starting")
            time.sleep(LONGEST_WAIT_SECONDS)

    def _launch_once(self, deadline: float) -> bool:
        """Start the server and wait for it; False if it ended by itself."""
        self.cluster.forget_dead_server()
        self.cluster.trim_log()
        with self._guardian() as guardian_is_gone:
            for wait in _growing_waits():
                if self._state() is _State.READY:
                    return True
                if guardian_is_gone(wait):
                    return False
                if time.monotonic() > deadline:
                    break
        raise self._failure(f"did not answer within {START_TIMEOUT_SECONDS} seconds")

    @contextmanager
    def _guardian(self) -> Iterator[_Watch]:
        """Run the server under its guardian, away from our terminal and its Ctrl-C."""
        command = [sys.executable, "-I", "-S", str(Path(guardian.__file__))]
        command += [str(self.cluster.users_lock), self.cluster.account or ""]
        command += self.cluster.command(server_settings())
        alive, held = os.pipe()
        try:
            # The guardian inherits the pipe's other end, and with its end the pipe's comes.
            with self.cluster.log.open("ab") as log:
                subprocess.run(  # noqa: S603 - our own program
                    command,
                    check=True,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    start_new_session=True,
                    pass_fds=[held],
                )
            os.close(held)
            held = -1
            yield _Watch(alive)
        except subprocess.CalledProcessError as error:
            raise self._failure(f"could not be started: {error}") from error
        finally:
            os.close(alive)
            if held >= 0:
                os.close(held)

    def _stop(self) -> None:
        pid = self.cluster.server_pid()
        if pid is None:
            return
        with suppress(ProcessLookupError):
            guardian.ask_to_stop(pid)
        deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
        for wait in _growing_waits():
            if self.cluster.server_pid() is None:
                return
            if time.monotonic() > deadline:
                raise self._failure(f"did not stop within {STOP_TIMEOUT_SECONDS} seconds")
            time.sleep(wait)

    def _state(self) -> _State:
        folder = self.cluster.socket_directory()
        if folder is None:
            return _State.ABSENT
        try:
            psycopg.connect(self.conninfo, connect_timeout=CONNECT_TIMEOUT_SECONDS).close()
        except psycopg.OperationalError as error:
            # It hangs up on those who come while it ends.
            if any(word in str(error) for word in BUSY):
                return _State.BUSY
            return _State.READY if _listens(folder / f".s.PGSQL.{PORT}") else _State.ABSENT
        return _State.READY

    def _failure(self, what: str) -> ServerStartError:
        tail = self.cluster.log_tail() or "(empty)"
        return ServerStartError(
            f"the embedded PostgreSQL {what}. The end of {self.cluster.log}:\n{tail}"
        )


class _Watch:
    """Tells whether the process at the other end of a pipe is gone."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __call__(self, seconds: float) -> bool:
        """Wait at most this long for its end."""
        readable, _, _ = select.select([self._descriptor], [], [], seconds)
        return bool(readable)


def _locked(path: Path, operation: int) -> IO[bytes]:
    """Open a lock file and wait for its lock; closing the file gives it back."""
    file = path.open("ab")
    try:
        fcntl.flock(file, operation)
    except OSError:
        file.close()
        raise
    return file


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _growing_waits() -> Iterator[float]:
    wait = FIRST_WAIT_SECONDS
    while True:
        yield wait
        wait = min(wait * 1.5, LONGEST_WAIT_SECONDS)

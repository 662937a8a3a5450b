"""Idle sessions kept for the next reader.

A session is opened by the reader who needs it, so that a server that is away is an error at
once; a pool with workers of its own would let every reader wait for its timeout.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

__all__ = ["Connection", "Sessions"]

Connection = psycopg.Connection[tuple[Any, ...]]


class Sessions:
    """At most `limit` sessions in use at once; further readers wait for one."""

    def __init__(self, connect: Callable[[], Connection], limit: int) -> None:
        self._connect = connect
        self._places = threading.BoundedSemaphore(limit)
        self._idle: list[Connection] = []
        self._mutex = threading.Lock()
        self._closed = False

    @contextmanager
    def borrowed(self) -> Iterator[Connection]:
        """A session for one reading; it goes back unless it broke."""
        with self._places:
            with self._mutex:
                connection = self._idle.pop() if self._idle else None
            connection = connection or self._connect()
            try:
                yield connection
            finally:
                self._give_back(connection)

    def _give_back(self, connection: Connection) -> None:
        idle = connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
        with self._mutex:
            if idle and not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def forget_idle(self) -> None:
        """Close what is idle: the server they belong to is gone."""
        with self._mutex:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def close(self) -> None:
        """Close what is idle now, and what is in use once it comes back."""
        with self._mutex:
            self._closed = True
        self.forget_idle()

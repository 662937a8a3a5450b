"""Who may replace a collection's vector sets, and who counts on them staying.

Nobody waits inside a statement: a concurrent index build waits for every statement that began
before it, so also for one that waits for a lock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from goodsight.stores.postgres.sessions import Connection

__all__ = ["alone_with_sets", "sets_stay"]

SETS_LOCK = 0x600D5E7
ASK_AGAIN_SECONDS = 0.1


@contextmanager
def alone_with_sets(connection: Connection, collection_id: int) -> Iterator[None]:
    """Wait until nobody counts on the sets, then keep everybody else away from them."""
    key = [SETS_LOCK, collection_id]
    while not _taken(connection, "SELECT pg_try_advisory_lock(%s, %s)", key):
        time.sleep(ASK_AGAIN_SECONDS)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@contextmanager
def sets_stay(connection: Connection, collection_id: int) -> Iterator[bool]:
    """Whether the sets stay as they are inside; False while someone is replacing them."""
    key = [SETS_LOCK, collection_id]
    taken = _taken(connection, "SELECT pg_try_advisory_lock_shared(%s, %s)", key)
    try:
        yield taken
    finally:
        if taken and not connection.closed:
            connection.execute("SELECT pg_advisory_unlock_shared(%s, %s)", key)


def _taken(connection: Connection, statement: str, key: list[int]) -> bool:
    [(taken,)] = connection.execute(statement, key)
    return bool(taken)

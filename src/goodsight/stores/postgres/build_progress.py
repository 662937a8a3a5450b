"""How far an index build is, asked of the server by a session beside the one that builds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from goodsight.core.backups import StageProgress
from goodsight.stores.build_news import build_listener
from goodsight.stores.postgres.sessions import Connection

__all__ = ["telling_progress"]

SECONDS_BETWEEN_NEWS = 0.5

_log = logging.getLogger(__name__)
_PROGRESS = """
    SELECT phase, blocks_done * current_setting('block_size')::bigint,
           blocks_total * current_setting('block_size')::bigint
    FROM pg_stat_progress_create_index WHERE pid = %s
"""


@contextmanager
def telling_progress(connection: Connection, what: str) -> Iterator[None]:
    """Tell whoever listens how far the index is that `connection` builds inside the block."""
    listener = build_listener()
    if listener is None:
        yield
        return
    ended = threading.Event()
    # The driver's own description leaves the password out.
    target = psycopg.conninfo.make_conninfo(
        connection.info.dsn, password=connection.info.password or None
    )
    arguments = (target, connection.info.backend_pid, what, listener, ended)
    watcher = threading.Thread(target=_watch, args=arguments)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _watch(
    target: str, builder: int, what: str, listener: StageProgress, ended: threading.Event
) -> None:
    try:
        with psycopg.connect(target, autocommit=True) as session:
            while not ended.wait(SECONDS_BETWEEN_NEWS):
                row = session.execute(_PROGRESS, [builder]).fetchone()
                if row is not None:
                    phase, done, total = row
                    waits = f" ({phase})" if phase.startswith("waiting") else ""
                    listener(what + waits, done, total)
    except psycopg.Error:
        # Only decoration: the build itself says what is wrong.
        _log.debug("no progress of an index build", exc_info=True)

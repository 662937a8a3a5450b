"""Who wants to hear how far the building of a vector index is.

A build may be deep below: at the end of an index run, of learning, of a restore. Who shows
progress says so around all of that, and need not be handed through everything in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from goodsight.core.backups import StageProgress

__all__ = ["build_listener", "hearing_builds"]

_listener: ContextVar[StageProgress | None] = ContextVar("build_listener", default=None)


@contextmanager
def hearing_builds(listener: StageProgress) -> Iterator[None]:
    """Builds of this thread inside the block tell what they do, and bytes done and in all.

    The listener is called on another thread.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def build_listener() -> StageProgress | None:
    """Who listens now, if anyone does."""
    return _listener.get()

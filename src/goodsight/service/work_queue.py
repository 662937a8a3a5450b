"""How many requests work on photos at once, how many may wait, and for how long.

Decoding and embedding keep a core busy each: more of them side by side than there are cores
makes every answer later and none sooner. Who comes when the queue is full is told so at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from goodsight.service.problems import Problem

__all__ = ["WorkQueue"]

Result = TypeVar("Result")


class WorkQueue:
    """Runs blocking work in threads, at most `places` at once, with a bounded queue."""

    def __init__(self, *, places: int, queue_length: int, patience_seconds: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._threads = CapacityLimiter(places)
        self._queue_length = queue_length
        self._patience_seconds = patience_seconds
        self.waiting = 0
        self.working = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do the work in a thread when its turn comes. Raises Problem where it does not come."""
        async with self._turn():
            # Work that has begun goes on when its caller leaves: a thread cannot be stopped.
            return await asyncio.shield(
                asyncio.ensure_future(anyio.to_thread.run_sync(work, limiter=self._threads))
            )

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._places.locked():
            await self._wait()
        else:
            await self._places.acquire()
        self.working += 1
        try:
            yield
        finally:
            self.working -= 1
            self._places.release()

    async def _wait(self) -> None:
        if self.waiting >= self._queue_length:
            raise Problem("busy", "too many photos are waiting already; try again soon")
        self.waiting += 1
        try:
            await asyncio.wait_for(self._places.acquire(), self._patience_seconds)
        except TimeoutError:
            raise Problem("busy", "no turn came in time; try again soon") from None
        finally:
            self.waiting -= 1

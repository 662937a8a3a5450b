"""Politeness: how many requests a host gets at once, and none while it asks to wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["HostLimit"]

# Hosts beyond that number are forgotten, those of feeds being few.
MAX_HOSTS = 10_000


class HostLimit:
    """At most `at_once` turns for a host at the same time. Safe to use from several threads."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._mutex = threading.Lock()
        self._turns: dict[str, threading.BoundedSemaphore] = {}
        self._not_before: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait for a turn, and until a pause that the host asked for is over."""
        with self._turns_of(host):
            wait = self._not_before.get(host, 0.0) - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            yield

    def pause(self, host: str, seconds: float) -> None:
        """Give no turn for so many seconds; those at work go on."""
        with self._mutex:
            until = time.monotonic() + seconds
            self._not_before[host] = max(until, self._not_before.get(host, 0.0))

    def _turns_of(self, host: str) -> threading.BoundedSemaphore:
        with self._mutex:
            if len(self._turns) >= MAX_HOSTS:
                self._turns.clear()
                self._not_before.clear()
            return self._turns.setdefault(host, threading.BoundedSemaphore(self._at_once))

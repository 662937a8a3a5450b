"""Ctrl-C during long work: the first press asks it to stop, the second one breaks it off."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from goodsight.cli.output import message

__all__ = ["ended_by_interrupt", "lasting_interrupt", "stop_on_interrupt"]


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether to stop; SIGTERM counts as Ctrl-C."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's form
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        message("stopping after the photos in work; press Ctrl-C again to break off")

    with _handling(ask, signal.SIGINT, signal.SIGTERM):
        yield asked.is_set


@contextmanager
def lasting_interrupt() -> Iterator[Callable[[], None]]:
    """Ctrl-C breaks off as ever; yields a function that raises KeyboardInterrupt after it, too.

    A KeyboardInterrupt is lost where it meets code that swallows whatever is raised, as some
    libraries do while they are imported.
    """
    asked = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's form
        asked.set()
        raise KeyboardInterrupt

    def check() -> None:
        if asked.is_set():
            raise KeyboardInterrupt

    with _handling(note, signal.SIGINT):
        yield check


@contextmanager
def ended_by_interrupt() -> Iterator[None]:
    """Ctrl-C and SIGTERM both raise KeyboardInterrupt within."""

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's form
        raise KeyboardInterrupt

    with _handling(end, signal.SIGINT, signal.SIGTERM):
        yield


@contextmanager
def _handling(
    handler: Callable[[int, FrameType | None], None], *numbers: signal.Signals
) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)

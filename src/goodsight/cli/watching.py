"""`goodsight index --watch`: look again and again whether a source has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NoReturn

import typer

from goodsight.cli.interrupt import ended_by_interrupt
from goodsight.cli.output import message
from goodsight.core.errors import InputError

__all__ = ["watch"]

INTERRUPTED = 130
SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_BETWEEN_REQUESTS = 300.0
# A folder of very many photos takes a while to look through; that is no reason to do nothing else.
MOST_LOOKING_SHARE = 0.1


def watch(
    index: Callable[[], bool], state: Callable[[], str], seconds: float, *, may_be_growing: bool
) -> NoReturn:
    """Call `index` now and after each change of `state`, until it says that it was interrupted.

    With `may_be_growing` a change counts once it has come to rest, as a file that is being
    copied does. What cannot be read the first time ends it, later it is told and watched on.
    Otherwise it ends with the exit code of an interrupt alone.
    """
    with ended_by_interrupt():
        try:
            known = state()
            is_interrupted = index()
            while not is_interrupted:
                known = _wait_for_change(known, state, seconds, may_be_growing=may_be_growing)
                is_interrupted = _index_again(index)
        except KeyboardInterrupt:
            message("no longer watching")
    raise typer.Exit(INTERRUPTED)


def _index_again(index: Callable[[], bool]) -> bool:
    """A feed that is broken now may be mended with its next change."""
    try:
        return index()
    except InputError as error:
        message(f"still watching: {error}")
        return False


def _wait_for_change(
    known: str, state: Callable[[], str], seconds: float, *, may_be_growing: bool
) -> str:
    before, wait = known, seconds
    while True:
        time.sleep(wait)
        started = time.monotonic()
        now = _look(state, before)
        wait = max(seconds, (time.monotonic() - started) / MOST_LOOKING_SHARE)
        if now != known and (now == before or not may_be_growing):
            return now
        before = now


def _look(state: Callable[[], str], before: str) -> str:
    try:
        return state()
    except InputError as error:
        message(f"still watching: {error}")
        return before

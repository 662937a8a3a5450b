"""Runs tracks in profiles, and keeps their rows."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.data import GROCERY
from benchmarks.quality.bench import Bench
from benchmarks.quality.rows import Row, keep
from benchmarks.quality.tracks import TRACKS
from goodsight.profiles import READING_PROFILE

__all__ = ["run_tracks"]


def run_tracks(
    tracks: Sequence[str] | None,
    profiles: Sequence[str],
    *,
    queries: int | None = None,
    read_words: bool = True,
    write: bool = True,
) -> list[Row]:
    """The rows of the named tracks (all by default); they are kept after each track.

    Without `read_words` the rows of a profile that would read them say so.
    """
    if not GROCERY.exists():
        print("no photos here", file=sys.stderr)
        return []
    rows: list[Row] = []
    for profile in profiles:
        with tempfile.TemporaryDirectory() as work:
            bench = Bench(Path(work), profile, queries, read_words)
            unread = profile == READING_PROFILE and not read_words
            for name in tracks or TRACKS:
                print(f"measuring: {name}, {profile}", file=sys.stderr)
                measured = [row.unread() if unread else row for row in TRACKS[name](bench)]
                rows += measured
                # A long run that is broken off has kept what it had.
                if write:
                    keep(measured)
    return rows

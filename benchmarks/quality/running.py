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

__all__ = ["run_tracks"]


def run_tracks(
    tracks: Sequence[str] | None,
    profiles: Sequence[str],
    *,
    queries: int | None = None,
    write: bool = True,
) -> list[Row]:
    """The rows of the named tracks (all by default); they are kept after each track."""
    if not GROCERY.exists():
        print("no photos here", file=sys.stderr)
        return []
    rows: list[Row] = []
    for profile in profiles:
        with tempfile.TemporaryDirectory() as work:
            bench = Bench(Path(work), profile, queries)
            for name in tracks or TRACKS:
                print(f"measuring: {name}, {profile}", file=sys.stderr)
                measured = TRACKS[name](bench)
                rows += measured
                # A long run that is broken off has kept what it had.
                if write:
                    keep(measured)
    return rows

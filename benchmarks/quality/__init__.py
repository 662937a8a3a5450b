"""How often the right product is found, on real photos: tracks over grocery and fashion.

    python -m benchmarks.quality --tracks train,iconic --profiles fast

Everything goes through the public API: open, index, evaluate. Each track can be run alone; a
row per commit and track is put into docs/quality.md.
"""

from __future__ import annotations

from benchmarks.figures import Figure
from benchmarks.quality.rows import Row
from benchmarks.quality.running import run_tracks

__all__ = ["measure"]

# Track and set -> at least this recall@1 in profile fast; the bounds are for photos
# kept aside, dev stands for them here.
BOUNDS = {("train", "dev"): 0.73, ("luma", "style"): 0.70, ("luma", "variant"): 0.65}


def measure() -> list[Figure]:
    """All tracks in profile fast."""
    return [_figure(row) for row in run_tracks(None, ["fast"])]


def _figure(row: Row) -> Figure:
    bound = BOUNDS.get((row.track, row.queries_from), 0.0)
    name = f"{row.track} → {row.queries_from}, {row.profile}, recall@1"
    return Figure(name, row.recall_at_1, "", bound, True, row.note)

"""`python -m benchmarks.quality`: run tracks, print their rows, keep them in docs/quality.md."""

from __future__ import annotations

import argparse
import sys

from benchmarks.quality.rows import markdown
from benchmarks.quality.running import run_tracks
from benchmarks.quality.tracks import TRACKS


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--tracks", help=f"comma-separated: {', '.join(TRACKS)}; default: all")
    parser.add_argument("--profiles", default="fast", help="comma-separated: fast, quality")
    parser.add_argument("--queries", type=int, help="ask only so many of each set, drawn evenly")
    parser.add_argument(
        "--words",
        choices=("on", "off"),
        default="on",
        help="off: read no printed words, which takes most of the time of profile quality",
    )
    parser.add_argument("--no-write", action="store_true", help="leave docs/quality.md alone")
    chosen = parser.parse_args(arguments)
    tracks = chosen.tracks.split(",") if chosen.tracks else None
    unknown = set(tracks or ()) - set(TRACKS)
    if unknown:
        parser.error(f"no track called {', '.join(sorted(unknown))}; there are {', '.join(TRACKS)}")
    rows = run_tracks(
        tracks,
        chosen.profiles.split(","),
        queries=chosen.queries,
        read_words=chosen.words == "on",
        write=not chosen.no_write,
    )
    print(markdown(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

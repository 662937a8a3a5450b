"""Runs the named benchmarks, or all of them, and prints one table."""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.figures import Figure, print_figures

NAMES = (
    "indexing",
    "searching",
    "cold",
    "memory",
    "grocery",
    "learning",
    "words",
    "requests",
    "service",
)
# Only where they are asked for: the first takes long and writes into docs/quality.md, the second
# reads words on photos for long, the third needs the extra `voice` and espeak-ng, the fourth the
# extra `tune` and an hour, the fifth some minutes. `growth` takes long, too, and has options of its
# own: python -m benchmarks growth --help.
BY_NAME = ("quality", "composed", "voice", "tuning", "quantising")


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["growth"]:
        return int(import_module("benchmarks.growth").main(arguments[1:]))
    choices = (*NAMES, *BY_NAME)
    unknown = set(arguments) - set(choices)
    if unknown:
        print(f"no benchmark called {', '.join(sorted(unknown))}; choose from {', '.join(choices)}")
        return 2
    figures: list[Figure] = []
    for name in arguments or NAMES:
        print(f"measuring: {name}", file=sys.stderr)
        figures += import_module(f"benchmarks.{name}").measure()
    print_figures(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs the named benchmarks, or all of them, and prints one table."""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.figures import Figure, print_figures

NAMES = ("indexing", "searching", "cold", "memory", "grocery", "service")


def main(arguments: list[str]) -> int:
    unknown = set(arguments) - set(NAMES)
    if unknown:
        print(f"no benchmark called {', '.join(sorted(unknown))}; choose from {', '.join(NAMES)}")
        return 2
    figures: list[Figure] = []
    for name in arguments or NAMES:
        print(f"measuring: {name}", file=sys.stderr)
        figures += import_module(f"benchmarks.{name}").measure()
    print_figures(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

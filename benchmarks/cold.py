"""What a person at a shell waits for: a search from cold, an import, an installation."""

from __future__ import annotations

import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from benchmarks.data import real_photos
from benchmarks.figures import Figure

__all__ = ["measure"]

ROUNDS = 7


def measure() -> list[Figure]:
    return [cold_search(), cold_import()]


def cold_search() -> Figure:
    """The whole command: interpreter, database start, model, search, table."""
    name = "goodsight search from a cold shell"
    photos = real_photos(60)
    if not photos:
        return Figure(name, None, "s", 1.5, False, "no photos here")
    goodsight = Path(sysconfig.get_path("scripts")) / "goodsight"
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "photos"
        folder.mkdir()
        for number, photo in enumerate(photos):
            (folder / f"{number:05}{photo.suffix}").write_bytes(photo.read_bytes())
        common = ["--home", f"{work}/home"]
        subprocess.run([goodsight, "index", folder, *common], check=True, capture_output=True)
        seconds = timed([str(goodsight), "search", str(photos[7]), *common])
    return Figure(name, seconds, "s", 1.5, False, f"median of {ROUNDS}")


def cold_import() -> Figure:
    """`import goodsight` over an interpreter that imports nothing."""
    bare = timed([sys.executable, "-c", "pass"])
    full = timed([sys.executable, "-c", "import goodsight"])
    return Figure("import goodsight", full - bare, "s", 0.15, False, "over a bare interpreter")


def timed(command: list[str]) -> float:
    seconds = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:])

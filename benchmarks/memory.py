"""Resident memory of the indexing process and its children, PostgreSQL left out."""

from __future__ import annotations

import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.data import real_photos
from benchmarks.figures import Figure

__all__ = ["measure"]

PHOTOS = 5000


def measure() -> list[Figure]:
    photos = real_photos(PHOTOS)
    name = "memory while indexing 5,000 photos"
    if not photos:
        return [Figure(name, None, "MB", 700, False, "no photos here")]
    goodsight = Path(sysconfig.get_path("scripts")) / "goodsight"
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "photos"
        folder.mkdir()
        for number in range(PHOTOS):
            photo = photos[number % len(photos)]
            # Bytes after the end of the picture: the same photo, but not for the hash.
            content = photo.read_bytes() + b"\0" * (number // len(photos))
            (folder / f"{number:05}{photo.suffix}").write_bytes(content)
        process = subprocess.Popen(
            [str(goodsight), "index", str(folder), "--home", f"{work}/home"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, resident(psutil.Process(process.pid)))
            time.sleep(0.1)
    note = f"peak; exit code {process.returncode}"
    return [Figure(name, peak / 1e6, "MB", 700, False, note)]


def resident(process: psutil.Process) -> int:
    try:
        tree = [process, *process.children(recursive=True)]
        return sum(p.memory_info().rss for p in tree if "postgres" not in p.name())
    except psutil.NoSuchProcess:
        return 0

"""The plug pulled: the indexer killed at 20 moments, the database at 5. Nothing acknowledged
is lost, and the next run completes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

import goodsight

INDEXER = Path(__file__).parent / "indexer_to_kill.py"
# More than a fast machine can finish between twenty kills.
PHOTOS = 800
INDEXER_KILLS = 20
DATABASE_KILLS = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One product per photo; noise, so that no two photos are alike."""
    root = tmp_path_factory.mktemp("photos")
    generator = np.random.default_rng(5)
    for number in range(PHOTOS):
        pixels = generator.integers(0, 255, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((96, 96)).save(root / f"{number:04}.png")
    return root


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@contextmanager
def started(home, folder):
    """The indexer at work; whatever happens, it does not outlive the test."""
    # A small batch makes many commits, so that kills fall before, within and after them.
    environment = os.environ | {"GOODSIGHT_BATCH_SIZE": "8"}
    with subprocess.Popen(
        [sys.executable, INDEXER, home, folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def acknowledged_until(process, wanted):
    """Read announced counts until one reaches `wanted` or the process ends."""
    count = 0
    for line in process.stdout:
        if line.startswith("done"):
            break
        count = int(line)
        if count >= wanted:
            break
    return count


def rest_of(process, count):
    """What it still announced before it died."""
    for line in process.communicate()[0].splitlines():
        count = count if line.startswith("done") else int(line)
    return count


def photos_kept(home):
    with goodsight.open(home) as shop:
        return shop.info().photos


def test_the_indexer_killed_at_twenty_moments(home, folder):
    generator = np.random.default_rng(7)
    kept = 0
    for kill in range(INDEXER_KILLS):
        with started(home, folder) as process:
            # Spread over the whole of a run: its start, commits, and the time between them.
            seen = acknowledged_until(process, wanted=(kill % 3) * 8)
            time.sleep(generator.uniform(0, 0.08))
            process.send_signal(signal.SIGKILL)
            acknowledged = kept + rest_of(process, seen)
        now = photos_kept(home) if acknowledged else kept
        assert now >= acknowledged, f"kill {kill}: {acknowledged} acknowledged, {now} kept"
        kept = now
    assert 0 < kept < PHOTOS, "the kills came too early or too late to say anything"
    assert_completes(home, folder, kept)


def test_the_database_killed_at_five_moments(home, folder):
    generator = np.random.default_rng(11)
    kept = 0
    for kill in range(DATABASE_KILLS):
        with started(home, folder) as process:
            seen = acknowledged_until(process, wanted=8 * (1 + kill % 2))
            time.sleep(generator.uniform(0, 0.05))
            kill_database(home)
            acknowledged = kept + rest_of(process, seen)
        now = photos_kept(home)
        assert now >= acknowledged, f"kill {kill}: {acknowledged} acknowledged, {now} kept"
        kept = now
    assert_completes(home, folder, kept)


def kill_database(home):
    """Kill the postmaster of this home, and its children with it."""
    (pid_file,) = home.rglob("postmaster.pid")
    postmaster = psutil.Process(int(pid_file.read_text().splitlines()[0]))
    for process in (postmaster, *postmaster.children(recursive=True)):
        # Children come and go by themselves.
        with suppress(psutil.NoSuchProcess):
            process.kill()


def assert_completes(home, folder, kept):
    with started(home, folder) as process:
        last = process.communicate(timeout=120)[0].splitlines()[-1]
        assert process.returncode == 0
    assert last == f"done {PHOTOS - kept} {kept}"
    with goodsight.open(home) as shop:
        assert shop.info().photos == shop.info().products == PHOTOS
        for photo in sorted(folder.iterdir())[::40]:
            best = shop.search(photo, exact=True).hits[0]
            assert Path(best.photo).name == photo.name
        assert all(check.ok for check in shop.doctor())

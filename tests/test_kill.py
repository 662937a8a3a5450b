"""The plug pulled: the indexer killed at 20 moments, the database at 5, and at ten times as many
by `make soak`. Nothing acknowledged is lost, and the next run completes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

import goodsight

pytestmark = [pytest.mark.embedded, pytest.mark.long]

INDEXER = Path(__file__).parent / "indexer_to_kill.py"
KILLS = int(os.environ.get("GOODSIGHT_TEST_KILLS", "25"))
INDEXER_KILLS = KILLS * 4 // 5
DATABASE_KILLS = KILLS // 5
# More than a fast machine can finish between so many kills.
PHOTOS = 40 * INDEXER_KILLS
SECONDS_FOR_THE_REST = 240 + PHOTOS // 4


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


@pytest.mark.timeout(60 + 15 * KILLS + SECONDS_FOR_THE_REST)
def test_the_indexer_killed_at_any_moment(home, folder):
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


@pytest.mark.timeout(60 + 15 * KILLS + SECONDS_FOR_THE_REST)
def test_the_database_killed_at_any_moment(home, folder):
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
        last = process.communicate(timeout=SECONDS_FOR_THE_REST)[0].splitlines()[-1]
        assert process.returncode == 0
    assert last == f"done {PHOTOS - kept} {kept}"
    with goodsight.open(home) as shop:
        assert shop.info().photos == shop.info().products == PHOTOS
        assert_every_photo_is_kept(shop, folder)
        for photo in sorted(folder.iterdir())[::40]:
            best = shop.search(photo, exact=True).hits[0]
            assert Path(best.photo).name == photo.name
        assert all(check.ok for check in shop.doctor())


def assert_every_photo_is_kept(shop, folder):
    """Each by its bytes, with its vector, features, thumbnail and place."""
    vectors = shop.stored()._known.vectors.photo_vectors.as_string()
    with shop._wiring.store().database.connect() as session:
        kept = session.execute(
            f"SELECT i.content_hash FROM images i JOIN {vectors} v ON v.image_id = i.id"
            " JOIN features f ON f.image_id = i.id JOIN photos p ON p.image_id = i.id"
            " WHERE length(i.thumbnail) > 0"
        )
        hashes = sorted(content_hash for (content_hash,) in kept)
    assert hashes == sorted(sha256(photo.read_bytes()).hexdigest() for photo in folder.iterdir())

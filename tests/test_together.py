"""Several processes index and search one shop at once."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import goodsight

pytestmark = pytest.mark.long

SCRIPT = Path(sys.executable).with_name("goodsight")
FEEDS = 3
PHOTOS = 40


@pytest.fixture
def feeds(tmp_path):
    """Folders of photos; the first photo of each is the same file."""
    generator = np.random.default_rng(8)
    shared = Image.fromarray(generator.integers(0, 255, (6, 6, 3), dtype=np.uint8))
    for number in range(FEEDS):
        folder = tmp_path / f"feed-{number}"
        folder.mkdir()
        for photo in range(PHOTOS):
            pixels = generator.integers(0, 255, (6, 6, 3), dtype=np.uint8)
            image = shared if photo == 0 else Image.fromarray(pixels)
            image.resize((96, 96)).save(folder / f"{number}-{photo}.png")
    return [tmp_path / f"feed-{number}" for number in range(FEEDS)]


def test_processes_index_and_search_at_once(tmp_path, feeds):
    home = tmp_path / "home"
    environment = os.environ | {"GOODSIGHT_HOME": str(home), "GOODSIGHT_BATCH_SIZE": "4"}

    def begin(*arguments):
        return subprocess.Popen(
            [SCRIPT, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def end(process):
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, (output, errors)

    # Twice the same feed and two others, into a collection that none of them finds there.
    indexers = [begin("index", feed) for feed in (feeds[0], *feeds)]
    with goodsight.open(home) as shop:
        end(indexers[0])
        while any(process.poll() is None for process in indexers):
            found = shop.search(feeds[0] / "0-7.png", limit=3)
            assert Path(found.hits[0].photo).name == "0-7.png"
        for process in indexers[1:]:
            end(process)
        info = shop.info()
        assert info.products == info.photos == FEEDS * PHOTOS
        assert len(info.sources) == FEEDS
        # The file that all feeds share is kept once and found in each of them.
        best = shop.search(feeds[1] / "1-0.png", limit=FEEDS).hits
        assert {Path(hit.photo).name for hit in best} == {f"{n}-0.png" for n in range(FEEDS)}
        assert len({hit.content_hash for hit in best}) == 1
        assert all(check.ok for check in shop.doctor())


def test_readers_alone_share_one_server(tmp_path, small_shop):
    home = tmp_path / "home"
    with goodsight.open(home) as first, goodsight.open(home) as second:
        first.index(small_shop / "feed.csv")
        query = small_shop / "query-4.png"
        assert second.search(query).hits[0].product.id == "p4"
        first.close()
        assert second.search(query).hits[0].product.id == "p4"

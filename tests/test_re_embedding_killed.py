"""Changing a collection's model killed at any moment: the old model or the new one, complete."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import goodsight
from grid_models import grid_folder
from small_shop import draw_feed, draw_seen

pytestmark = [pytest.mark.embedded, pytest.mark.long]

SCRIPT = Path(__file__).parent / "re_embedder_to_kill.py"
KILLS = int(os.environ.get("GOODSIGHT_TEST_RE_EMBEDDING_KILLS", "8"))
PRODUCTS, SHOTS = 24, 3
# As the script says: it begins, and each batch of four photos is done.
STEPS = 2 + PRODUCTS * SHOTS // 4


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    draw_feed(root, draw_seen, range(PRODUCTS), SHOTS)
    return root


def begun(home, model):
    return subprocess.Popen(
        [sys.executable, SCRIPT, home, model], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def heard(process, steps):
    """What it says until so many batches are done, or it switches."""
    lines = []
    for line in process.stdout:
        lines.append(line.decode().strip())
        if len(lines) > steps or lines[-1] == "switching":
            break
    return lines


def ended(process):
    """Its last words."""
    told, said = process.communicate()
    return told.decode().splitlines(), said.decode()


def stage_of(line):
    return "embedding" if line == "go" or " of " in line else line.split()[0]


def whole(shop, photos):
    """The model that is in use: complete, and searched."""
    info = shop.info()
    assert (info.products, info.photos) == (PRODUCTS, PRODUCTS * SHOTS)
    for number in range(PRODUCTS):
        [hit] = shop.search(photos / f"{number}-1.png", limit=1).hits
        assert (hit.product.id, hit.photo[-6:]) == (f"p{number}", f"{number}-1.png"[-6:])
    return info.model


@pytest.mark.timeout(120 + 30 * KILLS)
def test_killed_at_any_moment_a_whole_model_serves(photos, tmp_path):
    chance = random.Random(5)  # noqa: S311 - moments, no secrets
    home, models, last = tmp_path / "home", ["grid-4", "grid-8"], []
    switched = []
    with goodsight.open(home) as shop:
        for cells in (4, 8):
            shop.add_model(grid_folder(tmp_path, cells))
        shop.index(photos / "feed.csv", model="grid-4")
        for kill in range(KILLS):
            now = whole(shop, photos)
            if kill % 4 > 1:
                shop.switcher().prune()  # the next one begins with nothing
            process = begun(home, models[1 - models.index(now)])
            # Every other time in the switch itself, which is short.
            until = 2 * STEPS if kill % 2 else chance.randrange(STEPS)
            before = heard(process, until)
            time.sleep(chance.uniform(0, 0.06))
            process.kill()
            told, said = ended(process)
            assert "Traceback" not in said
            last.append((before + told)[-1])
            ended_as = whole(shop, photos)
            assert ended_as in models
            switched.append(ended_as != now)
        now = whole(shop, photos)
        told, said = ended(begun(home, models[1 - models.index(now)]))
        assert told[-1:] == [f"done {PRODUCTS * SHOTS}"], said
        assert whole(shop, photos) == models[1 - models.index(now)]
        assert all(check.ok for check in shop.doctor(fix=True))
    stages = Counter(stage_of(line) for line in last)
    print(f"{KILLS} kills, {sum(switched)} with the new model in use; under way: {dict(stages)}")
    assert stages["done"] <= KILLS // 2, "the kills came too late to say anything"
    assert not all(switched)

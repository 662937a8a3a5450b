"""A tuning run killed at any moment: the old model or the new one, whole; the next run ends it."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

pytest.importorskip("torch")

import goodsight
from goodsight.core.tuning import TuningStatus
from goodsight.training.network_export import export_network
from goodsight.training.new_folder import Origin
from small_shop import draw_feed
from training.networks import PREPROCESSING, Plain, made
from training.published import published
from training.scenes import scene

PRODUCTS = 9
KILLS = int(os.environ.get("GOODSIGHT_TEST_TUNING_KILLS", "5"))
PHOTOS = 12
COMMAND = [sys.executable, "-m", "goodsight", "tune", "--force"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("killed")
    draw_feed(root, scene, range(PRODUCTS), PHOTOS)
    # A small network: what is killed is the same, and training takes a moment.
    origin = Origin("small", "Apache-2.0", "made by a test")
    export_network(made(Plain), PREPROCESSING, origin=origin, folder=root / "small")
    (root / "tiny-dino").mkdir()
    published("dinov2", root / "tiny-dino")
    with goodsight.open(root / "home") as opened:
        opened.add_model(root / "small")
        opened.index(root / "feed.csv", model="small")
        yield opened, root


def begun(root, method, *, epochs):
    environment = {**os.environ, "GOODSIGHT_HOME": str(root / "home")}
    return subprocess.Popen(
        [*COMMAND, *method, "--epochs", str(epochs)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def whole(shop, root, *, knows_products):
    """Every product is found by a photo of its own, in one of the spaces that are kept.

    As the first of all where the network knows products; one that knows nothing still sees that
    of the product's photos this is the one.
    """
    kept = {space.space: space for space in shop.switcher().kept_spaces()}
    assert kept[shop.info().space].is_active
    for number in range(PRODUCTS):
        hits = shop.search(root / f"{number}-0.png", limit=PRODUCTS, exact=True).hits
        assert len(hits) == PRODUCTS
        [hit] = [hit for hit in hits if hit.product.id == f"p{number}"]
        assert hit.photo.endswith(f"{number}-0.png")
        assert hit == hits[0] or not knows_products


@pytest.mark.parametrize(
    ("method", "kills", "knows_products"),
    [
        (["--augmentations", "1"], KILLS, True),
        # Its moments are training, the model folder, embedding and the switch to another encoder.
        (["--method", "backbone", "--network", "tiny-dino"], max(2, KILLS // 2), False),
    ],
    ids=["head", "backbone"],
)
def test_killed_at_any_moment_a_whole_model_serves(shop, method, kills, knows_products):
    opened, root = shop
    method = [str(root / part) if part == "tiny-dino" else part for part in method]
    process = begun(root, method, epochs=3)
    started = time.monotonic()
    assert process.wait() == 0
    process.stderr.close()
    seconds = time.monotonic() - started
    generator = np.random.default_rng(0)
    for kill in range(kills):
        process = begun(root, method, epochs=4 + kill)
        # Evenly over the run, and a little beyond its end.
        moment = (kill + generator.random()) / kills * 1.1 * seconds
        time.sleep(moment)
        process.kill()
        process.wait()
        process.stderr.close()
        whole(opened, root, knows_products=knows_products)
    process = begun(root, method, epochs=4)
    assert process.wait() == 0
    process.stderr.close()
    whole(opened, root, knows_products=knows_products)
    statuses = [run.status for run in opened.switcher().runs()]
    assert statuses[0] is TuningStatus.SWITCHED
    assert TuningStatus.RUNNING not in statuses

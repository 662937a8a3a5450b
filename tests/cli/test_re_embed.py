"""`goodsight collection re-embed`, run as people run it."""

import json
import os
import subprocess
import sys

import pytest

import goodsight
from grid_models import grid_folder


@pytest.fixture(scope="module")
def home(small_shop, tmp_path_factory):
    root = tmp_path_factory.mktemp("re-embed")
    with goodsight.open(root / "home") as shop:
        for cells in (4, 8):
            shop.add_model(grid_folder(root, cells))
        shop.index(small_shop / "feed.csv", model="grid-4")
        yield root / "home"


def run(home, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "goodsight", *arguments],
        env={**os.environ, "GOODSIGHT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_collection_gets_another_model_and_goes_back(home, small_shop):
    refused = run(home, "index", str(small_shop / "feed.csv"), "--model", "grid-8")
    assert refused.returncode == 2
    assert "goodsight collection re-embed default --model grid-8" in refused.stderr
    done = run(home, "collection", "re-embed", "default", "--model", "grid-8", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["former_model"], report["model"], report["profile"]) == (
        "grid-4", "grid-8", "own",
    )  # fmt: skip
    assert report["embedding"]["photos"] == report["embedding"]["embedded"] == 12
    assert "12 of 12 photos embedded" in done.stderr
    assert "goodsight model rollback" in done.stderr
    listed = json.loads(run(home, "model", "spaces", "--json").stdout)
    assert [(kept["model"], kept["is_active"]) for kept in listed] == [
        ("grid-4", False), ("grid-8", True),
    ]  # fmt: skip
    assert run(home, "model", "rollback").returncode == 0
    with goodsight.open(home) as shop:
        assert shop.info().model == "grid-4"
        assert [record.action for record in shop.audit().entries(2)] == [
            "roll back model", "replace model",
        ]  # fmt: skip


def test_what_cannot_be_done_is_said(home):
    nothing = run(home, "collection", "re-embed", "default")
    assert nothing.returncode == 2
    assert "nothing of 'default' was interrupted" in nothing.stderr
    both = run(home, "collection", "re-embed", "default", "--model", "a", "--profile", "fast")
    assert both.returncode == 2
    same = run(home, "collection", "re-embed", "default", "--model", "grid-4")
    assert same.returncode == 2
    assert "searched with grid-4 already" in same.stderr
    unknown = run(home, "collection", "re-embed", "default", "--model", "nothing")
    assert unknown.returncode != 0
    assert "no model 'nothing'" in unknown.stderr


def test_what_was_interrupted_goes_on_or_is_given_up(home):
    with goodsight.open(home) as shop:
        shop.switcher().prune()
        shop.re_embedder().begin("grid-8", profile="own")
        assert run(home, "collection", "re-embed", "default").returncode == 0
        assert shop.info().model == "grid-8"
        shop.re_embedder().begin("efficientnet-lite0")
        dropped = run(home, "collection", "re-embed", "default", "--drop")
        assert dropped.returncode == 0
        assert shop.re_embedder().begun() is None
        assert shop.info().model == "grid-8"

"""What `goodsight demo` says can be pasted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from goodsight.cli.demo import COLLECTION, search_command

SCRIPT = Path(sys.executable).with_name("goodsight")


@pytest.fixture(scope="module")
def home(tmp_path_factory, small_shop):
    place = tmp_path_factory.mktemp("a home")
    index = [SCRIPT, "index", small_shop / "feed.csv", "--home", place, "--collection", COLLECTION]
    subprocess.run(index, check=True, capture_output=True)
    return place


@pytest.mark.parametrize(
    "called",
    [str(SCRIPT), os.path.relpath(SCRIPT), str(SCRIPT.parent / "goodsight" / "__main__.py")],
)
@pytest.mark.parametrize("on_path", [True, False])
def test_the_command_shown_works_when_pasted(home, small_shop, monkeypatch, called, on_path):
    monkeypatch.setattr(sys, "argv", [called, "demo"])
    if on_path:
        monkeypatch.setenv("PATH", str(SCRIPT.parent), prepend=os.pathsep)
    shown = search_command(home, str(small_shop / "query-0.png"))
    assert shown.startswith("goodsight ") == (on_path and called == str(SCRIPT))
    done = subprocess.run(["/bin/sh", "-c", shown], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 1

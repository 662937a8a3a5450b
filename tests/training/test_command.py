"""`goodsight model export` as a process: exported, added, refused."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the exporter needs torch: make test-torch")
pytest.importorskip("transformers", reason="the reference needs transformers: make test-torch")

from training.published import published

SCRIPT = Path(sys.executable).with_name("goodsight")


def run(*arguments, expect=0):
    done = subprocess.run(
        [SCRIPT, "model", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == expect, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_a_published_model_is_exported_and_added(tmp_path):
    published("clip", tmp_path / "published")
    home = ("--home", tmp_path / "home")
    options = ("--name", "our-clip", "--licence", "MIT", "--add", "--json")
    done = run("export", tmp_path / "published", tmp_path / "model", *options, *home)
    card = json.loads(done.stdout)
    assert (card["name"], card["dimension"], card["licence"]) == ("our-clip", 24, "MIT")
    told = re.search(r"cosine with PyTorch at least ([0-9.]+) over 11 examples", done.stderr)
    assert float(told[1]) >= 0.9999
    assert "our-clip" in run("list", *home).stdout
    assert json.loads(run("show", "our-clip", "--json", *home).stdout)["space"] == card["space"]


def test_a_broken_model_is_input_refused(tmp_path):
    published("dinov2", tmp_path / "published")
    (tmp_path / "published" / "model.safetensors").write_bytes(b"broken")
    done = run("export", tmp_path / "published", tmp_path / "model", expect=3)
    assert "transformers cannot open it" in done.stderr
    assert not (tmp_path / "model").exists()

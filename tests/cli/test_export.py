"""`goodsight model export` where the extra is not installed, and used wrongly."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("goodsight")

without_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is not None, reason="torch is installed here"
)


def run(*arguments):
    return subprocess.run(
        [SCRIPT, "model", "export", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@without_torch
def test_without_the_extra_the_install_command_is_told(tmp_path):
    (tmp_path / "published").mkdir()
    for source in ("timm:resnet50", tmp_path / "published"):
        done = run(source, tmp_path / "model")
        assert done.returncode == 2
        assert "pip install 'goodsight[tune]'" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "model").exists()


def test_another_source_is_told_how_to_be_written(tmp_path):
    done = run("resnet50", tmp_path / "model")
    assert done.returncode == 2
    assert "timm:resnet50" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_brings_its_own_weights(tmp_path):
    for option in (("--weights", "mine.pth"), ("--no-pretrained",)):
        done = run(tmp_path, tmp_path / "model", *option)
        assert done.returncode == 2
        assert "a folder has its own" in done.stderr

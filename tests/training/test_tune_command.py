"""`goodsight tune`, run as people run it: options that do not go together."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("torch", reason="needs torch: make test-torch")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--stages", "0.5"), "--stages goes with --method backbone"),
        (("--method", "backbone", "--dimension", "64"), "goodsight collection compress"),
    ],
)
def test_options_of_another_method_are_refused_and_not_forgotten(options, told, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "goodsight", "tune", *options],
        env={**os.environ, "GOODSIGHT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert told in done.stderr.replace("\n", " ")

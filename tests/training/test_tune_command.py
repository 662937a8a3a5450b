"""`goodsight tune`, run as people run it: an option that does not go with the method."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("torch", reason="needs torch: make test-torch")


def test_an_option_of_another_method_is_refused_and_not_forgotten(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "goodsight", "tune", "--stages", "0.5"],
        env={**os.environ, "GOODSIGHT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--stages goes with --method backbone" in done.stderr

"""The server is killed while photos go in: it comes back, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from goodsight.stores import open_store
from stores import worker
from stores.samples import begin, hash_of

pytestmark = pytest.mark.embedded

TESTS = Path(__file__).resolve().parents[1]
KILLS = int(os.environ.get("GOODSIGHT_TEST_KILLS", "25"))
MOMENTS = (1, 37, 80, 151, 222) * (KILLS // 25)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A server of one's own to kill, kept from stopping between kills."""
    folder = tmp_path_factory.mktemp("killed") / "postgres"
    store = open_store(folder)
    assert list(store.names()) == []
    yield folder
    store.close()


@pytest.mark.parametrize("kill", range(len(MOMENTS)))
def test_no_acknowledged_photo_is_lost(home, tmp_path, kill):
    """Killed once so many photos have been acknowledged, at no particular moment after."""
    told, lines = tmp_path / "acknowledged", MOMENTS[kill]
    with told.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, worker.__file__, "endless", str(home), f"source{kill}", "1000"],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
        )
    while told.read_text().count("\n") < lines:
        assert process.poll() is None, process.communicate()
        time.sleep(0.001)
    time.sleep(lines % 7 / 1000)
    store = open_store(home)
    os.kill(store.database.server.cluster.server_pid(), signal.SIGKILL)
    _, errors = process.communicate(timeout=60)
    assert "StoreError" in errors, "a run does not survive the server, and says so"
    acknowledged = [line.split() for line in told.read_text().split("\n")[:-1]]
    products = {product for product, _ in acknowledged}

    run = begin(store)
    known = run.known_places(sorted(products))
    run.finish([], remove_missing=False, complete=False)
    lost = [
        (product, reference)
        for product, reference in acknowledged
        if known.get((product, reference)) != hash_of(reference)
    ]
    assert lost == []
    shop = store.open("shop")
    references = sorted({reference for _, reference in acknowledged})[:50]
    assert len(shop.thumbnails([hash_of(reference) for reference in references])) == len(references)
    product = shop.get([acknowledged[0][0]])[0]
    kept = [reference for reference in product.photos if (product.id, reference) in known]
    expected = np.array([worker.vector_of(reference) for reference in kept])
    assert np.allclose(shop.vectors(product.id), expected, atol=2e-3)
    store.close()


def test_the_next_run_completes(home):
    store = open_store(home)
    worker.index(store, "after", 20)
    assert store.open("shop").info().products > 20
    assert all(check.ok for check in store.checks())
    store.close()

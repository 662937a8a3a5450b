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

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A server of one's own to kill, kept from stopping between kills."""
    folder = tmp_path_factory.mktemp("killed") / "postgres"
    store = open_store(folder)
    assert list(store.names()) == []
    yield folder
    store.close()


@pytest.mark.parametrize("lines", [1, 37, 80, 151, 222])
def test_no_acknowledged_photo_is_lost(home, lines):
    """Killed once so many photos have been acknowledged, at no particular moment after."""
    process = subprocess.Popen(
        [sys.executable, worker.__file__, "endless", str(home), f"source{lines}", "1000"],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().split() for _ in range(lines)]
    if not acknowledged[-1]: print(process.communicate())
    time.sleep(lines % 7 / 1000)
    store = open_store(home)
    os.kill(store.database.server.cluster.server_pid(), signal.SIGKILL)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 1, "a run does not survive the server"
    acknowledged += [line.split() for line in rest.splitlines()]
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

"""Hostile uploads are answered with results or a problem: never a crash, never a 5xx."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import psutil
import pytest

from goodsight.client import Client
from goodsight.service.server import listen
from service.mutations import mutated_uploads

COUNT = int(os.environ.get("GOODSIGHT_TEST_UPLOADS", "300"))
SEARCH = "/v1/collections/default/search"
SCRIPT = Path(sys.executable).with_name("goodsight")
# Of the service's memory after the first half: the allocator keeps what it needed at its height,
# a leak of photos would go on growing.
GROWTH = 0.25


@pytest.fixture
def process(service_home):
    """A service in a process of its own, whose memory is nobody else's, and its address."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [SCRIPT, "serve", "--home", service_home, "--port", str(port)],
        env={
            **os.environ,
            "GOODSIGHT_REQUESTS_PER_MINUTE": "0",
            "GOODSIGHT_UPLOAD_MEGABYTES": "4",
        },
        stderr=subprocess.DEVNULL,
    )
    yield psutil.Process(running.pid), f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait(30)


@pytest.mark.timeout(3000)
def test_hostile_uploads(process):
    service, url = process
    with (
        Client(url, attempts=60) as client,
        httpx2.Client(base_url=url, timeout=60, trust_env=False) as http,
        ThreadPoolExecutor(4) as threads,
    ):
        client.is_ready()

        def send(data: bytes) -> tuple[int, str]:
            response = http.post(SEARCH, files={"image": data}, data={"limit": "1"})
            return response.status_code, response.json().get("type", "")

        answers = list(threads.map(send, mutated_uploads(COUNT // 2, seed=1)))
        before = service.memory_info().rss
        answers += list(threads.map(send, mutated_uploads(COUNT - COUNT // 2, seed=2)))
        after = service.memory_info().rss
        assert client.is_ready()
    assert {status for status, _ in answers} == {200, 422}
    assert {kind for status, kind in answers if status == 422} == {"/problems/photo-unreadable"}
    refused = sum(status == 422 for status, _ in answers)
    assert 0.3 < refused / len(answers) < 0.95
    assert after < before * (1 + GROWTH), (before >> 20, after >> 20)

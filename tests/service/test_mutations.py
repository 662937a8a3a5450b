"""Hostile uploads are answered with results or a problem: never a crash, never a 5xx."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from service.mutations import mutated_uploads

COUNT = int(os.environ.get("GOODSIGHT_TEST_UPLOADS", "300"))
SEARCH = "/v1/collections/default/search"
# Allocators keep what the first half needed at its height; a leak would go on growing.
ROOM_BYTES = 150 << 20


@pytest.mark.timeout(3000)
def test_hostile_uploads(service):
    process = psutil.Process()

    def send(data: bytes) -> tuple[int, str]:
        response = service.client.post(SEARCH, files={"image": data}, data={"limit": "1"})
        kind = response.json().get("type", "")
        return response.status_code, kind

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(send, mutated_uploads(COUNT // 2, seed=1)))
        before = process.memory_info().rss
        answers += list(threads.map(send, mutated_uploads(COUNT - COUNT // 2, seed=2)))
    after = process.memory_info().rss
    assert {status for status, _ in answers} == {200, 422}
    assert {kind for status, kind in answers if status == 422} == {"/problems/photo-unreadable"}
    refused = sum(status == 422 for status, _ in answers)
    assert 0.3 < refused / len(answers) < 0.95
    assert after - before < ROOM_BYTES
    assert service.client.get("/v1/health/ready").status_code == 200

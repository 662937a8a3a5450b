"""The container's health check, asking a real service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from service.running import RunningService

SCRIPT = Path(__file__).resolve().parents[2] / "container" / "health.py"


def checked(url: str, **more: str) -> subprocess.CompletedProcess:
    port = url.rpartition(":")[2]
    environment = {"PATH": os.environ["PATH"], "GOODSIGHT_PORT": port, **more}
    command = [sys.executable, SCRIPT]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_ready_service_is_healthy(service: RunningService):
    assert checked(service.url).returncode == 0


def test_a_service_is_asked_by_its_own_name(start_service):
    service = start_service(allowed_hosts=("shop.example",))
    by_number = checked(service.url)
    assert by_number.returncode == 1
    assert "answered 403" in by_number.stderr
    assert checked(service.url, GOODSIGHT_ALLOWED_HOSTS="shop.example, other").returncode == 0


def test_where_nothing_listens_it_is_not_healthy():
    done = checked("http://127.0.0.1:9")
    assert done.returncode == 1
    assert "does not answer" in done.stderr

"""A real service on loopback, in a thread of the test process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import uvicorn

from goodsight.config import Settings
from goodsight.core.access import Role
from goodsight.service import create_app


@dataclass
class RunningService:
    """A service that answers at `url`, its application, and a client of its own."""

    url: str
    app: object
    client: httpx2.Client
    home: Path

    @property
    def state(self):
        return self.app.state.goodsight

    def key(self, role: Role = Role.ADMIN, **options) -> dict[str, str]:
        """Headers with a new key."""
        made = self.state.wiring.store().keys.create("test", role, **options)
        return {"Authorization": f"Bearer {made.text}"}


def run_service(settings: Settings, *, port: int = 0, **options) -> Iterator[RunningService]:
    """Start, yield, stop. Port 0 is any free one."""
    app = create_app(settings, **options)
    listener = socket.create_server(("127.0.0.1", port))
    port = listener.getsockname()[1]
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    url = f"http://127.0.0.1:{port}"
    with httpx2.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield RunningService(url, app, client, settings.home)
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()

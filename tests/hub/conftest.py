from __future__ import annotations

import pytest

from hub.hub_server import HubServer


@pytest.fixture
def server(monkeypatch):
    """A hub on loopback, and nobody between it and us."""
    server = HubServer()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.close()

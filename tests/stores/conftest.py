"""Stores under test: in memory, embedded, and by URL. Servers run for the whole session."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.memory_store import MemoryStore
from goodsight.stores import open_store


@pytest.fixture(params=["memory", "embedded", "url"])
def store(request: pytest.FixtureRequest):
    """A store of each kind, empty."""
    yield from _opened(request, request.param)


@pytest.fixture(params=["embedded", "url"])
def postgres_store(request: pytest.FixtureRequest):
    """A PostgreSQL store of each kind, empty."""
    yield from _opened(request, request.param)


@pytest.fixture
def embedded_store(request: pytest.FixtureRequest):
    """A store on the embedded server, empty."""
    yield from _opened(request, "embedded")


def _opened(request: pytest.FixtureRequest, kind: str):
    if kind == "memory":
        yield MemoryStore()
        return
    location: Path | str
    if kind == "embedded":
        location = request.getfixturevalue("postgres_home")
    else:
        location = request.getfixturevalue("loopback_server").url
    store = open_store(location)
    before = set(store.names())
    yield store
    for session in list(store._run_sessions):
        session.close()
    for name in set(store.names()) - before:
        store.delete(name)
    store.close()

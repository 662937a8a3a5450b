"""What several rooms' tests share: real data where it is present, PostgreSQL of both kinds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings

from goodsight.stores.postgres import EmbeddedServer
from stores.servers import LoopbackServer

pytest_plugins = ["small_shop"]

# Machines are noisy: how long an example takes proves nothing.
settings.register_profile("goodsight", deadline=None)
settings.load_profile("goodsight")

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files go first, all else as it was."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real photos and feeds beside the repository."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real data in {folder}")
    return folder


@pytest.fixture(scope="session")
def postgres_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an embedded server that runs for the whole session.

    With `make test-server` it stands for a database on that server, as every folder does.
    """
    folder = tmp_path_factory.mktemp("embedded") / "postgres"
    with nullcontext() if "TEST_SERVER_URL" in os.environ else EmbeddedServer(folder):
        yield folder


@pytest.fixture(scope="session")
def loopback_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackServer]:
    """A server by URL, for the whole session; the databases on it are the tests' own."""
    server = LoopbackServer(tmp_path_factory.mktemp("loopback"))
    server.create()
    server.start()
    yield server
    server.stop()

"""Service and database killed under load: clients recover, nothing acknowledged is lost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import goodsight
from goodsight.client import Client
from goodsight.core.errors import ServiceError

pytestmark = [pytest.mark.embedded, pytest.mark.long]

KILLS = int(os.environ.get("GOODSIGHT_TEST_KILLS", "20"))
SCRIPT = Path(sys.executable).with_name("goodsight")


class KilledService:
    """`goodsight serve` in a process of its own, started again after each kill."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        environment = {**os.environ, "GOODSIGHT_REQUESTS_PER_MINUTE": "0"}
        self.process = subprocess.Popen(
            [SCRIPT, "serve", "--home", self.home, "--port", str(self.port)],
            env=environment,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def kill_database(self) -> None:
        (pid_file,) = self.home.rglob("postmaster.pid")
        with suppress(psutil.NoSuchProcess, ValueError, IndexError):
            postmaster = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            for process in (*postmaster.children(recursive=True), postmaster):
                with suppress(psutil.NoSuchProcess):
                    process.kill()


class Load:
    """Clients that put products and search by upload until told to stop."""

    def __init__(self, url: str, key: str, photo: bytes) -> None:
        self.acknowledged: list[str] = []
        self.searches = 0
        self.failures: list[str] = []
        self._url, self._key, self._photo = url, key, photo
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._put, args=[number]) for number in range(2)
        ] + [threading.Thread(target=self._search) for _ in range(2)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self._threads)

    def _client(self) -> Client:
        return Client(self._url, key=self._key, attempts=60, timeout_seconds=30)

    def _put(self, number: int) -> None:
        with self._client() as client:
            for count in range(1_000_000):
                if self._stop.is_set():
                    return
                product_id = f"put-{number}-{count}"
                try:
                    client.put_product(product_id, {"title": f"Put {count}", "price": count})
                except ServiceError as error:
                    self.failures.append(str(error))
                else:
                    self.acknowledged.append(product_id)

    def _search(self) -> None:
        with self._client() as client:
            while not self._stop.is_set():
                try:
                    hits = client.search(image=self._photo, limit=3).hits
                except ServiceError as error:
                    self.failures.append(str(error))
                else:
                    if hits[0].product.id != "p1":
                        self.failures.append(f"found {hits[0].product.id}")
                    self.searches += 1


def later(count, before, seconds=60):
    """Wait until a count has grown."""
    deadline = time.monotonic() + seconds
    while count() <= before:
        assert time.monotonic() < deadline, "nobody recovered"
        time.sleep(0.01)


@pytest.mark.timeout(600 + 10 * KILLS)
def test_killed_under_load(tmp_path, small_shop):
    home = tmp_path / "home"
    with goodsight.open(home) as shop:
        shop.index(small_shop / "feed.csv")
        key = shop.keys().create("load", goodsight.core.access.Role.EDIT).text
        service = KilledService(home)
        photo = (small_shop / "query-1.png").read_bytes()
        with Load(service.url, key, photo) as load:
            for kill in range(KILLS):
                puts, searches = len(load.acknowledged), load.searches
                later(lambda: len(load.acknowledged), puts)
                later(lambda: load.searches, searches)
                time.sleep(0.05 * (kill % 4))
                if kill % 2:
                    service.kill_database()
                else:
                    service.kill()
                    service.start()
            later(lambda: len(load.acknowledged), len(load.acknowledged))
            later(lambda: load.searches, load.searches)
        service.process.terminate()
        assert service.process.wait(30) is not None
        kept = shop.products(load.acknowledged)
        assert [product.id for product in kept] == load.acknowledged
        assert load.failures == []
        assert len(load.acknowledged) > KILLS

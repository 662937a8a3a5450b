"""The container's life: refused without a key, indexed, served, searched, watched, stopped."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from container_steps.database import Database, free_port
from container_steps.dockerfile import Stage
from container_steps.feed import drawn_shop
from container_steps.room import Room

PASSWORD_FILE = "/run/secrets/database_password"  # noqa: S105 - a path
SECONDS_TO_BE_READY = 60
# `compose.yaml` gives the service this long before it is killed.
SECONDS_TO_STOP = 30


class Life:
    """A container of the last stage, closed against writing, with its database beside it."""

    def __init__(self, stage: Stage, room: Room, compose: dict[str, Any]) -> None:
        """`compose` is the document of `compose.yaml`."""
        database = compose["services"]["database"]
        self.initial = database["environment"]["POSTGRES_INITDB_ARGS"].split()
        self.stage = stage
        self.room = room
        self.user = int(stage.last("USER").text.split(":")[0])
        self.home = stage.environment["GOODSIGHT_HOME"]
        self.port = free_port()
        self._url = ""

    def live(self) -> None:
        """Raises AssertionError or RuntimeError where something is not as it should be."""
        self._furnish()
        self.room.close(self.home)
        with Database(self.room, self.user, PASSWORD_FILE, self.initial) as database:
            self._url = database.url
            self._tell("nothing but the home and /tmp can be written", self._is_read_only)
            self._tell("serving to others is refused while there is no key", self._refuses)
            key = self._goodsight("key", "create", "owner", "--role", "admin").strip()
            report = json.loads(self._goodsight("index", "/feeds/products.csv", "--json"))
            assert report["photos"]["indexed"] == 3, report
            print("ok: a key made, three products indexed", flush=True)
            with self._start("serve") as service:
                try:
                    self._wait_until_healthy(service)
                    self._tell("searching finds, with the key only", lambda: self._search(key))
                    self._stop(service)
                finally:
                    service.kill()
            self._tell("the health check sees that it is gone", lambda: self._health() == 1)

    def _furnish(self) -> None:
        password = self.room.path(PASSWORD_FILE)
        password.parent.mkdir(parents=True, exist_ok=True)
        password.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        password.chmod(0o644)
        drawn_shop(self.room.path("/feeds"))

    def _environment(self) -> dict[str, str]:
        own = {"GOODSIGHT_DATABASE_URL": self._url, "DATABASE_PASSWORD_FILE": PASSWORD_FILE}
        hosts = {"GOODSIGHT_ALLOWED_HOSTS": "shop.example,127.0.0.1"}
        return {**self.stage.environment, **own, **hosts, "GOODSIGHT_PORT": str(self.port)}

    def _start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        command = [*self.stage.last("ENTRYPOINT").command, *arguments]
        return self.room.start(command, self._environment(), self.user, **options)

    def _goodsight(self, *arguments: str) -> str:
        with self._start(*arguments, stdout=subprocess.PIPE) as process:
            told, _ = process.communicate(timeout=300)
        assert process.returncode == 0, f"goodsight {arguments}: {process.returncode}"
        return told

    def _is_read_only(self) -> bool:
        script = f"touch {self.home}/mine /tmp/mine && ! touch /opt/goodsight/x && ! touch /etc/x"
        command = ["sh", "-c", f"({script}) 2>/dev/null"]
        return self.room.start(command, self._environment(), self.user).wait() == 0

    def _refuses(self) -> bool:
        with self._start(*self.stage.last("CMD").command, stderr=subprocess.PIPE) as process:
            _, told = process.communicate(timeout=60)
        assert "there is no key yet" in told, told
        return process.returncode == 2

    def _health(self) -> int:
        command = self.stage.last("HEALTHCHECK").command
        quiet = {"stderr": subprocess.DEVNULL}
        return self.room.start(command, self._environment(), self.user, **quiet).wait(30)

    def _wait_until_healthy(self, service: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + SECONDS_TO_BE_READY
        while self._health() != 0:
            assert service.poll() is None, f"the service ended with {service.returncode}"
            assert time.monotonic() < deadline, "the service is not ready"
            time.sleep(0.2)
        print("ok: the health check is satisfied", flush=True)

    def _search(self, key: str) -> bool:
        address = f"http://127.0.0.1:{self.port}/v1/collections/default/search"
        body = json.dumps({"query": [{"text": "Product 1"}]}).encode()
        headers = {"Content-Type": "application/json"}
        refused = 0
        try:
            urlopen(Request(address, body, headers), timeout=30).close()
        except HTTPError as error:
            refused = error.code
        allowed = Request(address, body, {**headers, "Authorization": f"Bearer {key}"})
        with urlopen(allowed, timeout=30) as answer:
            hits = json.load(answer)["hits"]
        return refused == 401 and hits[0]["product"]["id"] == "p1"

    def _stop(self, service: subprocess.Popen[str]) -> None:
        begun = time.monotonic()
        service.terminate()
        code = service.wait(SECONDS_TO_STOP)
        # uvicorn ends by the signal that it was sent, once its requests are answered.
        assert code in (0, -15), f"the service ended with {code}"
        print(f"ok: stopped by SIGTERM in {time.monotonic() - begun:.1f} s", flush=True)

    @staticmethod
    def _tell(what: str, holds: Callable[[], bool]) -> None:
        assert holds(), f"not so: {what}"
        print(f"ok: {what}", flush=True)


def leftovers(room: Room) -> list[Path]:
    """What builds and has no place in an image."""
    patterns = ("lib/python*/site-packages/pip", "lib/python*/site-packages/hatchling", "bin/pip*")
    return [path for pattern in patterns for path in room.path("/opt/goodsight").glob(pattern)]

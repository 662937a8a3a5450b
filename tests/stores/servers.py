"""A PostgreSQL server on a loopback port, as an administrator would run one: with a password.

It is the oldest version the store accepts, from the same wheel.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from goodsight.stores.postgres.account import hand_over, let_reach, server_account
from goodsight.stores.postgres.cluster import _installation

PASSWORD = "s3cret"
USER = "shopkeeper"
START_TIMEOUT_SECONDS = 60
PATIENCE_SECONDS = 120


class LoopbackServer:
    """Starts and stops; `url` stays the same.

    `durable` is how a server is run that keeps what people entrust to it.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.durable = durable
        self.data = folder / "data"
        self.programs = _installation().with_name("pginstall") / "bin"
        self.account = server_account(self.data)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def new_database(self, name: str) -> str:
        """The URL of an empty database of this name; one that was there goes."""
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            session.execute(f'CREATE DATABASE "{name}"')
        return self.url.removesuffix("postgres") + name

    def create(self) -> None:
        self.data.mkdir(mode=0o700)
        password_file = self.data.with_name("password")
        password_file.write_text(PASSWORD)
        for path in (self.data, password_file):
            hand_over(path, self.account)
        let_reach(self.data, self.account)
        checksums = ["--data-checksums"] if self.durable else []
        self._run(
            *("initdb", "-D", self.data, "-U", USER, "--pwfile", password_file),
            *("-A", "scram-sha-256", *checksums),
        )

    def start(self) -> None:
        options = {"port": self.port, "listen_addresses": "127.0.0.1"}
        options |= {"unix_socket_directories": "", "max_connections": 200}
        options |= {} if self.durable else {"fsync": "off"}
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self.data.with_name("log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, *arguments],
                stdout=log,
                stderr=log,
                cwd="/",
                **self._identity(),
            )
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, self.data.with_name("log").read_text()
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(2)
            self.process.wait(60)
            self.process = None

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self.programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **self._identity())

    def _identity(self) -> dict:
        if self.account is None:
            return {}
        return {"user": self.account, "group": self.account, "extra_groups": []}


def eventually(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)

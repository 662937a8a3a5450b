"""What of a home belongs into a backup beside the database: the settings file, added models.

Not what can be had again: photos fetched by URL, graphs built from weight packages, downloads.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from goodsight.archives import Member
from goodsight.config import SETTINGS_FILE

__all__ = ["FilesToPlace", "kept_files", "leftovers"]

STAGE_PREFIX = ".restoring."
SETTINGS_MEMBER = f"settings/{SETTINGS_FILE}"
HOUR = 3600
_LEFT_AFTER_SECONDS = {
    # Written under such a name first, and renamed when it is whole.
    f"{STAGE_PREFIX}*": HOUR,
    "models/added/.*": HOUR,
    "models/bundled/.*": HOUR,
    "cache/photos/*/tmp*": HOUR,
    "postgres/cluster.unfinished": HOUR,
    # Training that was stopped or refused: the next run goes on with it.
    "tuning/*": 30 * 24 * HOUR,
    "distilling/*": 30 * 24 * HOUR,
}
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def kept_files(home: Path) -> Iterator[tuple[str, Path]]:
    """Each file's name in a backup, and where it is."""
    if (home / SETTINGS_FILE).is_file():
        yield SETTINGS_MEMBER, home / SETTINGS_FILE
    models = home / "models" / "added"
    for folder in sorted(models.iterdir()) if models.is_dir() else ():
        for path in sorted(folder.iterdir()) if _is_plain(folder.name) and folder.is_dir() else ():
            if _is_plain(path.name) and path.is_file() and not path.is_symlink():
                yield f"models/{folder.name}/{path.name}", path


def leftovers(home: Path) -> tuple[Path, ...]:
    """What killed processes left behind: half a restore, a model, a fetched photo, a cluster.

    Nothing that was touched within the last hour: somebody may be at work on it. And training
    that nobody has gone on with for 30 days.
    """
    now = time.time()
    return tuple(
        sorted(
            path
            for pattern, seconds in _LEFT_AFTER_SECONDS.items()
            for path in home.glob(pattern)
            if _touched(path) < now - seconds
        )
    )


def _touched(path: Path) -> float:
    """When anything in it was last written, in seconds since 1970; just now if it is changing."""
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
    try:
        newest: float = max(each.lstat().st_mtime for each in (path, *inside))
    except FileNotFoundError:
        return time.time()
    return newest


class FilesToPlace:
    """A backup's files on their way into a home: staged beside their places, then moved there.

    `members` are the backup's settings file and models. What the home has already, the same to
    the byte, is left alone.
    """

    def __init__(self, home: Path, members: Sequence[Member]) -> None:
        self._home = home
        by_name = sorted(members, key=lambda member: member.name)
        grouped = groupby(by_name, key=lambda member: member.name.rpartition("/")[0])
        units = (_Unit(name, tuple(its)) for name, its in grouped)
        self._units = tuple(unit for unit in units if not unit.is_in(home))

    @property
    def members(self) -> tuple[Member, ...]:
        """What has to be staged."""
        return tuple(member for unit in self._units for member in unit.members)

    def in_the_way(self) -> tuple[Path, ...]:
        """Places that hold something else: another settings file, another model of that name."""
        places = (unit.place(self._home) for unit in self._units)
        return tuple(place for place in places if place.exists())

    @contextmanager
    def staged(self, read: Callable[[Member], Iterable[bytes]]) -> Iterator[Path]:
        """Write what is missing into a folder of its own, which goes at the end."""
        stage = Path(tempfile.mkdtemp(prefix=STAGE_PREFIX, dir=self._home))
        try:
            for member in self.members:
                _write(stage / "new" / member.name, read(member))
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    @contextmanager
    def placed(self, stage: Path) -> Iterator[None]:
        """Move what was staged to its places; back again where the block raises."""
        with ExitStack() as undo:
            for number, unit in enumerate(self._units):
                new, place = unit.staged(stage / "new"), unit.place(self._home)
                place.parent.mkdir(parents=True, exist_ok=True)
                if place.exists():
                    old = stage / f"old-{number}"
                    place.rename(old)
                    undo.callback(old.rename, place)
                new.rename(place)
                undo.callback(place.rename, new)
            yield
            undo.pop_all()


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is moved as one: a model's folder, or the settings file."""

    name: str
    members: tuple[Member, ...]

    def place(self, home: Path) -> Path:
        """Where it belongs."""
        if self.name.startswith("models/"):
            return home / "models" / "added" / self.name.removeprefix("models/")
        return home / SETTINGS_FILE

    def staged(self, folder: Path) -> Path:
        """Where it stands before it is moved."""
        if self.name.startswith("models/"):
            return folder / self.name
        return folder / SETTINGS_MEMBER

    def is_in(self, home: Path) -> bool:
        """Whether the home has it, the same to the byte."""
        place = self.place(home)
        return all(
            _hash_of(place if place.is_file() else place / member.name.rpartition("/")[2])
            == member.sha256
            for member in self.members
        )


def _hash_of(path: Path) -> str | None:
    """SHA-256 of a file in hex; None where there is no such file."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for block in blocks:
            file.write(block)
    path.chmod(0o600)

"""Writes an archive: beside its place under another name, and moved there once it is whole."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from goodsight.archives.manifest import MANIFEST, Manifest, Member
from goodsight.core.backups import DatabaseShape
from goodsight.core.errors import ArchiveError, UsageError

__all__ = ["ArchiveWriter"]

UNFINISHED = ".unfinished"


class ArchiveWriter:
    """A context manager; `seal` it before the end, or nothing is left at `path`.

    The file can be read by its owner alone: it holds what the database holds.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._members: list[Member] = []
        self._sealed = False

    def __enter__(self) -> Self:
        if self.path.exists() or self.path.is_symlink():
            raise UsageError(f"{self.path} is there already: name another file, or remove it")
        try:
            # mkstemp's files are for their owner alone.
            handle, draft = tempfile.mkstemp(UNFINISHED, f".{self.path.name}.", self.path.parent)
        except OSError as error:
            raise self._failure(error) from error
        self._draft = Path(draft)
        self._file: IO[bytes] = os.fdopen(handle, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self._sealed:
                self._finish()
        finally:
            # Of no use any more, but it would try again when it is collected.
            with suppress(OSError, ValueError):
                self._zip.close()
            with suppress(OSError):
                self._file.close()
            self._draft.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise self._failure(error) from error

    @contextmanager
    def member(self, name: str) -> Iterator[MemberWriter]:
        """Write one member, of any length."""
        # A length that is not known beforehand may turn out beyond four gigabytes.
        with self._zip.open(name, "w", force_zip64=True) as file:
            writer = MemberWriter(file)
            yield writer
        self._members.append(Member(name, writer.written, writer.digest()))

    def add_file(self, name: str, path: Path) -> None:
        """Write a file's content as a member."""
        with path.open("rb") as source, self.member(name) as writer:
            while block := source.read(1 << 20):
                writer.write(block)

    def seal(self, made_by: str, database: DatabaseShape) -> Manifest:
        """Write the manifest, which names every member and its checksum."""
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(made_by, made_at, database, tuple(self._members))
        self._zip.writestr(MANIFEST, manifest.document())
        self._sealed = True
        return manifest

    def _finish(self) -> None:
        try:
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._draft.replace(self.path)
            _flush_folder(self.path.parent)
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> ArchiveError:
        return ArchiveError(f"{self.path}: the backup cannot be written: {error}")


class MemberWriter:
    """Counts and hashes what is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.written = 0

    def write(self, block: bytes | bytearray | memoryview) -> None:
        """Write some bytes."""
        self._file.write(block)
        self._hash.update(block)
        self.written += len(block)

    def digest(self) -> str:
        """SHA-256 of what was written so far, in hex."""
        return self._hash.hexdigest()


def _flush_folder(folder: Path) -> None:
    """Have the system write down the file's new name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

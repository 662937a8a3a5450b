"""Reads an archive, and proves it whole before anything is done with it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from goodsight.archives.manifest import MANIFEST, Manifest, Member, parse_manifest
from goodsight.core.errors import ArchiveError

__all__ = ["ArchiveReader"]

BLOCK_BYTES = 1 << 20
MAX_MANIFEST_BYTES = 16 << 20


class ArchiveReader:
    """A context manager over an archive. Everything it raises is an ArchiveError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        try:
            self._zip = zipfile.ZipFile(self.path)
        except FileNotFoundError as error:
            raise ArchiveError(f"{self.path}: no such file") from error
        except (OSError, zipfile.BadZipFile) as error:
            raise ArchiveError(
                f"{self.path}: no backup of Goodsight, or only a part of one: {error}"
            ) from error
        try:
            with self._telling():
                self.manifest = self._read_manifest()
        except BaseException:
            self._zip.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def verify(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Read every member through and compare its checksum; hears the bytes so far.

        Raises ArchiveError that names the damaged member.
        """
        done = 0
        for member in self.manifest.members:
            for block in self.blocks(member):
                done += len(block)
                progress(done)

    def blocks(self, member: Member) -> Iterator[bytes]:
        """A member's bytes; its checksum is compared at their end. Raises ArchiveError."""
        seen, total = hashlib.sha256(), 0
        with self._telling(), self._zip.open(member.name) as file:
            while block := file.read(BLOCK_BYTES):
                seen.update(block)
                total += len(block)
                yield block
        if total != member.bytes or seen.hexdigest() != member.sha256:
            raise ArchiveError(f"{self.path}: {member.name} is damaged: its checksum is another")

    def _read_manifest(self) -> Manifest:
        there = [entry.filename for entry in self._zip.infolist()]
        if MANIFEST not in there:
            raise ArchiveError("it is no backup of Goodsight: it has no manifest")
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in self._zip.infolist()):
            raise ArchiveError("it is compressed, as no backup of Goodsight is")
        if self._zip.getinfo(MANIFEST).file_size > MAX_MANIFEST_BYTES:
            raise ArchiveError("its manifest is longer than any")
        manifest = parse_manifest(self._zip.read(MANIFEST))
        named = [MANIFEST, *(member.name for member in manifest.members)]
        if sorted(named) != sorted(there):
            odd = sorted(set(named) ^ set(there)) or ["a member twice"]
            raise ArchiveError(f"its manifest and its members differ: {', '.join(odd[:3])}")
        return manifest

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Every failure names the file."""
        try:
            yield
        except ArchiveError as error:
            raise ArchiveError(f"{self.path}: {error}") from error
        except (OSError, zipfile.BadZipFile, EOFError, RuntimeError) as error:
            raise ArchiveError(f"{self.path}: damaged: {error}") from error

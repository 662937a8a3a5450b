"""A shop's data as one file, and put back from it: database, settings, added models."""

from __future__ import annotations

import importlib.metadata
from contextlib import ExitStack
from pathlib import Path

from goodsight.adopting import Adopter
from goodsight.archives import ArchiveReader, ArchiveWriter, Manifest
from goodsight.core.backups import BackupReport, StageProgress
from goodsight.core.errors import ArchiveError, UsageError
from goodsight.home_files import FilesToPlace, kept_files
from goodsight.stores import hearing_builds

__all__ = ["Archiver"]

TABLES = "tables/"


def _unheard(stage: str, done: int, total: int) -> None:
    """Nobody listens."""


class Archiver(Adopter):
    """A shop that can be backed up and restored."""

    def backup(self, file: str | Path, progress: StageProgress = _unheard) -> BackupReport:
        """Write all collections, keys, settings and added models into a new file.

        It holds one moment of the database, whatever is indexed meanwhile. Nothing is left
        at `file` unless it is whole. Raises UsageError where `file` exists, ArchiveError where
        it cannot be written, StoreError.
        """
        path = Path(file).expanduser().absolute()
        version = importlib.metadata.version("goodsight")
        with ArchiveWriter(path) as archive:
            shape = self._wiring.store().dump(
                lambda table: archive.member(TABLES + table),
                lambda done, total: progress("reading the database", done, total),
            )
            for name, kept in kept_files(self._wiring.settings.home):
                archive.add_file(name, kept)
            manifest = archive.seal(f"goodsight {version}", shape)
        return _report(path, manifest)

    def restore(
        self, file: str | Path, *, replace: bool = False, progress: StageProgress = _unheard
    ) -> BackupReport:
        """Put a backup in the place of what is here: all of it or, where anything fails, nothing.

        The backup is proven whole before anything is changed. What is here must be empty
        unless `replace`. Raises ArchiveError for a damaged backup, UsageError where a file is
        in the way, StoreError.
        """
        path = Path(file).expanduser().absolute()
        with ArchiveReader(path) as archive:
            total = archive.manifest.total_bytes
            archive.verify(lambda done: progress("checking the backup", done, total))
            self._put_back(archive, replace=replace, progress=progress)
            self._forget()
            with hearing_builds(progress):
                for name in self._wiring.store().names():
                    self._wiring.store().build_indexes(name)
            return _report(path, archive.manifest)

    def _put_back(self, archive: ArchiveReader, *, replace: bool, progress: StageProgress) -> None:
        """Files are staged first and moved to their places just before the database commits."""
        home, manifest = self._wiring.settings.home, archive.manifest
        files = FilesToPlace(home, (*manifest.named("models/"), *manifest.named("settings/")))
        if not replace and (there := files.in_the_way()):
            raise UsageError(
                f"{there[0]} is another than the backup's: move it away, or say --replace"
            )
        tables = {member.name.removeprefix(TABLES): member for member in manifest.named(TABLES)}
        if sorted(tables) != sorted(table.name for table in manifest.database.tables):
            raise ArchiveError(f"{archive.path}: its tables are not those its manifest describes")
        total = sum(member.bytes for member in tables.values())
        try:
            home.mkdir(parents=True, exist_ok=True)
            with files.staged(archive.blocks) as stage, ExitStack() as placing:
                self._wiring.store().load(
                    manifest.database,
                    lambda table: archive.blocks(tables[table]),
                    replace=replace,
                    progress=lambda done: progress("filling the database", done, total),
                    before_commit=lambda: placing.enter_context(files.placed(stage)),
                )
        except OSError as error:
            raise ArchiveError(f"{home}: the backup's files cannot be placed: {error}") from error

    def _forget(self) -> None:
        """What was looked up before the restore is of another catalogue."""
        self._opened = None
        self._encoder = None


def _report(path: Path, manifest: Manifest) -> BackupReport:
    models = {member.name.split("/")[1] for member in manifest.named("models/")}
    return BackupReport(
        size_bytes=path.stat().st_size,
        collections=manifest.database.rows("collections"),
        products=manifest.database.rows("products"),
        photos=manifest.database.rows("photos"),
        models=tuple(sorted(models)),
        settings=bool(manifest.named("settings/")),
        made_at=manifest.made_at,
    )

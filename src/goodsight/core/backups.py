"""What a backup holds, and how far making or restoring one is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["BackupReport", "DatabaseShape", "StageProgress", "TableShape"]

# What is being done, how many bytes (or parts) of it are done, and how many there are in all;
# 0 in all where nobody knows.
StageProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table of a backup: its columns in the order in which they were written."""

    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class DatabaseShape:
    """A database's tables as of schema version `revision`."""

    revision: str
    tables: tuple[TableShape, ...]

    def rows(self, table: str) -> int:
        """Rows of a table; 0 where the backup has no such table."""
        return sum(shape.rows for shape in self.tables if shape.name == table)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds. `models` are the added ones by name; `settings` the settings file."""

    size_bytes: int
    collections: int
    products: int
    photos: int
    models: tuple[str, ...]
    settings: bool
    made_at: str

"""Facts about rows, set aside on disk so that memory does not grow with the feed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from types import TracebackType

from goodsight.catalogs.rows import Row
from goodsight.core.errors import CatalogError

__all__ = ["Shelf"]

CACHE_KIB = 2048

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
CREATE TABLE seen (kind TEXT, key TEXT, line INTEGER, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE tallies (kind TEXT, key TEXT, total INTEGER, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE notes (kind TEXT, key TEXT, note TEXT);
CREATE INDEX notes_by_key ON notes (kind, key);
"""


class Shelf:
    """A private temporary database; it vanishes when closed, or with the process.

    Keys are grouped by `kind`. Raises CatalogError where the disk is full.
    """

    def __init__(self) -> None:
        # An empty name is a temporary file that SQLite creates unlinked and removes itself.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(f"PRAGMA cache_size = -{CACHE_KIB};{_TABLES}BEGIN;")

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def remember(self, kind: str, key: str, line: int) -> int | None:
        """Keep that `key` stands on `line`; if it was kept before, say on which line."""
        added = self._run("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", kind, key, line).rowcount
        return None if added else self.line_of(kind, key)

    def line_of(self, kind: str, key: str) -> int | None:
        """The line kept for a key, or None."""
        found = self._run("SELECT line FROM seen WHERE kind = ? AND key = ?", kind, key).fetchone()
        return None if found is None else int(found[0])

    def add(self, kind: str, key: str, note: str) -> None:
        """Add a note to a key."""
        self._run("INSERT INTO notes VALUES (?, ?, ?)", kind, key, note)

    def notes(self, kind: str, key: str) -> list[str]:
        """The notes of a key, in the order they were added."""
        query = "SELECT note FROM notes WHERE kind = ? AND key = ? ORDER BY rowid"
        return [str(note) for (note,) in self._run(query, kind, key)]

    def has(self, kind: str, key: str) -> bool:
        """Whether a key has any note."""
        query = "SELECT 1 FROM notes WHERE kind = ? AND key = ? LIMIT 1"
        return self._run(query, kind, key).fetchone() is not None

    def tally(self, kind: str, key: str) -> int:
        """Count a key once more; returns its total."""
        query = (
            "INSERT INTO tallies VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET total = total + 1"
            " RETURNING total"
        )
        return int(self._run(query, kind, key).fetchone()[0])

    def total(self, kind: str, key: str) -> int:
        """How often a key was counted."""
        query = "SELECT total FROM tallies WHERE kind = ? AND key = ?"
        found = self._run(query, kind, key).fetchone()
        return 0 if found is None else int(found[0])

    def remove(self, kind: str, key: str) -> None:
        """Forget the notes of a key."""
        self._run("DELETE FROM notes WHERE kind = ? AND key = ?", kind, key)

    def keys(self, kind: str) -> Iterator[str]:
        """The keys that have notes, each once, sorted."""
        query = "SELECT min(key) FROM notes WHERE kind = ? AND key > ?"
        key = self._run(query, kind, "").fetchone()[0]
        # Key by key, so that notes may come and go meanwhile.
        while key is not None:
            yield str(key)
            key = self._run(query, kind, key).fetchone()[0]

    def add_row(self, kind: str, key: str, row: Row) -> None:
        """Set a row aside under a key."""
        self.add(kind, key, json.dumps([row.number, dict(row.cells), sorted(row.numbers)]))

    def rows(self, kind: str, key: str) -> Iterator[Row]:
        """The rows of a key, in the order they were set aside."""
        for note in self.notes(kind, key):
            number, cells, numbers = json.loads(note)
            yield Row(number, cells, frozenset(numbers))

    def _run(self, query: str, *values: str | int) -> sqlite3.Cursor:
        try:
            return self._database.execute(query, values)
        except sqlite3.Error as error:
            raise CatalogError(
                f"the temporary file for reading the feed failed: {error}"
            ) from error

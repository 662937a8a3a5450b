"""Files fetched from URLs and kept on disk; asked for again, the server is asked for news only.

A file of bytes and one of what the server said of them lie beside each other. Both are written
beside their places and moved there, the bytes first: after a crash between, old words belong to
new bytes, and the server sends them once more.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from pathlib import Path

from goodsight.core.errors import PhotoError
from goodsight.images.fetch import Fetched, GuardedFetcher

__all__ = ["Downloads"]


class Downloads:
    """Files by URL below a folder. Safe to use from several threads."""

    def __init__(self, folder: Path, fetcher: GuardedFetcher) -> None:
        self._folder = folder
        self._fetcher = fetcher
        # One at a time: two that want the same file fetch it once.
        self._mutex = threading.Lock()

    def file(self, url: str) -> Path:
        """The file at a URL as it is now; where nothing is new it stays untouched.

        Raises PhotoError with the reason.
        """
        with self._mutex:
            path = self._path(url)
            try:
                self._renew(url, path)
            except OSError as error:
                raise PhotoError(
                    f"it cannot be kept in {self._folder}: {error.strerror or error}", reference=url
                ) from error
            return path

    def at_hand(self, url: str) -> Path | None:
        """The file as it was last fetched, without asking anybody; None where it never was."""
        path = self._path(url)
        return path if path.is_file() else None

    def _path(self, url: str) -> Path:
        return self._folder / hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()

    def _renew(self, url: str, path: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder)
        new = Path(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                fetched = self._fetcher.save(url, file, _known(path))
                file.flush()
                os.fsync(file.fileno())
            if not fetched.changed:
                return
            # The same bytes again keep their file and its time, by which a change is told.
            if not path.is_file() or not _same(new, path):
                new.replace(path)
            self._note(path, fetched)
        finally:
            new.unlink(missing_ok=True)

    def _note(self, path: Path, fetched: Fetched) -> None:
        said = {
            "bytes": path.stat().st_size,
            "etag": fetched.etag,
            "last_modified": fetched.last_modified,
        }
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(said, file)
        Path(name).replace(_words_of(path))


def _words_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _known(path: Path) -> Fetched | None:
    """What the server said of the file, if all of it is there."""
    try:
        said = json.loads(_words_of(path).read_text(encoding="utf-8"))
        if path.stat().st_size != said["bytes"]:
            return None
        return Fetched(b"", str(said["etag"]), str(said["last_modified"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _same(one: Path, other: Path) -> bool:
    digests = []
    for path in (one, other):
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").digest())
    return digests[0] == digests[1]

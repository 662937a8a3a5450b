"""Photos fetched before, on disk: a second run asks servers for news only.

One file for each URL: a line of JSON with what the server said, then the bytes. Files are
written beside their place and moved there, so that a crash leaves old or new, never half. When
the folder grows beyond its size the photos used longest ago go.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from goodsight.images.fetch import Fetched

__all__ = ["PhotoCache"]

SUFFIX = ".photo"
# Room is made for this share at once, so that not every new photo looks through the folder.
ROOM_SHARE = 0.1


class PhotoCache:
    """At most about `max_bytes` of photos below a folder. Safe to use from several threads.

    A folder that cannot be written to caches nothing and is no error.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._mutex = threading.Lock()
        self._size: int | None = None

    def get(self, url: str) -> Fetched | None:
        """What was fetched from this URL, if it is kept."""
        path = self._path(url)
        try:
            head, _, content = path.read_bytes().partition(b"\n")
            said = json.loads(head)
            if said["url"] != url or said["sha256"] != hashlib.sha256(content).hexdigest():
                return None
            os.utime(path)
            return Fetched(content, str(said["etag"]), str(said["last_modified"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, url: str, fetched: Fetched) -> None:
        """Keep what was fetched."""
        head = {
            "url": url,
            "sha256": hashlib.sha256(fetched.content).hexdigest(),
            "etag": fetched.etag,
            "last_modified": fetched.last_modified,
        }
        data = json.dumps(head).encode() + b"\n" + fetched.content
        with suppress(OSError):
            self._write(self._path(url), data)
            self._make_room(len(data))

    def _path(self, url: str) -> Path:
        name = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / name[:2] / (name + SUFFIX)

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _make_room(self, added: int) -> None:
        with self._mutex:
            if self._size is not None:
                self._size += added
            if self._size is None or self._size > self._max_bytes:
                self._size = self._drop_oldest()

    def _drop_oldest(self) -> int:
        """Bring the folder below its size, where it is above; its size then."""
        files = []
        for path in self._folder.glob(f"*/*{SUFFIX}"):
            with suppress(OSError):
                status = path.stat()
                files.append((status.st_mtime, status.st_size, path))
        size = sum(entry[1] for entry in files)
        if size <= self._max_bytes:
            return size
        for _, taken, path in sorted(files):
            with suppress(OSError):
                path.unlink()
                size -= taken
            if size <= self._max_bytes * (1 - ROOM_SHARE):
                break
        return size

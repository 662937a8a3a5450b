"""Whether a feed file or a folder of photos has changed, told without reading it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

__all__ = ["state_of_path"]


def state_of_path(source: str) -> str:
    """A text that differs once the file, or any file of the folder, has another size or time.

    What cannot be looked at counts as not there; that it comes or goes is a change.
    """
    path = Path(source).expanduser()
    if not path.is_dir():
        return _state(path)
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(path):
        # In one order, whatever the file system's is.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                state = f"{folder}/{name} {_state(Path(folder, name))}\n"
                digest.update(state.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _state(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "none"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"

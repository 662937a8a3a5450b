"""A file of a model folder, read whole; links, devices and giants are refused."""

from __future__ import annotations

import stat
from pathlib import Path

from goodsight.core.errors import ModelError

__all__ = ["check_plain_file", "read_plain_file"]


def read_plain_file(path: Path, limit: int) -> bytes:
    """The bytes of a plain file of at most `limit` bytes. Raises ModelError."""
    check_plain_file(path, limit)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error


def check_plain_file(path: Path, limit: int) -> int:
    """The size in bytes of a plain file of at most `limit` bytes. Raises ModelError."""
    try:
        status = path.lstat()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error
    if stat.S_ISLNK(status.st_mode):
        raise ModelError(f"{path} is a link; a model folder holds its files itself")
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"{path} is no plain file")
    if status.st_size > limit:
        raise ModelError(f"{path}: {status.st_size:,} bytes; at most {limit:,} are read")
    return status.st_size

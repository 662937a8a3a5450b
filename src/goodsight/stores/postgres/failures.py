"""psycopg's errors in the package's own words, at the edge of this room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from goodsight.core.errors import StoreError

__all__ = ["is_lost_connection", "translated"]

_REMEDIES: dict[type[psycopg.Error], str] = {
    psycopg.errors.DiskFull: "the database's disk is full: free some space",
    psycopg.errors.OutOfMemory: "the database server is out of memory",
    psycopg.errors.TooManyConnections: "the database server has too many connections open",
    psycopg.errors.InsufficientPrivilege: "the database user lacks a right",
    psycopg.errors.InvalidPassword: "the database refused the password or user",
    psycopg.errors.ReadOnlySqlTransaction: "the database is read-only (a standby?)",
    psycopg.errors.DataCorrupted: "the database found damaged data: restore a backup",
}


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn any error of the driver into a StoreError that says what was being done."""
    try:
        yield
    except psycopg.Error as error:
        raise StoreError(f"{doing}: {_explain(error)}") from error


def is_lost_connection(error: psycopg.Error) -> bool:
    """Whether the server went away, so that a new connection may succeed."""
    if error.sqlstate is None:
        # Raised on this side of the connection.
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    # 08: connection exceptions, but for misunderstandings; 57P: the operator or a crash.
    return error.sqlstate[:3] in ("080", "57P") and error.sqlstate != "08P01"


def _explain(error: psycopg.Error) -> str:
    cause = " ".join(str(error).split()) or type(error).__name__
    for kind, remedy in _REMEDIES.items():
        if isinstance(error, kind):
            return f"{remedy} ({cause})"
    if is_lost_connection(error):
        return f"the database server cannot be reached or went away ({cause})"
    return cause

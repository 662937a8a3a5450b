"""Runs the embedded server as its child, and stops it once nobody uses it.

Started as a script of its own, so that it outlives the process that needed the server.
Users of a server hold a shared lock on one file for as long as they live; the system drops
the lock of a killed process. The guardian keeps asking for the exclusive lock: the moment it
gets it, the last user is gone, however it went, and the server is stopped while the lock
keeps new users waiting.

Arguments: the lock file, the account to run as (empty: this one), then the server's command.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import signal
import subprocess
import sys
from typing import IO

POLL_SECONDS = 0.5
STOP_TIMEOUT_SECONDS = 60


def main(lock_path: str, account: str, *command: str) -> None:
    """Run the command until it ends or has no users."""
    if os.fork():
        # The starter must not wait for this process nor leave a zombie behind.
        os._exit(0)
    server = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd="/",
        user=account or None,
        group=pwd.getpwnam(account).pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    with open(lock_path, "rb") as lock:  # noqa: PTH123 - pathlib would slow the start
        while server.poll() is None:
            if has_no_users(lock):
                stop(server)
            try:
                server.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue


def has_no_users(lock: IO[bytes]) -> bool:
    """Whether the exclusive lock was free; it is kept until this process ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def stop(server: subprocess.Popen[bytes]) -> None:
    """End all sessions and write everything down; pull the plug if that takes for ever."""
    ask_to_stop(server.pid)
    try:
        server.wait(STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        # An immediate shutdown is safe: the next start recovers from the log.
        server.send_signal(signal.SIGQUIT)
        server.wait()


def ask_to_stop(pid: int) -> None:
    """Fast shutdown, in PostgreSQL's words: open transactions are rolled back."""
    os.kill(pid, signal.SIGINT)


if __name__ == "__main__":
    main(*sys.argv[1:])

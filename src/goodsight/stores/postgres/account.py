"""Which system account the embedded server runs as.

PostgreSQL refuses to run as root. Where Goodsight itself runs as root, as in many
containers, the server gets an account of its own, and just enough rights to reach its files.
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from goodsight.core.errors import ServerStartError

__all__ = ["hand_over", "let_reach", "let_read", "server_account"]

ACCOUNT = "goodsight"
MAY_ENTER = stat.S_IXOTH
MAY_READ = stat.S_IROTH


def server_account(data: Path) -> str | None:
    """The account a server over these files runs as; None where we are it already.

    The owner of the files, where there are any, else one made for the purpose. Raises
    ServerStartError where the account cannot be made.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return pwd.getpwuid(owner).pw_name
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        _create_account()
    return ACCOUNT


def hand_over(path: Path, account: str | None) -> None:
    """Make the account the owner of a file or folder."""
    if account is not None:
        entry = pwd.getpwnam(account)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def let_reach(path: Path, account: str | None) -> None:
    """Let the account pass through the folders above `path` (pass through, not list)."""
    if account is None:
        return
    for folder in path.parents:
        _add_mode(folder, MAY_ENTER)


def let_read(tree: Path, account: str | None) -> None:
    """Let the account read and run the files below `tree`; done once, then a cheap look."""
    if account is None or tree.stat().st_mode & MAY_READ:
        return
    for path in (*_below(tree), tree):
        runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        _add_mode(path, MAY_READ | MAY_ENTER if runs else MAY_READ)


def _below(tree: Path) -> Iterator[Path]:
    return (path for path in tree.rglob("*") if not path.is_symlink())


def _add_mode(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)


def _create_account() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - constant
    except (OSError, subprocess.CalledProcessError) as error:
        raise ServerStartError(
            f"PostgreSQL does not run as root, and the account '{ACCOUNT}' could not be made"
            f" ({error}): make it, run as another user, or name a server with --database"
        ) from error

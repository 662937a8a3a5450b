"""What `goodsight doctor --fix` does: what is lost by nobody and disturbs nobody, and tells it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from goodsight.core.errors import GoodsightError
from goodsight.core.reports import Check
from goodsight.home_files import leftovers
from goodsight.wiring import Wiring

__all__ = ["mend"]


def mend(wiring: Wiring) -> Iterator[Check]:
    """Mend, and say thing by thing what was done; what cannot be mended is left to the checks."""
    for path in leftovers(wiring.settings.home):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        yield _mended(f"removed {path}, which was never finished")
    pid = wiring.store().dead_server()
    try:
        for done in wiring.store().mend():
            yield _mended(done)
    except GoodsightError as error:
        yield Check("mending", False, str(error), "see the other checks")
        return
    if pid is not None:
        yield _mended(f"started the server, which recovered: process {pid} had not been stopped")


def _mended(what: str) -> Check:
    return Check("mended", True, what)

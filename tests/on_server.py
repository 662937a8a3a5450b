"""Runs the tests with every home's database on a plain server: `python tests/on_server.py ARGS`.

The server is the wheel's older one on a loopback port, as an administrator would run it. Tests of
the embedded server itself, marked `embedded`, are left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from stores.servers import LoopbackServer

TESTS = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="test-server-") as folder:
        server = LoopbackServer(Path(folder), durable=True)
        server.create()
        server.start()
        environment = os.environ | {
            "TEST_SERVER_URL": server.url,
            "PYTHONPATH": str(TESTS / "server_homes"),
        }
        command = [sys.executable, "-m", "pytest", "-m", "not embedded", *arguments]
        try:
            return subprocess.run(
                command, env=environment, cwd=TESTS.parent, check=False
            ).returncode
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

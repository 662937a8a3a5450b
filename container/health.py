"""Asks the service in this container whether it can answer searches; exit code 1 if not.

The slim image has no curl, and this needs nothing but the standard library.
"""

from __future__ import annotations

import os
import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection

PATH = "/v1/health/ready"
TIMEOUT_SECONDS = 8


def main() -> int:
    """0 if the service is ready, 1 with the cause on stderr if it is not."""
    try:
        status = ask()
    except (OSError, HTTPException) as error:
        print(f"the service does not answer: {error}", file=sys.stderr)
        return 1
    if status != 200:
        print(f"the service answered {status}", file=sys.stderr)
        return 1
    return 0


def ask() -> int:
    """The status of the answer. Raises OSError or HTTPException where none comes."""
    port = int(os.environ.get("GOODSIGHT_PORT", "8000"))
    # Where the service goes by certain names only, it must be asked by one of them.
    name = os.environ.get("GOODSIGHT_ALLOWED_HOSTS", "").split(",")[0].strip() or "127.0.0.1"
    connection = _connection(port)
    try:
        connection.request("GET", PATH, headers={"Host": name})
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(port: int) -> HTTPConnection:
    if not os.environ.get("GOODSIGHT_TLS_CERTIFICATE"):
        return HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    # The certificate is for the name that visitors use, and this never leaves the container.
    context = ssl._create_unverified_context()  # noqa: S323, SLF001
    return HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS, context=context)


if __name__ == "__main__":
    sys.exit(main())

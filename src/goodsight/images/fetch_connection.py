"""Connections to checked addresses, within a time that is over for good.

A name is resolved once; every address it has must pass, and the connection goes to one of these
very addresses. Resolving again, as ordinary clients do, would let the name mean something else
the second time (DNS rebinding). TLS still checks the certificate against the name.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

__all__ = ["CheckedBackend", "Deadline", "ForbiddenAddress"]

Resolver = Callable[[str, int], list[str]]


class ForbiddenAddress(Exception):
    """The host has an address that nothing is fetched from."""


class Deadline:
    """So many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def within(self, timeout: float | None) -> float:
        """What is left, at most `timeout`. Raises httpcore2.ReadTimeout when nothing is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time is over")
        return left if timeout is None else min(left, timeout)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore2.NetworkBackend):
    """Connects to addresses that `is_allowed`, each wait bounded by the deadline."""

    def __init__(
        self,
        deadline: Deadline,
        is_allowed: Callable[[str], bool],
        resolver: Resolver = resolve,
    ) -> None:
        self._deadline = deadline
        self._is_allowed = is_allowed
        self._resolve = resolver
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Raises ForbiddenAddress, httpcore2.ConnectError, httpcore2.ConnectTimeout."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("there is no such host") from error
        # One address that is not allowed spoils the rest: an honest host has none.
        if not addresses or not all(map(self._is_allowed, addresses)):
            raise ForbiddenAddress(host)
        failure: Exception = httpcore2.ConnectError("it cannot be reached")
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._deadline.within(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the library's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """No URL leads to one."""
        raise ForbiddenAddress(path)


class _TimedStream(httpcore2.NetworkStream):
    """A stream each of whose waits ends with the deadline: no server can dribble past it."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        within = self._deadline.within(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, within), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

"""One question sent to the address that the owner set, within bounds of time and bytes.

The address is trusted, unlike those of photos: it may be on this machine. What comes back is
not, and no redirection is followed, so that the key goes nowhere else.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import httpcore2

__all__ = ["MAX_ANSWER_BYTES", "NoAnswer", "Sender"]

# Some hundred proposals have room in it.
MAX_ANSWER_BYTES = 64 << 10


class NoAnswer(Exception):
    """No answer came, or one that is none; its text is the reason."""


class Sender:
    """Posts JSON to one address, with a key if there is one."""

    def __init__(self, url: str, key: str, seconds: float) -> None:
        self._url = url
        self._key = key
        self._seconds = seconds

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        return httpcore2.default_ssl_context()

    def send(self, body: bytes) -> bytes:
        """The body of the answer. Raises NoAnswer."""
        backend = _TimedBackend(self._seconds)
        headers: dict[bytes | str, bytes | str] = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            with (
                httpcore2.ConnectionPool(
                    ssl_context=self._certificates, network_backend=backend
                ) as pool,
                pool.stream("POST", self._url, headers=headers, content=body) as response,
            ):
                return _body(response)
        except httpcore2.TimeoutException as error:
            raise NoAnswer(f"it took longer than {self._seconds:g} seconds") from error
        except httpcore2.ConnectError as error:
            raise NoAnswer("it cannot be reached") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise NoAnswer("it broke off or does not speak HTTP") from error


def _body(response: httpcore2.Response) -> bytes:
    if response.status != 200:
        raise NoAnswer(f"it answered {response.status}")
    parts, size = [], 0
    for part in response.iter_stream():
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise NoAnswer(f"it sent more than {MAX_ANSWER_BYTES:,} bytes")
    return b"".join(parts)


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time is over")
        return left


class _TimedBackend(httpcore2.NetworkBackend):
    """Connections all of whose waits end together: no server can dribble past the end."""

    def __init__(self, seconds: float) -> None:
        self._deadline = _Deadline(seconds)
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left()
        try:
            stream = self._plain.connect_tcp(host, port, left, local_address, socket_options)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("there is no such host") from error
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left()
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

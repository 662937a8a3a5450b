"""The one way in which anything is fetched from a URL that somebody gave.

Callers, feeds and redirections all lead here. Only the public internet is reached (OWASP's
advice on server-side request forgery), only http and https on ports of web servers, with at most
three redirections, each checked anew; bytes and time are bounded whatever the server does. No
proxy of the environment, no cookie, no compression (what is small on the wire stays small).
"""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import IO

import httpcore2
import stamina

from goodsight.core.errors import PhotoError
from goodsight.images.addresses import is_global_address
from goodsight.images.fetch_connection import (
    CheckedBackend,
    Deadline,
    ForbiddenAddress,
    Resolver,
    resolve,
)
from goodsight.images.fetch_target import ALLOWED_PORTS, BadUrl, Target
from goodsight.images.host_limit import HostLimit

__all__ = ["FetchLimits", "Fetched", "GuardedFetcher"]

REDIRECTIONS = (301, 302, 303, 307, 308)
BUSY = (429, 503)
WORTH_RETRYING = (*BUSY, 500, 502, 504)
NOT_CHANGED = 304
MAX_WAIT_SECONDS = 30.0
MAX_AT_ONE_HOST = 4
USER_AGENT = "goodsight (product photo search)"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may take."""

    max_bytes: int = 16 << 20
    max_redirections: int = 3
    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    total_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. `changed` is False where the server says that nothing is new."""

    content: bytes
    etag: str = ""
    last_modified: str = ""
    changed: bool = True


class _TryAgain(Exception):
    """A failure that may pass, and how long the server asks to wait."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class GuardedFetcher:
    """Fetches URLs within bounds. Safe to use from several threads.

    `attempts` above 1 tries again, with growing waits, what may be better a little later.
    One host is asked `per_host` times at once at most, and not at all while it asks to wait.
    `own_hosts` (host:port) are reached whatever their address and port; `is_allowed`,
    `resolver` and `ports` say more of networks of one's own. `accept` goes to the server.
    """

    def __init__(
        self,
        limits: FetchLimits = FetchLimits(),
        *,
        attempts: int = 1,
        accept: str = "image/*",
        per_host: int = MAX_AT_ONE_HOST,
        own_hosts: frozenset[str] = frozenset(),
        is_allowed: Callable[[str], bool] = is_global_address,
        resolver: Resolver = resolve,
        ports: tuple[int, ...] = ALLOWED_PORTS,
    ) -> None:
        self._limits = limits
        self._attempts = attempts
        self._accept = accept
        self._hosts = HostLimit(per_host)
        self._own_hosts = own_hosts
        self._is_allowed = is_allowed
        self._resolver = resolver
        self._ports = ports

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        return httpcore2.default_ssl_context()

    def fetch(self, url: str, known: Fetched | None = None) -> Fetched:
        """The bytes at a URL. Raises PhotoError with the reason.

        With what was `known` before the server is asked for news only.
        """
        content = io.BytesIO()
        fetched = self.save(url, content, known)
        return replace(fetched, content=content.getvalue())

    def save(self, url: str, file: IO[bytes], known: Fetched | None = None) -> Fetched:
        """Write the bytes at a URL to a file, which holds nothing else then.

        What comes back is without content. Raises PhotoError with the reason, OSError where
        the file cannot be written.
        """
        try:
            for attempt in stamina.retry_context(
                on=_wait_before_retry,
                attempts=self._attempts,
                timeout=None,
                wait_initial=timedelta(seconds=0.5),
                wait_max=timedelta(seconds=MAX_WAIT_SECONDS),
            ):
                with attempt:
                    return self._fetch(self._target(url), _conditions(known), file)
        except (BadUrl, _TryAgain) as error:
            raise PhotoError(str(error), reference=url) from error
        raise AssertionError("stamina tries at least once")

    def _target(self, url: str) -> Target:
        return Target.of(url, ports=self._ports, own_hosts=self._own_hosts)

    def _fetch(
        self, target: Target, conditions: Mapping[bytes | str, bytes | str], file: IO[bytes]
    ) -> Fetched:
        for _ in range(self._limits.max_redirections + 1):
            with self._hosts.turn(target.place):
                # Time begins with the turn: waiting for others is not the server's fault.
                deadline = Deadline(self._limits.total_seconds)
                with self._asked(target, conditions, deadline) as response:
                    location = _header(response, b"location")
                    if response.status in BUSY:
                        self._hosts.pause(target.place, _asked_wait(response) or 0.0)
                    if response.status not in REDIRECTIONS or not location:
                        return self._answer(response, file, asked_for_news=bool(conditions))
            target = target.after(location, ports=self._ports, own_hosts=self._own_hosts)
        raise BadUrl(f"it redirects more than {self._limits.max_redirections} times")

    @contextmanager
    def _asked(
        self, target: Target, conditions: Mapping[bytes | str, bytes | str], deadline: Deadline
    ) -> Iterator[httpcore2.Response]:
        """The response's head; its body is still to come. Failures become ours."""
        limits = self._limits
        headers: dict[bytes | str, bytes | str] = {
            "Host": target.authority,
            "User-Agent": USER_AGENT,
            "Accept": self._accept,
            "Accept-Encoding": "identity",
            "Connection": "close",
            **conditions,
        }
        times = {"connect": limits.connect_seconds, "read": limits.read_seconds}
        is_own = target.place in self._own_hosts
        is_allowed = _any_address if is_own else self._is_allowed
        backend = CheckedBackend(deadline, is_allowed, self._resolver)
        try:
            with (
                httpcore2.ConnectionPool(
                    ssl_context=self._certificates, network_backend=backend
                ) as pool,
                pool.stream(
                    "GET",
                    target.parts,
                    headers=headers,
                    extensions={"timeout": {**times, "write": limits.read_seconds}},
                ) as response,
            ):
                yield response
        except ForbiddenAddress as error:
            raise BadUrl("its host is not on the public internet") from error
        except httpcore2.TimeoutException as error:
            raise _TryAgain("the server took too long") from error
        except httpcore2.ConnectError as error:
            # The words of the TLS library say what is wrong with a certificate.
            reason = str(error) if "certificate" in str(error) else "the server cannot be reached"
            raise _TryAgain(reason) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise _TryAgain("the server broke off or does not speak HTTP") from error

    def _answer(
        self, response: httpcore2.Response, file: IO[bytes], *, asked_for_news: bool
    ) -> Fetched:
        etag, modified = _header(response, b"etag"), _header(response, b"last-modified")
        if response.status == NOT_CHANGED and asked_for_news:
            return Fetched(b"", etag, modified, changed=False)
        if response.status in WORTH_RETRYING:
            raise _TryAgain(f"the server answered {response.status}", _asked_wait(response))
        if response.status != 200:
            raise BadUrl(f"the server answered {response.status}")
        if _header(response, b"content-encoding").lower() not in ("", "identity"):
            raise BadUrl("the server compresses what it was asked to send as it is")
        self._take_body(response, file)
        return Fetched(b"", etag, modified)

    def _take_body(self, response: httpcore2.Response, file: IO[bytes]) -> None:
        limit = self._limits.max_bytes
        too_large = BadUrl(f"it has more than {limit:,} bytes")
        announced = _header(response, b"content-length")
        if announced.isdecimal() and int(announced) > limit:
            raise too_large
        # An attempt before may have left its part.
        file.seek(0)
        file.truncate()
        size = 0
        for part in response.iter_stream():
            size += len(part)
            if size > limit:
                raise too_large
            file.write(part)


def _any_address(address: str) -> bool:  # noqa: ARG001 - the form of a check
    return True


def _conditions(known: Fetched | None) -> dict[bytes | str, bytes | str]:
    if known is None:
        return {}
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _header(response: httpcore2.Response, name: bytes) -> str:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1").strip()
    return ""


def _asked_wait(response: httpcore2.Response) -> float | None:
    """Seconds until the moment that Retry-After names, as a number or as a date."""
    text = _header(response, b"retry-after")
    if text.isascii() and text.isdecimal():
        return min(float(text), MAX_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone is in that of HTTP.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(0.0, seconds), MAX_WAIT_SECONDS)


def _wait_before_retry(error: Exception) -> bool | float:
    if not isinstance(error, _TryAgain):
        return False
    return True if error.wait_seconds is None else error.wait_seconds

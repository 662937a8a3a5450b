"""A URL that a caller gave, taken apart and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, urljoin, urlsplit

import httpcore2
import idna

__all__ = ["BadUrl", "Target"]

# Where web servers listen. Other ports lead to mail, databases and worse.
ALLOWED_PORTS = (80, 443, 8080, 8443)
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_CHARACTERS = 2000
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


class BadUrl(ValueError):
    """A URL that is not fetched; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads. `host` is ASCII, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(
        cls,
        url: str,
        *,
        ports: tuple[int, ...] = ALLOWED_PORTS,
        own_hosts: frozenset[str] = frozenset(),
    ) -> Target:
        """Take a URL apart; `own_hosts` (host:port) may have any port. Raises BadUrl."""
        if len(url) > MAX_URL_CHARACTERS:
            raise BadUrl(f"a URL of more than {MAX_URL_CHARACTERS} characters")
        if _FORBIDDEN.search(url):
            raise BadUrl("a URL with a blank, a backslash or a control character")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BadUrl("it is no URL") from error
        if parts.scheme.lower() not in DEFAULT_PORTS:
            raise BadUrl("only http and https are fetched")
        if "@" in parts.netloc:
            raise BadUrl("a URL with a user name or password is not fetched")
        if not parts.hostname:
            raise BadUrl("a URL without a host")
        scheme = parts.scheme.lower()
        port = DEFAULT_PORTS[scheme] if port is None else port
        host = _ascii_host(parts.hostname)
        if port not in ports and f"{host}:{port}" not in own_hosts:
            raise BadUrl(f"port {port} is not one that anything is fetched from")
        # Characters beyond ASCII are escaped; what is escaped already stays.
        try:
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
            query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
        except UnicodeEncodeError as error:
            raise BadUrl("a URL with broken characters") from error
        return cls(scheme, host, port, f"{path}?{query}" if query else path)

    def after(
        self,
        location: str,
        *,
        ports: tuple[int, ...] = ALLOWED_PORTS,
        own_hosts: frozenset[str] = frozenset(),
    ) -> Target:
        """Where a redirection leads. Raises BadUrl."""
        try:
            joined = urljoin(self.url, location)
        except ValueError as error:
            raise BadUrl("it redirects to what is no URL") from error
        target = Target.of(joined, ports=ports, own_hosts=own_hosts)
        if self.scheme == "https" and target.scheme == "http":
            raise BadUrl("it redirects from https to http")
        return target

    @property
    def place(self) -> str:
        """Host and port, both always there."""
        return f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """Host and, if it is unusual, port, as in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL in its plain form."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def parts(self) -> httpcore2.URL:
        """For the HTTP library, which so has nothing to parse and nothing to read otherwise."""
        return httpcore2.URL(
            scheme=self.scheme.encode(),
            host=self.host.encode(),
            port=self.port,
            target=self.path.encode(),
        )


def _ascii_host(host: str) -> str:
    if "%" in host:
        raise BadUrl("a host with an escape or a zone")
    host = host.removesuffix(".")
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        name = idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        # Names of the field that the standard does not know, such as with an underscore.
        name = host.lower()
    if not re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?", name) or ".." in name:
        raise BadUrl("the host is no name")
    return name

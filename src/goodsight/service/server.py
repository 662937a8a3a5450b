"""Listening: addresses, certificates, and an end that lets requests finish."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from goodsight.config import Settings
from goodsight.core.errors import MissingExtra, UsageError
from goodsight.service.app import create_app
from goodsight.service.memory import give_back_large_blocks
from goodsight.service.telemetry import configure_logging
from goodsight.wiring import Wiring

__all__ = ["check_address", "listen", "serve"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
GRACE_SECONDS = 20
KEEP_ALIVE_SECONDS = 30
MAX_CONNECTIONS = 1000


def check_address(settings: Settings, *, insecure: bool) -> None:
    """Refuse to listen to the world while no key protects anything. Raises UsageError.

    `insecure` is the owner's word, spelled out, that this is meant.
    """
    if settings.host in LOOPBACK or insecure:
        return
    wiring = Wiring(settings)
    try:
        keys = wiring.store().keys.list()
    finally:
        wiring.close()
    if not any(key.revoked_at is None for key in keys):
        raise UsageError(
            f"listening on {settings.host} lets other machines in, and there is no key yet: make"
            " one with goodsight key create NAME --role admin, or insist with --without-keys"
        )


def serve(settings: Settings, announce: Callable[[str], None] = lambda _: None) -> None:
    """Serve until interrupted or terminated; requests in work are finished first.

    `announce` is told the address once it is ours. Raises UsageError where it is taken.
    """
    import uvicorn

    configure_logging()
    give_back_large_blocks()
    check_telemetry()
    certificate, key = (_file(path) for path in (settings.tls_certificate, settings.tls_key))
    with listen(settings.host, settings.port) as listener:
        scheme = "https" if certificate else "http"
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        announce(f"{scheme}://{host}:{listener.getsockname()[1]}/")
        config = uvicorn.Config(
            create_app(settings, send_telemetry=True),
            ssl_certfile=certificate,
            ssl_keyfile=key,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            limit_concurrency=MAX_CONNECTIONS,
        )
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket at this address; port 0 is any free one. Raises UsageError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}, port {port}: {error.strerror}; choose with --host and --port"
        ) from error


def check_telemetry() -> None:
    """Raise MissingExtra where OpenTelemetry is told where to send to, but is not installed."""
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        try:
            import opentelemetry.exporter.otlp.proto.http  # noqa: F401 - FastAPI will need it
        except ImportError as error:
            raise MissingExtra("sending traces", extra="telemetry") from error


def _file(path: str) -> str | None:
    if not path:
        return None
    if not Path(path).is_file():
        raise UsageError(f"{path}: no such file")
    return path

"""Listening: addresses, certificates, and an end that lets requests finish."""

from __future__ import annotations

import os
from pathlib import Path

from goodsight.config import Settings
from goodsight.core.errors import MissingExtra, UsageError
from goodsight.service.app import create_app
from goodsight.service.telemetry import configure_logging
from goodsight.wiring import Wiring

__all__ = ["check_address", "serve"]

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


def serve(settings: Settings) -> None:
    """Serve until interrupted or terminated; requests in work are finished first."""
    import uvicorn

    configure_logging()
    check_telemetry()
    certificate, key = (_file(path) for path in (settings.tls_certificate, settings.tls_key))
    uvicorn.run(
        create_app(settings, send_telemetry=True),
        host=settings.host,
        port=settings.port,
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

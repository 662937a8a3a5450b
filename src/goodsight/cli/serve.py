"""`goodsight serve`: the web page and the HTTP API."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.options import Database, Home
from goodsight.cli.output import message

if TYPE_CHECKING:
    from goodsight.config import Settings

__all__ = ["serve"]


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on: 127.0.0.1.", show_default=False)
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port: 8000.", show_default=False)] = None,
    public_search: Annotated[
        bool | None,
        typer.Option("--public-search", help="Let anyone search without a key, on any address."),
    ] = None,
    without_keys: Annotated[
        bool,
        typer.Option("--without-keys", help="Listen beyond this machine although no key exists."),
    ] = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Serve the web page and the HTTP API; Ctrl-C ends it once its requests are answered."""
    from goodsight.config import load_settings

    settings = load_settings(
        {
            "home": home,
            "database_url": database,
            "host": host,
            "port": port,
            "public_search": public_search,
        }
    )
    run_service(settings, without_keys=without_keys)


def say_address(address: str) -> None:
    """Tell where the page is."""
    message(f"Goodsight at {address} (Ctrl-C ends it)")


def run_service(
    settings: Settings,
    *,
    without_keys: bool = False,
    announce: Callable[[str], None] = say_address,
) -> None:
    """Serve until interrupted. Raises MissingExtra where the extra is not installed."""
    from goodsight.core.errors import MissingExtra

    try:
        from goodsight.service import check_address
        from goodsight.service import serve as serve_settings
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("goodsight"):
            raise
        raise MissingExtra("the web page", extra="serve") from error
    check_address(settings, insecure=without_keys)
    serve_settings(settings, announce)

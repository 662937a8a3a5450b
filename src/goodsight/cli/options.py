"""Options that several commands share, and the shop they lead to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from goodsight.shop import Shop

__all__ = [
    "ACTOR",
    "Collection",
    "Database",
    "Exact",
    "Home",
    "JsonOutput",
    "Limit",
    "MetricName",
    "Where",
    "open_shop",
]

# Who did it, in the record of administrative acts.
ACTOR = "command line"

Home = Annotated[
    Path | None,
    typer.Option(
        envvar="GOODSIGHT_HOME", help="Folder of the database and models.", show_default=False
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        envvar="GOODSIGHT_DATABASE_URL",
        help="postgresql:// URL of a server, instead of the embedded database.",
        metavar="URL",
    ),
]
Collection = Annotated[str | None, typer.Option(help="Collection to use: default.", metavar="NAME")]
JsonOutput = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Limit = Annotated[int, typer.Option(help="Products to show at most.")]
Where = Annotated[
    str | None,
    typer.Option(help="Filter, such as: price < 50 and in_stock.", metavar="FILTER"),
]
MetricName = Annotated[str, typer.Option(help="cosine, euclidean or kl.")]
Exact = Annotated[bool, typer.Option("--exact", help="Compare with every photo, not the index.")]


def open_shop(home: Path | None, database: str | None, collection: str | None) -> Shop:
    """The shop the options lead to; nothing is started before it is needed."""
    from stamina import instrumentation

    from goodsight.config import load_settings
    from goodsight.shop import open as open_location

    # Where structlog is installed, retries would be told on stdout, which carries results only.
    instrumentation.set_on_retry_hooks([instrumentation.LoggingOnRetryHook])
    overrides = {"home": home, "database_url": database, "collection": collection}
    return open_location(settings=load_settings(overrides))

"""`goodsight restore FILE`: a backup put back, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goodsight.cli.fetch_lines import FetchLines
from goodsight.cli.options import Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result

__all__ = ["restore"]


def restore(
    file: Annotated[Path, typer.Argument(help="A file that goodsight backup wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Throw away all that is here; stop the service first.")
    ] = False,
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Put a backup into an empty home, or into the database of --database.

    The file is checked first; a damaged one changes nothing.
    """
    from goodsight.config import load_settings
    from goodsight.rendering import backup_document, backup_lines

    with open_shop(home, database, None) as shop, FetchLines() as lines:
        report = shop.restore(file, replace=replace, progress=lines.update)
    print_json(backup_document(report)) if json else print_result(backup_lines(report))
    named = load_settings({"home": home}).database_url
    if named != (database or ""):
        message(
            "note: the settings name "
            + ("the embedded database" if not named else "another database")
            + "; name this one with database_url or GOODSIGHT_DATABASE_URL"
        )

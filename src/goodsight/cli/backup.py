"""`goodsight backup FILE`: everything of a shop as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goodsight.cli.fetch_lines import FetchLines
from goodsight.cli.options import Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result

__all__ = ["backup"]


def backup(
    file: Annotated[Path, typer.Argument(help="A new file, such as monday.goodsight.")],
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Write collections, keys, settings and added models into one file, while all goes on.

    The file holds what the database holds: keep it as safe. `goodsight restore` puts it back.
    """
    from goodsight.rendering import backup_document, backup_lines

    with open_shop(home, database, None) as shop, FetchLines() as lines:
        report = shop.backup(file, lines.update)
    print_json(backup_document(report)) if json else print_result(backup_lines(report))
    message(f"restore it with: goodsight restore {file}")

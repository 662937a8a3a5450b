"""`goodsight doctor`: check installation and store, and say how to mend what is wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from goodsight.cli.fetch_lines import FetchLines
from goodsight.cli.options import Database, Home, JsonOutput, open_shop
from goodsight.cli.output import print_json, print_result

__all__ = ["doctor"]


def doctor(
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend first what loses nothing and disturbs nobody.")
    ] = False,
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Check the installation and the store; exit code 1 if something is wrong."""
    from goodsight.rendering import checks_document, checks_table
    from goodsight.stores import hearing_builds

    with (
        open_shop(home, database, None) as shop,
        FetchLines() as lines,
        hearing_builds(lines.update),
    ):
        checks = shop.doctor(fix=fix)
    if json:
        print_json(checks_document(checks))
    else:
        print_result(checks_table(checks))
    if not all(check.ok for check in checks):
        raise typer.Exit(1)

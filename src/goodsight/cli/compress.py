"""`goodsight collection compress`: smaller vector indexes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from goodsight.cli.options import ACTOR, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result

__all__ = ["compress"]


def compress(
    name: Annotated[str, typer.Argument(help="The collection's name.")],
    off: Annotated[bool, typer.Option("--off", help="Back to indexes of numbers.")] = False,
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Index the signs of vectors alone: less memory and disk, for large catalogues.

    What the index brings is compared by the vectors themselves. Searches go on meanwhile, more
    slowly. Prints size and recall before and after.
    """
    with open_shop(home, database, name) as shop:
        change = shop.switcher().change_index(binary=not off)
        shop.audit().write(ACTOR, "change vector index", name, {"kind": change.kind})
    if json:
        print_json(asdict(change))
        return
    if not change.is_indexed:
        message("the catalogue is too small to need a vector index; it will be of this kind")
    print_result(
        f"{change.bytes_before / 1e6:.1f} MB before, {change.bytes_after / 1e6:.1f} MB now;"
        f" recall@10 {change.recall_before:.3f} before, {change.recall_after:.3f} now"
    )

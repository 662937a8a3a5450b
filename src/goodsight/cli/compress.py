"""`goodsight collection compress`: smaller vector indexes, or shorter vectors."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.options import ACTOR, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result
from goodsight.core.errors import UsageError

if TYPE_CHECKING:
    from goodsight.core.compressing import ShorterSpace
    from goodsight.shop import Shop

__all__ = ["compress"]

REFUSED = 4


def compress(
    name: Annotated[str, typer.Argument(help="The collection's name.")],
    off: Annotated[bool, typer.Option("--off", help="Back to indexes of numbers.")] = False,
    dimension: Annotated[
        int | None,
        typer.Option(help="Cut vectors to so many numbers instead.", show_default=False),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Cut them whatever is lost; it is recorded.")
    ] = False,
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Index the signs of vectors alone: less memory and disk, for large catalogues.

    What the index brings is compared by the vectors themselves. Searches go on meanwhile, more
    slowly. Prints size and recall before and after. With --dimension vectors are cut to fewer
    numbers instead, where no more than a point of recall is lost; else exit code 4, and nothing
    changes. goodsight model rollback undoes a cut.
    """
    if dimension is None and force:
        raise UsageError("--force goes with --dimension")
    if dimension is not None and off:
        raise UsageError("--off is about indexes; goodsight model rollback undoes a cut")
    with open_shop(home, database, name) as shop:
        if dimension is not None:
            _shorten(shop, dimension, force, json)
            return
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


def _shorten(shop: Shop, dimension: int, force: bool, json: bool) -> None:
    from goodsight.rendering import shorter_document, shorter_lines

    found = shop.shortener().shorten(dimension, force=force)
    if found.switched:
        details = {"dimension": dimension, "forced": found.forced}
        shop.audit().write(ACTOR, "cut vectors", shop.collection, details)
    print_json(shorter_document(found)) if json else print_result(shorter_lines(found))
    _tell_end(found)


def _tell_end(found: ShorterSpace) -> None:
    if found.switched:
        message(
            "switched; goodsight model rollback undoes it, goodsight model prune makes it final"
        )
        return
    reason = "more than a point is lost" if found.recall.queries else "nothing can prove it"
    message(f"refused, nothing has changed: {reason}; --force would switch all the same")
    raise typer.Exit(REFUSED)

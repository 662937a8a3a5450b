"""`goodsight model spaces|runs|rollback|use|prune|audit`: what a collection is searched with."""

from __future__ import annotations

from typing import Annotated

import typer

from goodsight.cli.embed_progress import EmbedProgress
from goodsight.cli.interrupt import stop_on_interrupt
from goodsight.cli.options import ACTOR, Collection, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result

__all__ = ["audit", "prune", "rollback", "runs", "spaces", "use"]


def spaces(
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """List the spaces a collection keeps: the one it is searched in, and those to go back to."""
    from goodsight.rendering import kept_space_document, kept_spaces_table

    with open_shop(home, database, collection) as shop:
        kept = shop.switcher().kept_spaces()
    if json:
        print_json([kept_space_document(space) for space in kept])
    else:
        print_result(kept_spaces_table(kept))


def runs(
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """List a collection's tuning runs, newest first: what they came to, and why."""
    from goodsight.rendering import tuning_run_document, tuning_runs_table

    with open_shop(home, database, collection) as shop:
        found = shop.switcher().runs()
    if json:
        print_json([tuning_run_document(run) for run in found])
    else:
        print_result(tuning_runs_table(found))


def audit(
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Examine the model in use: files, drift, robustness, coverage; exit code 1 if it fails."""
    from goodsight.rendering import checks_document, checks_table

    with open_shop(home, database, collection) as shop, stop_on_interrupt() as should_stop:
        checks = tuple(shop.auditor().audit(should_stop=should_stop))
    print_json(checks_document(checks)) if json else print_result(checks_table(checks))
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def rollback(home: Home = None, database: Database = None, collection: Collection = None) -> None:
    """Search with the former model again, at once. The present one is kept.

    Where that is another encoder, photos that came meanwhile are embedded with it first.
    """
    with open_shop(home, database, collection) as shop, EmbedProgress() as progress:
        space = shop.switcher().go_back(progress=progress.embedded)
        shop.audit().write(ACTOR, "roll back model", shop.collection, {"space": space})
    message(f"'{shop.collection}' is searched in its former space {space} again")
    message("forward again: goodsight model use ID, with an id of goodsight model spaces")


def use(
    space: Annotated[int, typer.Argument(help="Its id, as goodsight model spaces lists it.")],
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
) -> None:
    """Search in another space that is kept.

    Where it is another encoder's, photos that came meanwhile are embedded with that one first.
    """
    with open_shop(home, database, collection) as shop, EmbedProgress() as progress:
        name = shop.switcher().go_to(space, progress=progress.embedded)
        shop.audit().write(ACTOR, "switch model", shop.collection, {"space": name})
    message(f"'{shop.collection}' is searched in the space {name} now")


def prune(home: Home = None, database: Database = None, collection: Collection = None) -> None:
    """Drop the kept spaces that are not in use; there is no going back to them."""
    with open_shop(home, database, collection) as shop:
        dropped = shop.switcher().prune()
        shop.audit().write(ACTOR, "prune models", shop.collection, {"spaces": dropped})
    message(f"dropped {dropped} kept spaces of '{shop.collection}'")

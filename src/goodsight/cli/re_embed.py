"""`goodsight collection re-embed`: another model for a collection, while it is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goodsight.cli.embed_progress import EmbedProgress
from goodsight.cli.interrupt import stop_on_interrupt
from goodsight.cli.options import ACTOR, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result, print_skips
from goodsight.core.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from goodsight.core.reports import ReplacementReport

__all__ = ["re_embed"]

INTERRUPTED = 130


def re_embed(
    name: Annotated[str, typer.Argument(help="The collection's name.")],
    model: Annotated[
        str | None, typer.Option(help="The model to change to; see: goodsight model list.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="fast or quality, instead.")] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Give up what was interrupted, features and all.")
    ] = False,
    home: Home = None,
    database: Database = None,
    json: JsonOutput = False,
) -> None:
    """Embed every photo with another model, then search with it: one atomic step.

    Searches and index runs go on meanwhile. An interrupted run is taken up by running it again;
    goodsight model rollback goes back to the former model, which is kept.
    """
    if model is not None and profile is not None:
        raise UsageError("--model or --profile: a profile names its own model")
    with open_shop(home, database, name) as shop:
        if drop:
            shop.re_embedder().give_up()
            message(f"'{name}' has no change of its model under way any more")
            return
        try:
            with stop_on_interrupt() as should_stop, EmbedProgress() as progress:
                report = shop.replacer().replace(
                    progress, model=model, profile=profile, should_stop=should_stop
                )
        except Interrupted:
            message("interrupted; run the same command again to resume, or with --drop")
            raise typer.Exit(INTERRUPTED) from None
        details = {"model": report.model, "space": report.space}
        shop.audit().write(ACTOR, "replace model", name, details)
    _print(name, report, as_json=json)


def _print(name: str, report: ReplacementReport, *, as_json: bool) -> None:
    from goodsight.rendering import replacement_document, replacement_summary

    print_skips(report.embedding.skipped)
    if as_json:
        print_json(replacement_document(report))
    else:
        print_result(replacement_summary(name, report))
    for note in report.notes:
        message(note)
    message(
        f"goodsight model rollback --collection {name} goes back to {report.former_model};"
        " goodsight model prune drops it"
    )

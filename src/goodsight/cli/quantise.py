"""`goodsight model quantise`: a model in 8 bits, and what that costs."""

from __future__ import annotations

from typing import Annotated

import typer

from goodsight.cli.interrupt import stop_on_interrupt
from goodsight.cli.options import Collection, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result
from goodsight.cli.photo_progress import PhotoProgress

__all__ = ["quantise"]


def quantise(
    name: Annotated[str, typer.Argument(help="The model, bundled or added.")],
    to: Annotated[
        str | None, typer.Option("--to", help="The new model's name: NAME-int8.", metavar="NAME")
    ] = None,
    photos: Annotated[
        int, typer.Option(help="Photos of the collection that choose the scales.")
    ] = 128,
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Make a model of 8 bits: a quarter of the size, and faster.

    Its scales are chosen by the collection's photos. Both models are measured in one run, on
    photos held back. It is kept whatever it loses; goodsight collection re-embed switches to it.
    """
    from goodsight.quantising import QuantiseOptions
    from goodsight.rendering import quantised_document, quantised_table

    with (
        open_shop(home, database, collection) as shop,
        stop_on_interrupt() as should_stop,
        PhotoProgress() as progress,
    ):
        found = shop.quantiser().quantise(
            name, QuantiseOptions(to, photos), progress=progress.update, should_stop=should_stop
        )
    print_json(quantised_document(found)) if json else print_result(quantised_table(found))
    message(
        f"kept; use it with: goodsight collection re-embed {shop.collection}"
        f" --model {found.card.name}"
    )
    if found.is_worse:
        message("it finds less than the model it was made of by more than a point: look twice")
    elif not found.recall.queries:
        message("too few photos that differ to tell what it finds: products need several")

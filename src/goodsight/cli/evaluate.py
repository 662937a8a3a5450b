"""`goodsight evaluate QUERIES`: judge the collection with labelled queries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from goodsight.cli.options import (
    Collection,
    Database,
    Exact,
    Home,
    JsonOutput,
    MetricName,
    Where,
    open_shop,
)
from goodsight.cli.output import message, print_json, print_result, print_skips

__all__ = ["evaluate"]

NOTHING_USABLE = 3
QUERIES_BETWEEN_LINES = 200


def evaluate(
    queries: Annotated[
        Path,
        typer.Argument(help="CSV: product_id (several by |, - for unknown), image and/or text."),
    ],
    level: Annotated[str, typer.Option(help="product or variant: what must be right.")] = "product",
    where: Where = None,
    metric: MetricName = "cosine",
    exact: Exact = False,
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Measure how often the right product is found."""
    from goodsight.rendering import evaluation_document, evaluation_table

    with open_shop(home, database, collection) as shop:
        evaluation = shop.evaluate(
            queries, level=level, where=where, metric=metric, exact=exact, progress=_progress
        )
    print_skips(evaluation.failed)
    if json:
        print_json(evaluation_document(evaluation))
    else:
        print_result(evaluation_table(evaluation))
    if evaluation.queries == 0:
        message(f"{queries}: no query could be asked")
        raise typer.Exit(NOTHING_USABLE)


def _progress(done: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} queries")
        sys.stderr.flush()
    elif done % QUERIES_BETWEEN_LINES == 0:
        message(f"{done:,} queries")

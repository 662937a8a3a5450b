"""`goodsight calibrate QUERIES`: confidence fitted to queries whose answers are known."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from goodsight.cli.options import (
    Collection,
    Database,
    Home,
    JsonOutput,
    MetricName,
    open_shop,
)
from goodsight.cli.output import message, print_json, print_result, print_skips
from goodsight.cli.query_progress import QueryProgress

__all__ = ["calibrate"]


def calibrate(
    queries: Annotated[
        Path,
        typer.Argument(help="CSV: product_id (- for not in the catalogue) and image."),
    ],
    metric: MetricName = "cosine",
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Make confidence truer with labelled photos: 50 at least, 200 are good."""
    from goodsight.asking import choice
    from goodsight.core.types import Metric

    with open_shop(home, database, collection) as shop, QueryProgress("queries") as drawn:
        fitted, failed = shop.learner().calibrate(
            queries, shop.find, metric=choice(Metric, metric), progress=drawn.update
        )
    print_skips(failed)
    if json:
        print_json(asdict(fitted))
    else:
        print_result(
            f"calibrated on {fitted.queries:,} queries: temperature {fitted.temperature:.3f},"
            f" threshold {fitted.threshold:.3f}"
        )
    message("searches have the new confidence from now on")

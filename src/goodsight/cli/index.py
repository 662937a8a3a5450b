"""`goodsight index SOURCE`: bring the collection up to date with a feed or a folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from goodsight.cli.interrupt import stop_on_interrupt
from goodsight.cli.options import Collection, Database, Home, JsonOutput, open_shop
from goodsight.cli.output import message, print_json, print_result, print_skips
from goodsight.cli.progress import IndexProgress
from goodsight.core.errors import UsageError

if TYPE_CHECKING:
    from goodsight.core.reports import IndexReport
    from goodsight.shop import FeedOptions, Shop

__all__ = ["index", "run_index"]

NOTHING_USABLE = 3
INTERRUPTED = 130


def index(
    source: Annotated[str, typer.Argument(help="A feed file or its URL, or a folder of photos.")],
    format: Annotated[
        str | None, typer.Option(help="The feed's format; recognised unless given.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="fast or quality; kept by the collection.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A model of your own; see: goodsight model.")
    ] = None,
    map: Annotated[
        list[str] | None,
        typer.Option(help="The feed's column for a field: title=name.", metavar="FIELD=COLUMN"),
    ] = None,
    images: Annotated[
        list[Path] | None, typer.Option(help="A photo list (sku,image) to join; repeatable.")
    ] = None,
    media: Annotated[Path | None, typer.Option(help="Root of relative photo paths.")] = None,
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217 code where the feed has none: EUR.")
    ] = None,
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="Keep products gone from this source.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and index again when the source has changed.")
    ] = False,
    every: Annotated[
        float | None,
        typer.Option(help="How often --watch looks: 2, for a URL 300.", metavar="SECONDS", min=0.1),
    ] = None,
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Index a feed or a folder of photos; run it again to bring it up to date.

    Only what changed is touched. An interrupted run is resumed by running it again.
    """
    if every is not None and not watch:
        raise UsageError("--every says how often --watch looks: add --watch")
    feed: FeedOptions = {
        "format": format,
        "column_map": _column_map(map or []),
        "images": images or [],
        "media": media,
        "currency": currency,
    }
    with open_shop(home, database, collection) as shop:

        def once() -> IndexReport:
            choices = {"profile": profile, "model": model, "keep_missing": keep_missing}
            report = run_index(shop, source, feed, **choices)
            _print(report, as_json=json)
            return report

        if watch:
            _watch(shop, source, feed, once, every)
        report = once()
    if report.interrupted:
        message("interrupted; run the same command again to resume")
        raise typer.Exit(INTERRUPTED)
    if not report.usable:
        message(f"{source}: nothing could be indexed: {_why_nothing(report)}")
        raise typer.Exit(NOTHING_USABLE)


def _watch(
    shop: Shop,
    source: str,
    feed: FeedOptions,
    once: Callable[[], IndexReport],
    every: float | None,
) -> NoReturn:
    from goodsight.cli.watching import SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_REQUESTS, watch
    from goodsight.feed_wiring import is_address

    usual = SECONDS_BETWEEN_REQUESTS if is_address(source) else SECONDS_BETWEEN_LOOKS
    watch(
        lambda: once().interrupted,
        lambda: shop.source_state(source, **feed),
        usual if every is None else every,
        may_be_growing=not is_address(source),
    )


def _print(report: IndexReport, *, as_json: bool) -> None:
    from goodsight.rendering import index_document, index_summary

    if as_json:
        print_json(index_document(report))
    else:
        print_result(index_summary(report))
    # Whoever reads it from a pipe need not wait for the next run.
    sys.stdout.flush()


def run_index(shop: Shop, source: str, feed: FeedOptions, **choices: Any) -> IndexReport:
    """Index with progress on stderr; Ctrl-C stops cleanly. Skips are shown."""
    with (
        stop_on_interrupt() as should_stop,
        IndexProgress(lambda: shop.count_photos(source, **feed)) as progress,
    ):
        report = shop.index(
            source,
            **feed,
            **choices,
            progress=progress,
            should_stop=should_stop,
            learning=progress.learning,
        )
    print_skips(report.skipped)
    return report


def _why_nothing(report: IndexReport) -> str:
    if report.products.seen == 0:
        return "no row is a product"
    if report.photos.seen == 0:
        return "no product has a photo; a list of photos is joined with --images"
    return "no photo could be read; --media names the folder that their paths start from"


def _column_map(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (equals and field.strip() and column.strip()):
            raise UsageError(f"--map {pair}: write FIELD=COLUMN, such as title=name")
        columns[field.strip()] = column.strip()
    return columns

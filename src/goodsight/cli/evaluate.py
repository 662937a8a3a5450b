"""`goodsight evaluate`: judge the collection by labelled queries, or without any label."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

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
from goodsight.cli.query_progress import QueryProgress
from goodsight.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from goodsight.core.measures import Evaluation
    from goodsight.shop import Shop

__all__ = ["evaluate"]

NOTHING_USABLE = 3
INTERRUPTED = 130
CHECKED_PHOTOS = 200


def evaluate(
    queries: Annotated[
        Path | None,
        typer.Argument(help="CSV: product_id (several by |, - for unknown), image and/or text."),
    ] = None,
    leave_one_out: Annotated[
        bool,
        typer.Option("--leave-one-out", help="Ask with each catalogue photo against the rest."),
    ] = False,
    self_check: Annotated[
        bool,
        typer.Option("--self-check", help="Ask with catalogue photos cut, turned, blurred, …"),
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(help=f"Photos of the self-check: {CHECKED_PHOTOS}.", metavar="N"),
    ] = None,
    level: Annotated[str, typer.Option(help="product or variant: what must be right.")] = "product",
    where: Where = None,
    metric: MetricName = "cosine",
    exact: Exact = False,
    html: Annotated[
        Path | None, typer.Option(help="Also write a report with pictures.", metavar="FILE")
    ] = None,
    home: Home = None,
    database: Database = None,
    collection: Collection = None,
    json: JsonOutput = False,
) -> None:
    """Measure how often the right product is found.

    By labelled queries (QUERIES), or without labels by --leave-one-out or --self-check.
    """
    from goodsight.core.judgements import Level
    from goodsight.core.types import Metric
    from goodsight.rendering import evaluation_document, evaluation_table
    from goodsight.shop import choice

    if (queries is not None) + leave_one_out + self_check != 1:
        raise UsageError("give one of QUERIES, --leave-one-out and --self-check")
    _refuse(where is not None and queries is None, "--where", "QUERIES")
    _refuse(sample is not None and not self_check, "--sample", "--self-check")
    _refuse(self_check and level != Level.PRODUCT, "--level variant", "the other ways to evaluate")
    chosen = choice(Metric, metric)

    def ask(shop: Shop, progress: QueryProgress) -> Evaluation:
        judge = shop.judge()
        if leave_one_out:
            kind = choice(Level, level)
            return judge.leave_one_out(level=kind, metric=chosen, progress=progress.update)
        if self_check:
            count = CHECKED_PHOTOS if sample is None else sample
            done = _of(progress, count)
            return judge.self_check(sample=count, metric=chosen, exact=exact, progress=done)
        assert queries is not None  # noqa: S101 - one of the three is given
        return shop.evaluate(
            queries, level=level, where=where, metric=metric, exact=exact, progress=progress.update
        )

    with open_shop(home, database, collection) as shop:
        with QueryProgress("photos" if self_check else "queries") as progress:
            evaluation = _unless_interrupted(lambda: ask(shop, progress))
        if html is not None:
            _write_report(shop, evaluation, html)
    print_skips(evaluation.failed)
    if json:
        print_json(evaluation_document(evaluation))
    else:
        print_result(evaluation_table(evaluation))
    if evaluation.queries == 0:
        message(f"{queries or 'the catalogue'}: no query could be asked")
        raise typer.Exit(NOTHING_USABLE)


def _refuse(wrong: bool, option: str, partner: str) -> None:
    if wrong:
        raise UsageError(f"{option} goes with {partner}")


def _of(progress: QueryProgress, total: int) -> Callable[[int], None]:
    return lambda done: progress.update(done, total)


def _unless_interrupted(work: Callable[[], Evaluation]) -> Evaluation:
    try:
        return work()
    except KeyboardInterrupt:
        _stop()


def _stop() -> NoReturn:
    message("interrupted; nothing was measured")
    raise typer.Exit(INTERRUPTED) from None


def _write_report(shop: Shop, evaluation: Evaluation, target: Path) -> None:
    from goodsight.rendering import evaluation_page

    pictures = shop.judge().pictures(evaluation)
    page = evaluation_page(evaluation, pictures, collection=shop.collection)
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}") from error
    message(f"wrote {target}")

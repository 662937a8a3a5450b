"""`goodsight evaluate`: judge the collection by labelled queries, or without any label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the options say; None where nothing was said."""

    queries: Path | None
    leave_one_out: bool
    self_check: bool
    sample: int | None
    near_duplicate: float | None
    level: str
    where: str | None
    metric: str
    exact: bool

    def check(self) -> None:
        """Raise UsageError for options that do not go together."""
        if (self.queries is not None) + self.leave_one_out + self.self_check != 1:
            raise UsageError("give one of QUERIES, --leave-one-out and --self-check")
        for given, option, partner in (
            (self.where is not None and self.queries is None, "--where", "QUERIES"),
            (self.sample is not None and not self.self_check, "--sample", "--self-check"),
            (
                self.near_duplicate is not None and not self.leave_one_out,
                "--near-duplicate",
                "--leave-one-out",
            ),
            (self.self_check and self.level == "variant", "--level variant", "the other ways"),
        ):
            if given:
                raise UsageError(f"{option} goes with {partner}")


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
    near_duplicate: Annotated[
        float | None,
        typer.Option(
            help="Leave out shots this alike (cosine) in --leave-one-out: 0.8.", metavar="COSINE"
        ),
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
    from goodsight.rendering import evaluation_document, evaluation_table

    wishes = _Wishes(
        queries, leave_one_out, self_check, sample, near_duplicate, level, where, metric, exact
    )
    wishes.check()
    with open_shop(home, database, collection) as shop:
        evaluation = _evaluated(shop, wishes)
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


def _evaluated(shop: Shop, wishes: _Wishes) -> Evaluation:
    try:
        with QueryProgress("photos" if wishes.self_check else "queries") as progress:
            return _ask(shop, wishes, progress)
    except KeyboardInterrupt:
        message("interrupted; nothing was measured")
        raise typer.Exit(INTERRUPTED) from None


def _ask(shop: Shop, wishes: _Wishes, progress: QueryProgress) -> Evaluation:
    from goodsight.asking import choice
    from goodsight.core.judgements import Level
    from goodsight.core.leave_one_out import NEAR_DUPLICATE
    from goodsight.core.types import Metric

    metric, level = choice(Metric, wishes.metric), choice(Level, wishes.level)
    if wishes.leave_one_out:
        near = NEAR_DUPLICATE if wishes.near_duplicate is None else wishes.near_duplicate
        return shop.judge().leave_one_out(
            level=level,
            metric=metric,
            near_duplicate=near,
            reading=lambda done: progress.update(done, units="photos read"),
            progress=progress.update,
        )
    if wishes.queries is None:
        count = CHECKED_PHOTOS if wishes.sample is None else wishes.sample
        return shop.judge().self_check(
            sample=count, metric=metric, exact=wishes.exact, progress=_of(progress, count)
        )
    return shop.evaluate(
        wishes.queries,
        level=level,
        where=wishes.where,
        metric=metric,
        exact=wishes.exact,
        progress=progress.update,
    )


def _of(progress: QueryProgress, total: int) -> Callable[[int], None]:
    return lambda done: progress.update(done, total)


def _write_report(shop: Shop, evaluation: Evaluation, target: Path) -> None:
    from goodsight.rendering import evaluation_page

    pictures = shop.judge().pictures(evaluation)
    page = evaluation_page(evaluation, pictures, collection=shop.collection)
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}") from error
    message(f"wrote {target}")

"""Evaluations as tables for a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from goodsight.core.measures import Evaluation, SelfCheck
from goodsight.rendering.evaluation_words import (
    context_lines,
    figure,
    interval_text,
    rank_text,
    rows_of_figures,
)
from goodsight.rendering.terminal import plain, table_of

__all__ = ["evaluation_table"]

CATEGORIES_SHOWN = 12
WORST_SHOWN = 10


def evaluation_table(evaluation: Evaluation) -> RenderableType:
    """The figures with their intervals, then what is behind them."""
    table = table_of("Figure", ("Value", "right"), ("95 % interval", "right"))
    for row in rows_of_figures(evaluation):
        table.add_row(*row)
    parts: list[RenderableType] = [table, Text("\n".join(context_lines(evaluation)), style="dim")]
    if evaluation.self_check is not None:
        parts += [Text(), _disturbances(evaluation.self_check)]
    if len(evaluation.per_category) > 1:
        parts += [Text(), _categories(evaluation)]
    if evaluation.reliability:
        parts += [Text(), _reliability(evaluation)]
    if evaluation.worst:
        parts += [Text(), _worst(evaluation)]
    if evaluation.stages:
        parts += [Text(), _stages(evaluation)]
    return Group(*parts)


def _disturbances(check: SelfCheck) -> RenderableType:
    table = table_of("Disturbed", ("Recall@1", "right"), ("95 % interval", "right"))
    for one in check.disturbances:
        table.add_row(one.name, figure(one.recall_at_1), interval_text(one.ci95))
    return table


def _categories(evaluation: Evaluation) -> RenderableType:
    """The largest categories; all are in the JSON document and the report."""
    table = table_of("Category", ("Queries", "right"), ("Recall@1", "right"),
                     ("95 % interval", "right"))  # fmt: skip
    largest = sorted(evaluation.per_category.items(), key=lambda item: -item[1].queries)
    for name, figures in largest[:CATEGORIES_SHOWN]:
        interval = interval_text(figures.ci95.get("recall@1"))
        shown = plain(name) if name else Text("(none)")
        table.add_row(shown, f"{figures.queries:,}", figure(figures.recall_at_1), interval)
    if len(largest) > CATEGORIES_SHOWN:
        table.caption = f"… and {len(largest) - CATEGORIES_SHOWN:,} more; --json lists all"
    return table


def _reliability(evaluation: Evaluation) -> RenderableType:
    table = table_of("Confidence", ("Answers", "right"), ("Mean", "right"), ("Right", "right"))
    for one in evaluation.reliability:
        bounds = f"{one.low:.1f} to {one.high:.1f}"
        table.add_row(bounds, f"{one.count:,}", figure(one.confidence), figure(one.right))
    return table


def _worst(evaluation: Evaluation) -> RenderableType:
    table = table_of("Most often missed", ("Missed", "right"), "For example", "Came first instead")
    for product in evaluation.worst[:WORST_SHOWN]:
        name = plain(product.title or product.product_id)
        name.append(f"  {plain(product.product_id)}", style="dim")
        instead = plain(product.instead.title) if product.instead else Text("nothing")
        missed = f"{product.missed:,} of {product.queries:,}"
        table.add_row(name, missed, rank_text(product), instead)
    return table


def _stages(evaluation: Evaluation) -> RenderableType:
    table = table_of("Stage", ("p50 ms", "right"), ("p95 ms", "right"))
    for name, stage in evaluation.stages.items():
        table.add_row(name, f"{stage.p50:.1f}", f"{stage.p95:.1f}")
    return table

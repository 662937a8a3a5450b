"""The evaluation as one HTML file that loads nothing: figures, charts, the worst products."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from goodsight.core.measures import Evaluation, EvaluationMode, MissedProduct
from goodsight.rendering.cards import CARD_STYLE
from goodsight.rendering.charts import CHART_STYLE, bar_with_interval, reliability_diagram
from goodsight.rendering.evaluation_style import REPORT_STYLE
from goodsight.rendering.evaluation_words import (
    context_lines,
    figure,
    interval_text,
    rank_text,
    rows_of_figures,
)
from goodsight.rendering.page import POLICY
from goodsight.rendering.words import photo_name

__all__ = ["MissPictures", "evaluation_page"]

LEADS = {
    EvaluationMode.LABELLED: "How often the right product is found, by labelled queries.",
    EvaluationMode.LEAVE_ONE_OUT: "How often a product is found by one of its own photos, asked"
    " against the rest of the catalogue; shots taken in one go with it are left out.",
    EvaluationMode.SELF_CHECK: "How often the catalogue's own photos are still found when they are"
    " cut, turned, blurred, darkened, compressed, or put on another ground.",
}


@dataclass(frozen=True, slots=True)
class MissPictures:
    """WebP bytes of the query photo, a photo of the right product, and what came first instead."""

    query: bytes | None
    right: bytes | None
    instead: bytes | None


def evaluation_page(
    evaluation: Evaluation, pictures: Mapping[str, MissPictures], *, collection: str = "default"
) -> str:
    """A whole HTML document; `pictures` by product id. Every text is escaped."""
    sections = "".join(_sections(evaluation, pictures))
    title = f"How well “{collection}” is found"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title>"
        f"<style>{CARD_STYLE}\n{CHART_STYLE}\n{REPORT_STYLE}</style></head>"
        f'<body class="goodsight report"><header><h1>{escape(title)}</h1>'
        f'<p class="lead">{escape(LEADS[evaluation.mode])}</p></header>'
        f"<main>{sections}</main>"
        "<footer>Intervals are 95 % bootstrap intervals over queries. Space"
        f" {escape(evaluation.space)}.</footer>"
        "</body></html>"
    )


def _sections(evaluation: Evaluation, pictures: Mapping[str, MissPictures]) -> Iterator[str]:
    tiles = "".join(
        f'<li><span class="name">{escape(name)}</span><span class="value">{value}</span>'
        f'<span class="quiet">{interval or "&nbsp;"}</span></li>'
        for name, value, interval in rows_of_figures(evaluation)
    )
    notes = "".join(f"<li>{escape(line)}</li>" for line in context_lines(evaluation))
    yield f'<section><ul class="tiles">{tiles}</ul><ul class="notes">{notes}</ul></section>'
    if evaluation.self_check is not None:
        check = evaluation.self_check
        rows = [
            (one.name, f"{one.queries:,}", figure(one.recall_at_1),
             bar_with_interval(one.recall_at_1, one.ci95), interval_text(one.ci95))
            for one in (check.undisturbed, *check.disturbances)
        ]  # fmt: skip
        yield _section("What disturbs it", _table(("Photo", "Photos", "Recall@1"), rows))
    if evaluation.reliability:
        words = (
            "Columns: the share of answers that is right. Dashed: where it should be. Red: the gap."
            " Below: how many answers there are."
        )
        diagram = reliability_diagram(evaluation.reliability)
        yield _section("Does confidence keep its word?", f'<p class="quiet">{words}</p>{diagram}')
    if evaluation.worst:
        cards = "".join(_miss(m, pictures.get(m.product_id)) for m in evaluation.worst)
        yield _section("Most often missed", f'<ol class="misses">{cards}</ol>')
    if evaluation.per_category:
        yield _section("By category", _categories(evaluation))
    if evaluation.stages:
        times = [
            (name, f"{stage.p50:.1f} ms", f"{stage.p95:.1f} ms")
            for name, stage in evaluation.stages.items()
        ]
        yield _section("Time", _table(("Stage", "Half of the queries at most", "19 of 20"), times))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _categories(evaluation: Evaluation) -> str:
    """Those that lose most first: there is most to win."""

    def lost(name: str) -> float:
        figures = evaluation.per_category[name]
        return figures.queries * (1 - figures.recall_at_1)

    rows = []
    for name in sorted(evaluation.per_category, key=lambda name: (-lost(name), name)):
        figures = evaluation.per_category[name]
        interval = figures.ci95.get("recall@1")
        bar = bar_with_interval(figures.recall_at_1, interval)
        value = figure(figures.recall_at_1)
        rows.append(
            (name or "no category", f"{figures.queries:,}", value, bar, interval_text(interval))
        )
    return _table(("Category", "Queries", "Recall@1"), rows)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """The first cell of a row names it and is escaped; the others are ours."""
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{c}</td>" for c in row[1:])}</tr>'
        for row in rows
    )
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    extra = '<th scope="col"></th><th scope="col">95 % interval</th>' if "<div" in body else ""
    return f'<div class="wide"><table><thead><tr>{head}{extra}</tr></thead>{body}</table></div>'


def _miss(product: MissedProduct, pictures: MissPictures | None) -> str:
    shown = pictures or MissPictures(None, None, None)
    instead = product.instead.title if product.instead else "nothing"
    title = product.title or product.product_id
    return (
        f'<li><header><h3>{escape(title)}</h3><p class="quiet">{escape(product.product_id)}'
        f" · {escape(product.category or 'no category')} · missed {product.missed:,} of"
        f" {product.queries:,}</p></header>"
        f"{_picture(shown.query, 'Asked with', photo_name(product.query))}"
        f"{_picture(shown.right, 'Right', f'{title}, {rank_text(product)}')}"
        f"{_picture(shown.instead, 'Came first', instead)}</li>"
    )


def _picture(picture: bytes | None, role: str, caption: str) -> str:
    image = '<div class="none">no picture</div>'
    if picture is not None:
        encoded = base64.b64encode(picture).decode("ascii")
        alternative = escape(f"{role}: {caption}", quote=True)
        image = f'<img alt="{alternative}" src="data:image/webp;base64,{encoded}">'
    return f"<figure>{image}<figcaption><b>{role}</b>{escape(caption)}</figcaption></figure>"

"""Product cards as HTML, for the picture page and the notebook. Every text is escaped."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape

from goodsight.core.types import Hit, Product, Results
from goodsight.rendering.words import categories, money, score_text, stock_text

__all__ = ["CARD_STYLE", "cards_html", "results_html"]

CARD_STYLE = """
.goodsight { --ink: #1d1d1f; --quiet: #6e6e73; --ground: #fbfaf8; --card: #ffffff;
  --line: #e8e6e1; --well: #f3f1ec; --good: #2e6b4f; --bad: #9a3b2e; color: var(--ink);
  font: 15px/1.45 ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Noto Sans",
    "PingFang SC", "Noto Sans CJK SC", sans-serif; }
@media (prefers-color-scheme: dark) { .goodsight { --ink: #f2f1ee; --quiet: #a3a19b;
  --ground: #161615; --card: #1f1f1d; --line: #32312e; --well: #2a2927; --good: #8fcfae;
  --bad: #f0a898; } }
.goodsight .cards { display: grid; gap: 20px; list-style: none; margin: 0; padding: 0;
  grid-template-columns: repeat(auto-fill, minmax(min(168px, 42vw), 1fr)); }
.goodsight .card { background: var(--card); border: 1px solid var(--line); display: flex;
  border-radius: 14px; flex-direction: column; margin: 0; overflow: hidden; }
.goodsight .card .picture { aspect-ratio: 1; background: var(--well); display: block;
  height: auto; object-fit: cover; width: 100%; }
.goodsight .card .facts { display: flex; flex: 1; flex-direction: column; gap: 3px;
  padding: 12px 14px 14px; }
.goodsight .card .title { font-size: 15px; font-weight: 600; line-height: 1.3; margin: 0;
  overflow-wrap: anywhere; }
.goodsight .card .quiet { color: var(--quiet); font-size: 13px; margin: 0; }
.goodsight .card .price { font-variant-numeric: tabular-nums; margin: auto 0 0;
  padding-top: 6px; }
.goodsight .card .in { color: var(--good); } .goodsight .card .out { color: var(--bad); }
.goodsight .meter { background: var(--line); border-radius: 2px; height: 3px;
  margin-top: 8px; overflow: hidden; }
.goodsight .meter i { background: var(--quiet); display: block; height: 100%; }
""".strip()


def results_html(results: Results, thumbnails: Mapping[str, bytes]) -> str:
    """Results as a fragment that brings its own style; `thumbnails` are WebP by hash."""
    return (
        f'<style>{CARD_STYLE}</style><div class="goodsight">{cards_html(results, thumbnails)}</div>'
    )


def cards_html(
    results: Results, thumbnails: Mapping[str, bytes], reasons: Mapping[str, str] | None = None
) -> str:
    """The hits as a list of cards, or a sentence that there are none.

    `reasons` are fragments of HTML by product id, each for the foot of its card.
    """
    if not results.hits:
        return '<p class="none">Nothing in this catalogue matches.</p>'
    cards = "".join(
        _card(hit, thumbnails.get(hit.content_hash), (reasons or {}).get(hit.product.id, ""))
        for hit in results.hits
    )
    return f'<ol class="cards">{cards}</ol>'


def _card(hit: Hit, thumbnail: bytes | None, reason: str) -> str:
    product = hit.product
    share = min(max(hit.score, 0.0), 1.0) * 100
    lines = [
        _picture(product, thumbnail),
        '<div class="facts">',
        f'<h3 class="title">{escape(product.title)}</h3>',
        _quiet(categories(product)),
        _quiet(hit.variants[0] if hit.variants else ""),
        f'<p class="price">{escape(money(product))}</p>',
        _stock(product),
        (
            f'<div class="meter" role="img" aria-label="score {score_text(hit.score)}"'
            f' title="score {score_text(hit.score)}"><i style="width:{share:.0f}%"></i></div>'
        ),
        reason,
        "</div>",
    ]
    return f'<li class="card">{"".join(lines)}</li>'


def _picture(product: Product, thumbnail: bytes | None) -> str:
    if thumbnail is None:
        return '<div class="picture"></div>'
    encoded = base64.b64encode(thumbnail).decode("ascii")
    alternative = escape(product.title, quote=True)
    return f'<img class="picture" alt="{alternative}" src="data:image/webp;base64,{encoded}">'


def _quiet(text: str) -> str:
    return f'<p class="quiet">{escape(text)}</p>' if text else ""


def _stock(product: Product) -> str:
    if product.stock is None:
        return ""
    style, words = ("in", f"{stock_text(product)} in stock") if product.stock > 0 else (
        "out", "Sold out")  # fmt: skip
    return f'<p class="quiet {style}">{escape(words)}</p>'

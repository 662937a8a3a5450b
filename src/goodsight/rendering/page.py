"""The picture page: queries and what they found, as one HTML file that loads nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from goodsight.core.types import Results
from goodsight.rendering.cards import CARD_STYLE, cards_html
from goodsight.rendering.explained import ExplainedResults
from goodsight.rendering.explanation_view import WHY_STYLE

__all__ = ["ShownQuery", "picture_page"]

# No script, no frame, no request: pictures are inline, and so is the one style sheet.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"

PAGE_STYLE = """
* { box-sizing: border-box; }
body { background: var(--ground); margin: 0; }
.goodsight header, .goodsight main, .goodsight footer { margin: 0 auto; max-width: 1680px;
  padding: 0 clamp(16px, 4vw, 56px); }
.goodsight header { padding-bottom: 8px; padding-top: clamp(28px, 5vw, 64px); }
.goodsight h1 { font-size: clamp(26px, 3.4vw, 40px); font-weight: 650; letter-spacing: -.02em;
  line-height: 1.1; margin: 0; }
.goodsight .lead { color: var(--quiet); margin: 8px 0 0; max-width: 72ch; }
.goodsight section { border-top: 1px solid var(--line); display: grid; gap: 28px;
  grid-template-columns: minmax(180px, 260px) 1fr; margin-top: 32px; padding-top: 32px; }
.goodsight .query { align-self: start; margin: 0; position: sticky; top: 24px; }
.goodsight .query img { border-radius: 14px; display: block; max-height: 340px;
  object-fit: cover; width: 100%; }
.goodsight .query figcaption { color: var(--quiet); font-size: 13px; margin-top: 10px;
  overflow-wrap: anywhere; }
.goodsight .query b { color: var(--ink); display: block; font-size: 15px; }
.goodsight .none { color: var(--quiet); }
.goodsight footer { color: var(--quiet); font-size: 13px; padding-bottom: 48px;
  padding-top: 40px; }
@media (max-width: 720px) { .goodsight section { grid-template-columns: 1fr; gap: 18px; }
  .goodsight .query { display: grid; gap: 14px; grid-template-columns: 120px 1fr;
    position: static; } }
""".strip()


@dataclass(frozen=True, slots=True)
class ShownQuery:
    """One query of the page: its picture (any format browsers show), caption and answer.

    `explained` is the same answer with the reason of each hit, where that was asked for.
    """

    picture: bytes
    media_type: str
    caption: str
    results: Results
    thumbnails: Mapping[str, bytes]
    explained: ExplainedResults | None = None


def picture_page(
    queries: Sequence[ShownQuery], *, title: str = "Goodsight", lead: str = "", footer: str = ""
) -> str:
    """A whole HTML document. Every text is escaped; feeds are not trusted."""
    sections = "".join(_section(query) for query in queries)
    style = "\n".join((CARD_STYLE, PAGE_STYLE, WHY_STYLE))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f'<body class="goodsight"><header><h1>{escape(title)}</h1>'
        f'<p class="lead">{escape(lead)}</p></header><main>{sections}</main>'
        f"<footer>{escape(footer)}</footer></body></html>"
    )


def _section(query: ShownQuery) -> str:
    encoded = base64.b64encode(query.picture).decode("ascii")
    timings = query.results.timings
    if query.explained is None:
        cards = cards_html(query.results, query.thumbnails)
    else:
        cards = query.explained.cards()
    return (
        '<section><figure class="query">'
        f'<img alt="Query photo: {escape(query.caption, quote=True)}"'
        f' src="data:{escape(query.media_type, quote=True)};base64,{encoded}">'
        f"<figcaption><b>Query photo</b>{escape(query.caption)}<br>"
        f"{timings.total_ms:.0f} ms</figcaption></figure>"
        f"<div>{cards}</div></section>"
    )

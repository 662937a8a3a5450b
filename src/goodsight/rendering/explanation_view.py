"""Why a product was found, as a fragment of HTML below its card. Every text is escaped."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape

from goodsight.core.explaining import Explanation, Method
from goodsight.core.heat_maps import HeatMap
from goodsight.core.types import Photo, PixelArray
from goodsight.rendering.heat_pictures import AGAINST_COLOUR, FOR_COLOUR, heat_picture
from goodsight.rendering.words import confidence_words, score_text, share_words, term_words

__all__ = ["WHY_STYLE", "why_html"]

WHY_STYLE = f"""
.goodsight .cards:has(.why) {{
  grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); }}
.goodsight .card:has(.why) .picture {{ aspect-ratio: 3 / 2; }}
.goodsight .why {{ border-top: 1px solid var(--line); font-size: 13px; margin-top: 10px;
  padding-top: 8px; }}
.goodsight .why summary {{ color: var(--quiet); cursor: pointer; }}
.goodsight .why .photos {{ align-items: start; display: grid; gap: 10px;
  grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); margin-top: 8px; }}
.goodsight .why figure {{ margin: 0; }}
.goodsight .why img {{ border-radius: 8px; display: block; height: auto; width: 100%; }}
.goodsight .why figcaption {{ color: var(--quiet); margin-top: 4px; }}
.goodsight .why dl {{ display: grid; gap: 2px 8px; grid-template-columns: 1fr auto;
  margin: 8px 0 0; }}
.goodsight .why dd {{ font-variant-numeric: tabular-nums; margin: 0; }}
.goodsight .why p {{ color: var(--quiet); margin: 8px 0 0; }}
.goodsight .why .for {{ border-bottom: 3px solid rgb{FOR_COLOUR}; }}
.goodsight .why .against {{ border-bottom: 3px solid rgb{AGAINST_COLOUR}; }}
""".strip()

METHODS: Mapping[Method, str] = {
    Method.EXACT: "Exact: the cells over the query sum to how alike it and the product look,"
    " {likeness}, those over the hit to the likeness of the two photos, {photo_likeness}.",
    Method.OCCLUSION: "By occlusion: each part was covered in turn, and the colour shows how much"
    " of the likeness, {likeness}, that took away. The cells do not add up.",
}


def why_html(found: Explanation, query_photos: Sequence[Photo], thumbnail: bytes | None) -> str:
    """The maps over both photos, each kind of likeness, and how it was found out."""
    sure = "" if found.confidence is None else f" · {confidence_words(found.confidence)}"
    figures = [
        _figure("Query photo", photo.pixels, shown)
        for photo, shown in zip(query_photos, found.query_maps, strict=True)
    ]
    if thumbnail is not None:
        figures.append(_figure("Its best photo", thumbnail, found.hit_map))
    shares = "".join(
        f"<dt>{escape(share_words(name))}</dt><dd>{score_text(share)}</dd>"
        for name, share in found.shares.items()
    )
    if len(found.term_shares) > 1:
        shares += "".join(
            f"<dt>{escape(term_words(term))}</dt><dd>{score_text(term.share)}</dd>"
            for term in found.term_shares
        )
    method = METHODS[found.method].format(
        likeness=score_text(found.likeness), photo_likeness=score_text(found.photo_likeness)
    )
    copy = " Its original is gone: a small copy was looked at." if found.from_thumbnail else ""
    return (
        f'<details class="why" open><summary>Why this?{escape(sure)}</summary>'
        f'<div class="photos">{"".join(figures)}</div>'
        '<p><span class="for">Orange</span> speaks for the match,'
        ' <span class="against">blue</span> against it; what is pale was not looked at.</p>'
        f"<dl>{shares}</dl><p>{escape(method + copy)}</p></details>"
    )


def _figure(title: str, photo: bytes | PixelArray, shown: HeatMap) -> str:
    drawn = base64.b64encode(heat_picture(photo, shown)).decode("ascii")
    words = f"{title}: {_where(shown)}"
    return (
        f'<figure><img alt="{escape(words, quote=True)}" src="data:image/webp;base64,{drawn}">'
        f"<figcaption>{escape(words)}</figcaption></figure>"
    )


def _where(shown: HeatMap) -> str:
    """How much of what speaks for the match lies in the middle half of the map."""
    rows, columns = shown.values.shape
    positive = shown.values.clip(min=0)
    whole = float(positive.sum())
    if whole == 0:
        return "nothing in it speaks for the match"
    middle = positive[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    return f"{float(middle.sum()) / whole:.0%} of what speaks for it lies in the middle"

"""Small charts as inline SVG and HTML; colours come from the page's custom properties."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from goodsight.core.reliability import ReliabilityBin
from goodsight.core.resampling import Interval

__all__ = ["CHART_STYLE", "bar_with_interval", "reliability_diagram"]

CHART_STYLE = """
.goodsight .bar { background: var(--well); border-radius: 5px; height: 10px; min-width: 90px;
  position: relative; }
.goodsight .bar i { background: var(--accent); border-radius: 5px; height: 100%; left: 0;
  position: absolute; top: 0; }
.goodsight .bar b { background: var(--ink); border-radius: 1px; height: 2px; opacity: .55;
  position: absolute; top: 4px; }
.goodsight svg text { fill: var(--quiet); font-size: 11px; }
.goodsight svg .grid { stroke: var(--line); }
.goodsight svg .honest { stroke: var(--quiet); stroke-dasharray: 4 4; }
.goodsight svg .column { fill: var(--accent); }
.goodsight svg .gap { fill: var(--bad); opacity: .3; }
.goodsight svg .count { fill: var(--quiet); opacity: .35; }
""".strip()

# The diagram's own units; it scales with the page.
SIDE = 300
LEFT = 34
TOP = 10
COUNTS_HEIGHT = 44
COUNTS_GAP = 30


def bar_with_interval(value: float, interval: Interval | None) -> str:
    """A share in 0…1 as a bar, with its 95 % interval as a thin line."""
    line = ""
    if interval is not None and interval[1] > interval[0]:
        low, high = (_percent(edge) for edge in interval)
        line = f'<b style="left:{low:.1f}%;width:{high - low:.1f}%"></b>'
    return f'<div class="bar"><i style="width:{_percent(value):.1f}%"></i>{line}</div>'


def reliability_diagram(bins: Sequence[ReliabilityBin]) -> str:
    """Share right against confidence, the honest diagonal, and how many answers each bin has.

    The gap between a column and the diagonal is what the calibration error sums up.
    """
    width, height = LEFT + SIDE + 12, TOP + SIDE + COUNTS_GAP + COUNTS_HEIGHT + 22
    most = max((one.count for one in bins), default=0) or 1
    parts = [_axes(), *(_column(one) for one in bins), *(_count(one, most) for one in bins)]
    parts.append(
        f'<line class="honest" x1="{LEFT}" y1="{TOP + SIDE}" x2="{LEFT + SIDE}" y2="{TOP}"/>'
    )
    described = "; ".join(
        f"confidence {one.confidence:.2f}: {one.right:.2f} right of {one.count}"
        for one in bins
        if one.confidence is not None and one.right is not None
    )
    return (
        f'<svg class="reliability" role="img" viewBox="0 0 {width} {height}"'
        f' aria-label="{escape(described, quote=True)}">{"".join(parts)}</svg>'
    )


def _axes() -> str:
    parts = []
    for tenths in range(0, 11, 2):
        share = tenths / 10
        y, x = TOP + SIDE * (1 - share), LEFT + SIDE * share
        parts.append(
            f'<line class="grid" x1="{LEFT}" y1="{y:.0f}" x2="{LEFT + SIDE}" y2="{y:.0f}"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{share:.1f}</text>'
            f'<text x="{x:.0f}" y="{TOP + SIDE + 16}" text-anchor="middle">{share:.1f}</text>'
        )
    return "".join(parts)


def _column(one: ReliabilityBin) -> str:
    if one.right is None or one.confidence is None:
        return ""
    low, high = sorted((one.right, one.confidence))
    return _rectangle("column", one, 0.0, one.right) + _rectangle("gap", one, low, high)


def _rectangle(style: str, one: ReliabilityBin, low: float, high: float) -> str:
    x, width = LEFT + SIDE * one.low + 2, SIDE * (one.high - one.low) - 4
    y, height = TOP + SIDE * (1 - high), SIDE * (high - low)
    return (
        f'<rect class="{style}" x="{x:.1f}" width="{width:.1f}" y="{y:.1f}" height="{height:.1f}"/>'
    )


def _count(one: ReliabilityBin, most: int) -> str:
    if not one.count:
        return ""
    x, width = LEFT + SIDE * one.low + 2, SIDE * (one.high - one.low) - 4
    height = max(1.0, COUNTS_HEIGHT * one.count / most)
    base = TOP + SIDE + COUNTS_GAP + COUNTS_HEIGHT
    return (
        f'<rect class="count" x="{x:.1f}" width="{width:.1f}" y="{base - height:.1f}"'
        f' height="{height:.1f}"/>'
        f'<text x="{x + width / 2:.1f}" y="{base + 14}" text-anchor="middle">{one.count:,}</text>'
    )


def _percent(share: float) -> float:
    return min(max(share, 0.0), 1.0) * 100

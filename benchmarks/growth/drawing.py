"""The curve as an SVG: three small charts over the number of photos, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from benchmarks.growth.rows import BuildRow, Row, SearchRow
from goodsight.stores.postgres.settings import EF_SEARCH
from goodsight.stores.postgres.vector_index import IndexShape

__all__ = ["curve"]

WIDTH, HEIGHT, MARGIN = 260, 200, 60
INK, LINE, SECOND = "#333", "#1769aa", "#b3541e"


def curve(rows: Sequence[Row]) -> str:
    """Time of a search, seconds of a build and megabytes, with the chosen settings."""
    chosen = IndexShape()
    shaped = [
        row for row in rows if (row.links, row.candidates) == (chosen.links, chosen.candidates)
    ]
    builds = [row for row in shaped if isinstance(row, BuildRow)]
    # Below some thousands there is no index, and a logarithm has no place for nothing.
    indexed = [row for row in builds if row.index_mb]
    found = [row for row in shaped if isinstance(row, SearchRow) and row.ef_search == EF_SEARCH]
    charts = (
        _chart(
            "search, ms",
            {
                "index, p50": [(row.photos, row.p50_ms) for row in found],
                "comparing with all": [(row.photos, row.exact_ms) for row in found],
            },
        ),
        _chart("building, s", {"both indexes": [(b.photos, b.build_seconds) for b in indexed]}),
        _chart(
            "MB",
            {
                "whole database": [(row.photos, row.database_mb) for row in builds],
                "indexes": [(row.photos, row.index_mb) for row in indexed],
            },
        ),
    )
    placed = "".join(
        f'<g transform="translate({number * (WIDTH + MARGIN) + MARGIN},30)">{chart}</g>'
        for number, chart in enumerate(charts)
    )
    width = len(charts) * (WIDTH + MARGIN) + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT + 60}"'
        f' font-family="sans-serif" font-size="11" fill="{INK}">'
        f'<rect width="100%" height="100%" fill="white"/>{placed}</svg>\n'
    )


def _chart(title: str, lines: dict[str, list[tuple[int, float]]]) -> str:
    points = [point for line in lines.values() for point in line]
    across = _scale([x for x, _ in points], WIDTH, upwards=False)
    up = _scale([y for _, y in points], HEIGHT, upwards=True)
    parts = [f'<text x="0" y="-12" font-weight="bold">{title}</text>']
    parts += _grid(across, [x for x, _ in points], vertical=True)
    parts += _grid(up, [y for _, y in points], vertical=False)
    for number, (name, line) in enumerate(lines.items()):
        colour = (LINE, SECOND)[number]
        drawn = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in line)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>'
            for x, y in line
        ]
        parts.append(f'<text x="8" y="{14 + 14 * number}" fill="{colour}">{name}</text>')
    return "".join(parts)


def _scale(values: Sequence[float], length: int, *, upwards: bool) -> Callable[[float], float]:
    low, high = (math.log10(edge) for edge in _edges(values))

    def place(value: float) -> float:
        share = (math.log10(value) - low) / (high - low)
        return length * (1 - share) if upwards else length * share

    return place


def _edges(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten around the values."""
    low = math.floor(math.log10(min(values)))
    high = math.ceil(math.log10(max(values)))
    return 10.0**low, 10.0 ** max(high, low + 1)


def _grid(place: Callable[[float], float], values: Sequence[float], *, vertical: bool) -> list[str]:
    low, high = _edges(values)
    parts, mark = [], low
    while mark <= high * 1.001:
        at = place(mark)
        ends = (
            f'x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{HEIGHT}"'
            if vertical
            else f'x1="0" x2="{WIDTH}" y1="{at:.1f}" y2="{at:.1f}"'
        )
        parts.append(f'<line {ends} stroke="#ddd"/>')
        label = f"{mark:,.0f}" if mark >= 1 else f"{mark:g}"
        where = (
            f'x="{at:.1f}" y="{HEIGHT + 16}" text-anchor="middle"'
            if vertical
            else f'x="-6" y="{at + 4:.1f}" text-anchor="end"'
        )
        parts.append(f"<text {where}>{label}</text>")
        mark *= 10
    return parts

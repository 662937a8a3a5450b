"""What is measured, and how it is kept: a line of JSON for each row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["BuildRow", "SearchRow", "append_row", "read_rows", "table"]


@dataclass(frozen=True, slots=True)
class BuildRow:
    """One size, filled and indexed with one shape. Seconds, megabytes; memory is private.

    `index` is what the index holds of a vector, `space` what kind of space it lies in.
    """

    photos: int
    dimension: int
    links: int
    candidates: int
    memory_mb: int
    workers: int
    fill_seconds: float
    filled_photos: int
    build_seconds: float
    build_peak_mb: float
    vectors_mb: float
    index_mb: float
    database_mb: float
    index: str = "halfvec"
    space: str = "features"
    kind: str = "build"


@dataclass(frozen=True, slots=True)
class SearchRow:
    """Searches of one size and shape with one `ef_search`; `exact_ms` compares with all.

    `cpu_ms` is what the server worked for one, however busy the machine was; on average.
    `compared` is how many photos, and means, of those an index of signs brings are compared by
    their numbers.
    """

    photos: int
    dimension: int
    links: int
    candidates: int
    ef_search: int
    p50_ms: float
    p99_ms: float
    recall: float
    exact_ms: float
    cpu_ms: float = 0.0
    index: str = "halfvec"
    space: str = "features"
    compared: int = 30
    kind: str = "search"


Row = BuildRow | SearchRow


def append_row(path: Path, row: Row) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row)) + "\n")


def read_rows(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        yield (BuildRow if values["kind"] == "build" else SearchRow)(**values)


def table(rows: Iterable[Row]) -> str:
    """Two Markdown tables: what building took, what searching gives."""
    rows = list(rows)
    built = [_build_line(row) for row in rows if isinstance(row, BuildRow)]
    sought = [_search_line(row) for row in rows if isinstance(row, SearchRow)]
    return "\n".join([*_BUILD_HEAD, *built, "", *_SEARCH_HEAD, *sought])


_BUILD_HEAD = (
    (
        "| photos | numbers | index | m / ef_construction | kept/s | build | memory | vectors"
        " | indexes | database |"
    ),
    "|---|---|---|---|---|---|---|---|---|---|",
)
_SEARCH_HEAD = (
    (
        "| photos | numbers | index | m / ef_construction | ef_search | compared | p50 | p99"
        " | worked | recall@10 | with all |"
    ),
    "|---|---|---|---|---|---|---|---|---|---|---|",
)


def _build_line(row: BuildRow) -> str:
    rate = row.filled_photos / row.fill_seconds if row.fill_seconds else 0
    kept = f"{rate:,.0f}" if row.filled_photos else "–"
    return (
        f"| {row.photos:,} | {row.dimension}, {row.space} | {row.index}"
        f" | {row.links} / {row.candidates} | {kept} | {row.build_seconds:.1f} s"
        f" | {row.build_peak_mb:,.0f} MB | {row.vectors_mb:,.0f} MB | {row.index_mb:,.1f} MB"
        f" | {row.database_mb:,.0f} MB |"
    )


def _search_line(row: SearchRow) -> str:
    return (
        f"| {row.photos:,} | {row.dimension}, {row.space} | {row.index}"
        f" | {row.links} / {row.candidates} | {row.ef_search} | {row.compared}"
        f" | {row.p50_ms:.2f} ms | {row.p99_ms:.1f} ms | {row.cpu_ms:.2f} ms | {row.recall:.3f}"
        f" | {row.exact_ms:.0f} ms |"
    )

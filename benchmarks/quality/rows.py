"""Rows of the table in docs/quality.md: one per commit, profile, track and set of queries."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from goodsight.core.measures import Evaluation

__all__ = ["Row", "keep", "markdown", "row_of"]

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "quality.md"
HEADINGS = (
    "date", "commit", "profile", "track", "asked with", "queries", "recall@1", "95 %",
    "recall@5", "ms a query", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What one track measured with one set of queries; shares in 0…1, None: not measured."""

    track: str
    queries_from: str
    profile: str
    queries: int
    recall_at_1: float | None
    recall_at_5: float | None = None
    interval: tuple[float, float] | None = None
    milliseconds: float | None = None
    note: str = ""

    def unread(self) -> Row:
        """The row, telling that no printed words were read."""
        return replace(self, profile=f"{self.profile}, words unread")


def row_of(track: str, queries_from: str, profile: str, found: Evaluation, note: str = "") -> Row:
    """An evaluation as a row."""
    total = found.stages.get("total")
    return Row(
        track=track,
        queries_from=queries_from,
        profile=profile,
        queries=found.queries,
        recall_at_1=found.recall[1],
        recall_at_5=found.recall[5],
        interval=found.ci95.get("recall@1"),
        milliseconds=total.p50 if total else None,
        note=note,
    )


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table with headings."""
    commit, date = _commit()
    return "\n".join([*_head(), *(_line(row, commit, date) for row in rows)])


def keep(rows: Sequence[Row]) -> None:
    """Put the rows at the end of the page's table; the same commit's earlier ones are replaced."""
    commit, date = _commit()
    new = [_line(row, commit, date) for row in rows]
    places = {_place(line) for line in new}
    text = PAGE.read_text(encoding="utf-8")
    before, heading, after = text.partition("\n".join(_head()))
    if not heading:
        raise SystemExit(f"{PAGE} has no table with the headings {', '.join(HEADINGS)}")
    old = [line for line in after.strip().splitlines() if line.startswith("|")]
    rest = [line for line in after.strip().splitlines() if not line.startswith("|")]
    lines = [line for line in old if _place(line) not in places] + new
    tail = "\n".join(rest).strip()
    whole = f"{before}{heading}\n" + "\n".join(lines) + "\n" + (f"\n{tail}\n" if tail else "")
    PAGE.write_text(whole, encoding="utf-8")


def _head() -> list[str]:
    return [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]


def _line(row: Row, commit: str, date: str) -> str:
    interval = f"{row.interval[0]:.3f} to {row.interval[1]:.3f}" if row.interval else ""
    cells = (
        date, commit, row.profile, row.track, row.queries_from, f"{row.queries:,}",
        _share(row.recall_at_1), interval, _share(row.recall_at_5),
        "" if row.milliseconds is None else f"{row.milliseconds:.0f}", row.note,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _place(line: str) -> tuple[str, ...]:
    """Commit, profile, track and set: what a line is about."""
    return tuple(cell.strip() for cell in line.strip("|").split("|")[1:5])


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _commit() -> tuple[str, str]:
    found = _git("rev-parse", "--short=7", "HEAD").stdout.strip()
    changed = _git("diff", "--quiet", "HEAD", "--", "src").returncode
    date = dt.datetime.now(tz=dt.UTC).date().isoformat()
    return f"{found or 'unknown'}{'+' if changed else ''}", date


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [shutil.which("git") or "git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)

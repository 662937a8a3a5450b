"""A measured figure, what was asked for, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

__all__ = ["Figure", "print_figures"]


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` against `bound`; `at_least` tells which side is good. Missing data: `note` only."""

    name: str
    value: float | None
    unit: str
    bound: float
    at_least: bool
    note: str = ""

    @property
    def reached(self) -> bool | None:
        if self.value is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def print_figures(figures: Sequence[Figure]) -> None:
    table = Table(title="Goodsight, measured")
    for heading in ("figure", "measured", "asked", "reached", "note"):
        table.add_column(heading, justify="right" if heading in ("measured", "asked") else "left")
    for figure in figures:
        value = "–" if figure.value is None else f"{figure.value:.3g} {figure.unit}"
        sign = "≥" if figure.at_least else "≤"
        verdict = {True: "yes", False: "NO", None: "not measured"}[figure.reached]
        table.add_row(figure.name, value, f"{sign} {figure.bound:g}", verdict, figure.note)
    Console(width=140).print(table)

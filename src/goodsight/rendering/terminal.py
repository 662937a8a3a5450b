"""Results as tables for a terminal.

Everything that came from a feed is shown as plain text: it may hold anything, rich's own
markup and control characters included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from goodsight.core.reports import Check, CollectionInfo, IndexReport
from goodsight.core.types import ModelCard, Results
from goodsight.rendering.words import money, photo_name, score_text, stock_text

__all__ = [
    "checks_table",
    "collections_table",
    "index_summary",
    "model_lines",
    "models_table",
    "plain",
    "results_table",
    "table_of",
]


def plain(text: str) -> Text:
    """A text from outside, on one line and without control characters."""
    return Text("".join(char if char.isprintable() else " " for char in text))


def results_table(results: Results) -> RenderableType:
    """One line per product: rank, name, price, stock, score, photo."""
    if not results.hits:
        return Text("Nothing in this catalogue matches.")
    table = table_of(("", "right"), "Product", ("Price", "right"), ("Stock", "right"),
                   ("Score", "right"), "Photo")  # fmt: skip
    for rank, hit in enumerate(results.hits, start=1):
        name = plain(hit.product.title)
        if hit.variants:
            name.append(f"  {hit.variants[0]}", style="dim")
        table.add_row(
            str(rank),
            name,
            money(hit.product),
            stock_text(hit.product),
            score_text(hit.score),
            plain(photo_name(hit.photo)),
        )
    return table


def index_summary(report: IndexReport) -> Text:
    """What an index run did, in three lines."""
    products, photos = report.products, report.photos
    lines = (
        (
            f"{products.seen:,} products: {products.added:,} added, {products.changed:,} changed,"
            f" {products.unchanged:,} unchanged, {products.removed:,} removed"
        ),
        (
            f"{photos.seen:,} photos: {photos.indexed:,} indexed, {photos.unchanged:,} unchanged,"
            f" {photos.removed:,} removed"
        ),
        (
            f"{report.seconds:.1f} s, {report.photos_per_second:.0f} photos/s,"
            f" {len(report.skipped):,} skipped"
        ),
    )
    return Text("\n".join(lines))


def collections_table(collections: Sequence[CollectionInfo]) -> RenderableType:
    """One line per collection."""
    if not collections:
        return Text("No collection yet: goodsight index SOURCE makes one.")
    table = table_of("Collection", "Profile", "Model", ("Products", "right"), ("Photos", "right"),
                   "Vector index", "Sources")  # fmt: skip
    for info in collections:
        table.add_row(
            plain(info.name),
            info.profile,
            plain(info.model),
            f"{info.products:,}",
            f"{info.photos:,}",
            "yes" if info.has_vector_index else "not needed yet",
            plain(", ".join(info.sources)),
        )
    return table


def checks_table(checks: Iterable[Check]) -> RenderableType:
    """One line per check, with the remedy where something is wrong."""
    table = table_of("", "Check", "Found")
    for check in checks:
        found = plain(check.detail)
        if not check.ok and check.remedy:
            found.append(f"\n{check.remedy}", style="bold")
        mark = Text("ok", style="green") if check.ok else Text("WRONG", style="bold red")
        table.add_row(mark, check.name, found)
    return table


def models_table(cards: Sequence[ModelCard]) -> RenderableType:
    """One line per model."""
    table = table_of("Model", ("Dimensions", "right"), ("Input", "right"), "Licence", "Source")
    for card in cards:
        side = card.preprocessing.input_size
        table.add_row(
            plain(card.name), str(card.dimension), f"{side}×{side}", plain(card.licence),
            plain(card.source),
        )  # fmt: skip
    return table


def model_lines(card: ModelCard) -> RenderableType:
    """Everything about one model."""
    preprocessing = card.preprocessing
    table = table_of("Property", "Value")
    for name, value in (
        ("name", card.name),
        ("dimensions", str(card.dimension)),
        ("space", card.space),
        ("licence", card.licence),
        ("source", card.source),
        ("input", f"{preprocessing.input_size} px, {preprocessing.layout}"),
        ("resize", f"{preprocessing.resize} to {preprocessing.resize_size} px"),
        ("texts", _reads(card)),
        ("mean", ", ".join(f"{value:g}" for value in preprocessing.mean)),
        ("standard deviation", ", ".join(f"{value:g}" for value in preprocessing.std)),
        *((f"SHA-256 of {file}", digest) for file, digest in card.file_hashes.items()),
    ):
        table.add_row(name, plain(value))
    return table


def _reads(card: ModelCard) -> str:
    texts = card.texts
    return f"seen too, up to {texts.length} tokens" if texts else "not seen"


def table_of(*columns: str | tuple[str, str]) -> Table:
    """A plain table; a column is a heading, or a heading and "right" for numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold", caption_justify="left")
    for column in columns:
        heading, side = column if isinstance(column, tuple) else (column, "left")
        numeric = side == "right"
        table.add_column(heading, justify="right" if numeric else "left", no_wrap=numeric)
    return table

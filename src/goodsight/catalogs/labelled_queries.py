"""Labelled queries: a table of product_id and image and/or text, to judge a collection with.

`product_id` holds one or several ids, separated by `|`; `-` means "not in the catalogue".
`image` is a path from the table's own folder, or a URL.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from goodsight.catalogs.feeds import open_feed
from goodsight.catalogs.rows import BadRow, Row, normal_name
from goodsight.core.errors import CatalogError
from goodsight.core.evaluating import LabelledQuery
from goodsight.core.types import Skip

__all__ = ["read_labelled_queries"]

UNKNOWN = "-"
COLUMNS = frozenset({"product_id", "image", "text"})


def read_labelled_queries(path: Path) -> Iterator[LabelledQuery | Skip]:
    """The queries in the order of the table, and a `Skip` for each bad row.

    Raises CatalogError, before anything is yielded, for a file that is no such table.
    """
    feed = open_feed(path, COLUMNS.__contains__)
    columns = {normal_name(column): column for column in reversed(feed.columns)}
    if "product_id" not in columns or not {"image", "text"} & set(columns):
        raise CatalogError(
            f"{path}: queries have the columns product_id and image or text; this table has"
            f" {feed.columns_in_words()}"
        )
    named = {name: columns.get(name, "") for name in sorted(COLUMNS)}
    return (
        feed.skip(row, row.reason) if isinstance(row, BadRow) else _query(row, named, feed.path)
        for row in feed.rows()
    )


def _query(row: Row, columns: dict[str, str], table: Path) -> LabelledQuery | Skip:
    product_id, image, text = (
        row.cells.get(columns[name], "").strip() for name in ("product_id", "image", "text")
    )
    reference = image or text or str(table)
    ids = tuple(dict.fromkeys(part.strip() for part in product_id.split("|") if part.strip()))
    if not ids:
        return Skip(reference, "no product_id; - means not in the catalogue", row.number)
    if UNKNOWN in ids and len(ids) > 1:
        return Skip(reference, f"product_id '{product_id}' is both unknown and known", row.number)
    if not (image or text):
        return Skip(reference, "neither image nor text", row.number)
    if image and "://" not in image:
        image = str(table.parent / image)
    return LabelledQuery(
        right_ids=() if ids == (UNKNOWN,) else ids,
        image=image or None,
        text=text or None,
        row=row.number,
    )

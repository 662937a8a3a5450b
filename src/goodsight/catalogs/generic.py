"""The generic feed: CSV, TSV or JSON lines with one product per row.

Columns: id, title, description, price, currency, stock, category, brand, url, image, and
usual names for them (`goodsight.catalogs.columns`); all others become attributes. `image`
holds paths or addresses separated by `|`, `category` paths separated by `|` with levels
separated by `/`, an attribute values separated by `|`; newlines separate as `|` does. A
title that is missing is the id. Of an id that comes twice the first row counts.

Variants are described in `goodsight.catalogs.generic_variants`. A group is given out where
its last row stands. What must be remembered of a feed is on disk; memory holds one group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from goodsight.catalogs.cells import Numbers, search_decimal_mark
from goodsight.catalogs.columns import Columns, assign_columns, find_column
from goodsight.catalogs.feeds import Feed
from goodsight.catalogs.generic_rows import Record, RecordReader, read_id
from goodsight.catalogs.generic_variants import make_product, merge_variants
from goodsight.catalogs.options import CatalogOptions
from goodsight.catalogs.photo_lists import PhotoJoin, read_with_photos
from goodsight.catalogs.rows import BadRow, Row, RowError
from goodsight.catalogs.shelf import Shelf
from goodsight.catalogs.special_prices import local_today
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product, Skip

__all__ = ["GenericCatalog"]

MAX_KEPT_LAYOUTS = 256


class GenericCatalog:
    """The catalog of a generic feed. Raises CatalogError where no column can be the id."""

    def __init__(self, feed: Feed, options: CatalogOptions) -> None:
        self._feed = feed
        self._options = options
        _check_map(feed, options.column_map)
        if not assign_columns(feed.columns, options.column_map).fields["id"]:
            raise CatalogError(
                f"{feed.path}: no column names the product (id or sku); the columns are"
                f" {feed.columns_in_words()}. Name it with --map id=COLUMN"
            )

    @property
    def source(self) -> str:
        """The feed's absolute path."""
        return self._feed.source

    def read(self) -> Iterator[Product | Skip]:
        """Yield products and skips. Raises CatalogError."""
        return read_with_photos(
            self._feed,
            self._options,
            lambda shelf, photos: _Reading(self._feed, self._options, photos, shelf).go(),
        )


def _check_map(feed: Feed, column_map: Mapping[str, str]) -> None:
    # Without a header the columns may vary from row to row.
    for name, column in column_map.items() if feed.has_header else ():
        if find_column(feed.columns, column) is None:
            raise CatalogError(
                f"{feed.path}: --map {name}={column}: there is no column '{column}'; the"
                f" columns are {feed.columns_in_words()}"
            )


@dataclass(slots=True)
class _Reading:
    """One reading of a feed. Ids, groups and their rows are kept on the shelf."""

    feed: Feed
    options: CatalogOptions
    photos: PhotoJoin
    shelf: Shelf
    layouts: dict[tuple[str, ...], Columns] = field(default_factory=dict)
    records: RecordReader = field(init=False)

    def __post_init__(self) -> None:
        self.records = RecordReader(
            Numbers(self._decimal_mark),
            self.photos,
            currency=self.options.currency,
            today=self.options.today or local_today(),
        )

    def go(self) -> Iterator[Product | Skip]:
        has_groups = self._find_groups()
        for row in self.feed.rows():
            if isinstance(row, BadRow):
                yield self._skip(row, row.reason)
                continue
            try:
                columns = self._columns(row)
                if has_groups and (group := self._group(row, columns)):
                    yield from self._set_aside(group, row, columns)
                else:
                    yield from self._single(self.records.read(row, columns), row)
            except RowError as error:
                yield self._skip(row, str(error))
        # Groups whose last row was bad or a repeat.
        for kind in ("member", "parent") if has_groups else ():
            for group in self.shelf.keys(kind):
                yield from self._give_out(group)

    def _single(self, record: Record, row: Row) -> Iterator[Product | Skip]:
        self._check_new(row, record.id)
        yield from record.skips
        yield make_product(record, source=self.feed.source)

    def _find_groups(self) -> bool:
        """Read the feed once to learn its groups, where it can have any."""
        if self.feed.has_header and not self._layout(self.feed.columns).fields["group"]:
            return False
        found = False
        for row in self.feed.rows():
            columns = self._columns(row)
            group = _group_cell(row, columns)
            row_id = _cell(row, columns, "id")
            if group:
                self.shelf.tally("group", group)
                found = True
            elif row_id:
                self.shelf.remember("alone", row_id, row.number)
        return found

    def _group(self, row: Row, columns: Columns) -> str:
        """The group a row belongs to, as variant or as the product itself; "" for none."""
        row_id = read_id(row, columns)
        return _group_cell(row, columns) or (row_id if self.shelf.total("group", row_id) else "")

    def _set_aside(self, group: str, row: Row, columns: Columns) -> Iterator[Product | Skip]:
        row_id = read_id(row, columns)
        is_variant = bool(_group_cell(row, columns))
        self._check_new(row, row_id)
        self.shelf.add_row("member" if is_variant else "parent", group, row)
        has_parent = self.shelf.line_of("alone", group) is not None
        if self.shelf.tally("arrived", group) == self.shelf.total("group", group) + has_parent:
            yield from self._give_out(group)

    def _give_out(self, group: str) -> Iterator[Product | Skip]:
        parents = [item for row in self.shelf.rows("parent", group) for item in self._read(row)]
        members = [item for row in self.shelf.rows("member", group) for item in self._read(row)]
        self.shelf.remove("parent", group)
        self.shelf.remove("member", group)
        yield from (item for item in (*parents, *members) if isinstance(item, Skip))
        good = [item for item in members if isinstance(item, Record)]
        parent = next((item for item in parents if isinstance(item, Record)), None)
        if good:
            yield from merge_variants(group, parent, good, source=self.feed.source)
        elif parent is not None:
            yield make_product(parent, source=self.feed.source)
        else:
            yield Skip(group, "none of its rows can be used")

    def _read(self, row: Row) -> Iterator[Record | Skip]:
        try:
            record = self.records.read(row, self._columns(row))
        except RowError as error:
            yield self._skip(row, str(error))
        else:
            yield from record.skips
            yield record

    def _check_new(self, row: Row, row_id: str) -> None:
        earlier = self.shelf.remember("id", row_id, row.number)
        if earlier is not None:
            raise RowError(f"the id '{row_id}' was used before, in row {earlier}, which counts")

    def _columns(self, row: Row | BadRow) -> Columns:
        # A table's columns are the header's; a row without one has its own.
        return self._layout(self.feed.columns if self.feed.has_header else tuple(row.cells))

    def _layout(self, columns: tuple[str, ...]) -> Columns:
        if columns not in self.layouts:
            if len(self.layouts) >= MAX_KEPT_LAYOUTS:
                self.layouts.clear()
            self.layouts[columns] = assign_columns(columns, self.options.column_map)
        return self.layouts[columns]

    def _decimal_mark(self) -> str | None:
        columns = self._layout(self.feed.columns).fields
        return search_decimal_mark(self.feed, (*columns["price"], *columns["special_price"]))

    def _skip(self, row: Row | BadRow, reason: str) -> Skip:
        return self.feed.skip(row, reason, reference=_cell(row, self._columns(row), "id"))


def _group_cell(row: Row | BadRow, columns: Columns) -> str:
    group = _cell(row, columns, "group")
    # Shop systems write 0 for "no parent".
    return "" if group == "0" else group


def _cell(row: Row | BadRow, columns: Columns, name: str) -> str:
    return next((row.cells[c] for c in columns.fields.get(name, ()) if c in row.cells), "").strip()

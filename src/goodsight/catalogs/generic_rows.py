"""A row of a generic feed -> a record with everything a product or a variant needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from goodsight.catalogs.cells import (
    CategoryPath,
    Numbers,
    amount_of,
    attribute_values,
    read_currency,
    read_date,
    separate_skips,
    web_address,
)
from goodsight.catalogs.columns import Columns
from goodsight.catalogs.html_text import html_to_line, html_to_text
from goodsight.catalogs.photo_lists import PhotoJoin
from goodsight.catalogs.photo_paths import split_references
from goodsight.catalogs.rows import ITEM_SEPARATOR, Row, RowError, several
from goodsight.catalogs.special_prices import current_price, is_within
from goodsight.core.types import Skip

__all__ = ["Record", "RecordReader", "read_id"]


@dataclass(frozen=True, slots=True)
class Record:
    """A row, read.

    `regular_price` is there where a lower special price counts now. `skips` are parts that
    were left out, such as a refused photo, while the row itself is good.
    """

    line: int
    id: str
    title: str
    description: str
    price: Decimal | None
    regular_price: Decimal | None
    currency: str | None
    stock: int | None
    categories: tuple[CategoryPath, ...]
    brand: str | None
    url: str | None
    attributes: dict[str, tuple[str, ...]]
    photos: tuple[str, ...]
    skips: tuple[Skip, ...]


def read_id(row: Row, columns: Columns) -> str:
    """The id in a row. Raises RowError where there is none."""
    column, cell = _first_cell(row, columns, "id")
    if not cell:
        raise RowError(f"no {column or 'id'} in this row")
    return _single(cell, column)


class RecordReader:
    """Reads the rows of one generic feed; `currency` counts where a row names none."""

    def __init__(
        self, numbers: Numbers, photos: PhotoJoin, *, currency: str | None, today: date
    ) -> None:
        self._numbers = numbers
        self._photos = photos
        self._currency = currency
        self._today = today

    def read(self, row: Row, columns: Columns) -> Record:
        """Read a row. Raises RowError with the column and the cause."""
        record_id = read_id(row, columns)
        price, regular_price, currency = self._price(row, columns)
        stock_column, _ = _first_cell(row, columns, "stock")
        references = [
            reference
            for column in columns.fields["image"]
            for reference in _references(row.cells.get(column, ""))
        ]
        ids = (
            record_id,
            *(row.cells[column] for column in columns.other_ids if column in row.cells),
        )
        photos, skips = separate_skips(self._photos.find(ids, references, row.number))
        _, link = _first_cell(row, columns, "url")
        url = web_address(link) or None
        if link and url is None:
            skips += (Skip(record_id, f"url '{link[:60]}' is not an http(s) address", row.number),)
        return Record(
            line=row.number,
            id=record_id,
            title=html_to_line(_text(row, columns, "title")) or record_id,
            description=html_to_text(_text(row, columns, "description")),
            price=price,
            regular_price=regular_price,
            currency=currency,
            stock=self._numbers.stock(row, stock_column),
            categories=_categories(row, columns),
            brand=html_to_line(_text(row, columns, "brand")) or None,
            url=url,
            attributes=_attributes(row, columns),
            photos=photos,
            skips=skips,
        )

    def _price(
        self, row: Row, columns: Columns
    ) -> tuple[Decimal | None, Decimal | None, str | None]:
        """Price asked now, regular price where that is more, and currency."""
        currency_column, _ = _first_cell(row, columns, "currency")
        stated = read_currency(row, currency_column, hint=self._currency)
        hint = stated or self._currency
        price_column, _ = _first_cell(row, columns, "price")
        special_column, _ = _first_cell(row, columns, "special_price")
        price = self._numbers.price(row, price_column, hint=hint)
        special = self._numbers.price(row, special_column, hint=hint)
        if special is not None and not self._special_counts(row, columns):
            special = None
        currencies = {money.currency for money in (price, special) if money is not None} - {None}
        if len(currencies | ({stated} - {None})) > 1:
            named = " and ".join(sorted(filter(None, currencies | {stated})))
            raise RowError(f"the row names two currencies: {named}")
        now, regular = current_price(amount_of(price), amount_of(special))
        return now, regular, next(iter(currencies), stated if now is None else hint)

    def _special_counts(self, row: Row, columns: Columns) -> bool:
        """Whether today lies in the days of the special price, where the row states any."""
        from_column, first = _first_cell(row, columns, "special_from")
        to_column, last = _first_cell(row, columns, "special_to")
        both_column, both = _first_cell(row, columns, "special_dates")
        if both:
            first, _, last = both.partition("/")
            from_column = to_column = both_column
        return is_within(
            self._today, read_date(row, from_column, first), read_date(row, to_column, last)
        )


def _first_cell(row: Row, columns: Columns, field: str) -> tuple[str, str]:
    """The most trusted column of a field that has content, and its cell; else ("…", "")."""
    names = columns.fields.get(field, ())
    for name in names:
        if name in row.cells:
            return name, row.cells[name]
    return names[0] if names else "", ""


def _text(row: Row, columns: Columns, field: str) -> str:
    column, cell = _first_cell(row, columns, field)
    return _single(cell, column)


def _single(cell: str, column: str) -> str:
    if ITEM_SEPARATOR not in cell:
        return cell
    items = list(several(cell))
    if len(items) > 1:
        raise RowError("a list where one value is expected", column=column)
    return items[0]


def _references(cell: str) -> list[str]:
    return list(several(cell)) if ITEM_SEPARATOR in cell else list(split_references(cell))


def _categories(row: Row, columns: Columns) -> tuple[CategoryPath, ...]:
    """Paths; their levels are separated by " > " where that occurs, else by "/"."""
    paths: dict[CategoryPath, None] = {}
    for column in columns.fields["category"]:
        for path in several(row.cells.get(column, "")):
            levels = path.split(" > " if " > " in path else "/")
            cleaned = tuple(level for text in levels if (level := html_to_line(text)))
            if cleaned:
                paths[cleaned] = None
    return tuple(paths)


def _attributes(row: Row, columns: Columns) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, column in columns.attributes:
        if column in row.cells and (values := attribute_values(row.cells[column])):
            found[name] = values
    return found

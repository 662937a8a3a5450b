"""Parquet files -> rows. Extra `feeds`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from goodsight.catalogs.rows import Row, clean
from goodsight.catalogs.values import flatten_name, row_of
from goodsight.core.errors import CatalogError, MissingExtra

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

__all__ = ["parquet_columns", "read_parquet"]

ROWS_AT_ONCE = 500


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The columns, those within others as cells name them. Raises CatalogError, MissingExtra."""
    found: dict[str, None] = {}
    with _opened(path) as file:
        from pyarrow.types import is_struct

        for column in file.schema_arrow:
            if not is_struct(column.type):
                found[clean(column.name)] = None
                continue
            for inner in column.type:
                found[flatten_name(column.name, inner.name)] = None
    return tuple(filter(None, found))


def read_parquet(path: Path) -> Iterator[Row]:
    """Yield the rows; the first is row 1."""
    number = 0
    with _opened(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
            for values in batch.to_pylist():
                number += 1
                row = row_of(number, values)
                if row.cells:
                    yield row


@contextmanager
def _opened(path: Path) -> Iterator[ParquetFile]:
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise MissingExtra("reading Parquet files", extra="feeds") from error
    try:
        with ParquetFile(path) as file:
            yield file
    except CatalogError:
        raise
    # Arrow's own errors are ValueErrors, OSErrors and others, by what is broken.
    except Exception as error:
        detail = (str(error) or type(error).__name__).partition("\n")[0]
        raise CatalogError(f"{path}: the Parquet file cannot be read: {detail}") from error

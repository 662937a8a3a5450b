"""Parquet files: the same rows to the same formats."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogs.helpers import only_product, read_feed
from goodsight.catalogs import open_catalog
from goodsight.core.errors import CatalogError


def write(path: Path, columns: dict[str, object]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_values_of_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path / "feed.csv",
        {
            "id": [7],
            "title": ["Bag"],
            "price": [Decimal("12.50")],
            "image": [["https://shop.example/a.jpg", "https://shop.example/b.jpg"]],
            "attributes": [{"colour": "red", "sizes": ["S", "M"]}],
            "weight": pa.array([0.25], pa.float32()),
            "since": [date(2026, 3, 1)],
            "picture": [b"\x00\x01"],
            "nothing": pa.array([None], pa.string()),
        },
    )
    product = only_product(path)
    assert (product.id, product.title, product.price) == ("7", "Bag", Decimal("12.50"))
    assert product.photos == ("https://shop.example/a.jpg", "https://shop.example/b.jpg")
    assert product.attributes == {
        "colour": ("red",), "sizes": ("S", "M"), "weight": ("0.25",), "since": ("2026-03-01",),
    }  # fmt: skip


def test_a_woocommerce_table_with_columns_that_are_empty_at_first(tmp_path: Path) -> None:
    count = 40
    rows = range(count)
    path = write(
        tmp_path / "feed.parquet",
        {
            "ID": list(rows),
            "Type": ["simple"] * (count - 1) + ["variation"],
            "Name": [f"Cap {n}" for n in rows],
            "In stock?": [1] * count,
            "Regular price": [5.0] * (count - 1) + [4.0],
            "Parent": [None] * (count - 1) + ["id:38"],
        },
    )
    products, skips = read_feed(path)
    assert skips == []
    assert [variant.id for variant in products[-1].variants] == ["39"]


def test_rows_are_told_by_their_number(tmp_path: Path) -> None:
    path = write(tmp_path / "feed.parquet", {"id": ["a", None], "title": ["A", "B"]})
    products, skips = read_feed(path)
    assert [product.id for product in products] == ["a"]
    assert [(skip.row, skip.reason) for skip in skips] == [(2, "no id in this row")]


@pytest.mark.parametrize("keep", [8, 200])
def test_a_broken_file(tmp_path: Path, keep: int) -> None:
    path = write(tmp_path / "feed.parquet", {"id": ["a"], "title": ["A"]})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CatalogError, match="the Parquet file cannot be read"):
        open_catalog(str(path))

from __future__ import annotations

import pytest

from catalogs.conftest import WriteFeed
from goodsight.catalogs import read_labelled_queries
from goodsight.core.errors import CatalogError
from goodsight.core.evaluating import LabelledQuery
from goodsight.core.types import Skip


def test_queries_in_the_order_of_the_table(write_feed: WriteFeed) -> None:
    path = write_feed("Image;Product ID;text\na.jpg;A|B;\nhttps://x.example/b.jpg;-;red\n;C;bag\n")
    assert list(read_labelled_queries(path)) == [
        LabelledQuery(("A", "B"), image=str(path.resolve().parent / "a.jpg"), text=None, row=2),
        LabelledQuery((), image="https://x.example/b.jpg", text="red", row=3),
        LabelledQuery(("C",), image=None, text="bag", row=4),
    ]


def test_bad_rows_are_reported_and_the_rest_is_read(write_feed: WriteFeed) -> None:
    path = write_feed("product_id,image\n,a.jpg\nA|-,b.jpg\nA,\nA,c.jpg,surplus\nA,d.jpg\n")
    *skips, query = read_labelled_queries(path)
    assert isinstance(query, LabelledQuery)
    assert [(skip.reason, skip.row) for skip in skips if isinstance(skip, Skip)] == [
        ("no product_id; - means not in the catalogue", 2),
        ("product_id 'A|-' is both unknown and known", 3),
        ("neither image nor text", 4),
        ("3 cells where the header has 2", 5),
    ]


def test_another_table(write_feed: WriteFeed) -> None:
    with pytest.raises(CatalogError, match="this table has id, title"):
        read_labelled_queries(write_feed("id,title\n1,Bag\n"))

from __future__ import annotations

import pytest

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed, table
from goodsight.core.errors import CatalogError
from goodsight.core.types import Skip


def test_photos_are_joined_by_sku(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["sku", "name", "image"], ["A", "Bag", "own.jpg"]))
    photos = write_feed("sku,image\nA,/x/1.jpg\nA,/x/2.jpg\nA,own.jpg\n", "photos.csv")
    product = only_product(feed, photo_lists=(photos,))
    folder = feed.parent.resolve()
    assert product.photos == tuple(str(folder / name) for name in ("own.jpg", "x/1.jpg", "x/2.jpg"))


def test_another_layout(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["id", "sku", "title"], ["7", "A", "Bag"], ["8", "B", "Hat"]))
    photos = write_feed('Image Path;Note;SKU\n"1.jpg|2.jpg";x;"A\nB"\n', "photos.txt", "utf-16")
    products, skips = read_feed(feed, photo_lists=(photos,))
    assert skips == []
    assert [len(product.photos) for product in products] == [2, 2]


def test_several_lists(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["sku", "name"], ["A", "Bag"]))
    first = write_feed("sku,image\nA,1.jpg\n", "one.csv")
    second = write_feed("sku,image\nA,2.jpg\n", "two.csv")
    assert len(only_product(feed, photo_lists=(first, second)).photos) == 2


def test_what_a_list_cannot_give_is_reported(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["sku", "name"], ["A", "Bag"]))
    photos = write_feed(
        "sku,image\nA,\n,1.jpg\nA,../out.jpg\nB,1.jpg\nC,2.jpg\nA,1.jpg,surplus\n", "photos.csv"
    )
    (product,), skips = read_feed(feed, photo_lists=(photos,))
    assert product.photos == ()
    name = str(photos.resolve())
    assert skips[:3] == [
        Skip(name, "no image in this row of the photo list", 2),
        Skip(name, "no sku in this row of the photo list", 3),
        Skip(name, "3 cells where the header has 2", 7),
    ]
    assert (skips[3].reference, skips[3].row) == ("../out.jpg", 2)
    assert skips[3].reason.startswith("photo of A: leads out of the media folder")
    assert skips[4] == Skip(str(photos), "photos listed for 2 ids not in the feed (B, C)")


def test_a_list_without_its_columns(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["sku", "name"], ["A", "Bag"]))
    photos = write_feed("sku,label\nA,x\n", "photos.csv")
    with pytest.raises(
        CatalogError, match="has the columns sku and image; this one has sku, label"
    ):
        read_feed(feed, photo_lists=(photos,))

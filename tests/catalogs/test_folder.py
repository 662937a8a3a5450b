from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from catalogs.helpers import read_feed
from goodsight.catalogs import open_catalog
from goodsight.core.errors import CatalogError, UsageError
from goodsight.core.types import Product, Skip


def put(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"photo")
    return str(path.resolve())


def test_folders_and_loose_photos(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    loose = put(root / "blue_t-shirt.JPG")
    first, second = (
        put(root / "Fruit" / "Golden-Delicious" / "1.jpg"),
        put(root / "Fruit" / "Golden-Delicious" / "2.webp"),
    )
    above = put(root / "Fruit" / "basket.png")
    source = str(root.resolve())
    products, skips = read_feed(root)
    assert skips == []
    assert products == [
        Product("blue_t-shirt.JPG", "blue t shirt", photos=(loose,), source=source),
        Product("Fruit", "Fruit", photos=(above,), source=source),
        Product(
            "Fruit/Golden-Delicious", "Golden Delicious", categories=(("Fruit",),),
            photos=(first, second), source=source,
        ),
    ]  # fmt: skip


def test_what_is_no_photo_is_left_out(tmp_path: Path) -> None:
    for name in (
        ".hidden.jpg",
        ".git/a.jpg",
        "__MACOSX/a.jpg",
        "notes.txt",
        "bag/readme.md",
        "a.jpg",
    ):
        put(tmp_path / name)
    products, skips = read_feed(tmp_path)
    assert [product.id for product in products] == ["a.jpg"]
    assert skips == []


def test_pictures_that_cannot_be_read_are_reported(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    odd = put(tmp_path / "bag" / "b.JXL")
    products, skips = read_feed(tmp_path)
    assert len(products) == 1
    assert skips == [Skip(odd, ".jxl pictures are not read: convert it to JPEG")]


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    inside = put(root / "real" / "a.jpg")
    outside = put(tmp_path / "secret.jpg")
    (root / "real" / "again.jpg").symlink_to(inside)
    (root / "out.jpg").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "notes.txt").symlink_to(outside)
    products, skips = read_feed(root)
    assert [product.photos for product in products] == [(inside,)]
    assert sorted(skips, key=lambda skip: skip.reference) == [
        Skip(str(root / "loop"), "a link to a folder is not followed"),
        Skip(str(root / "out.jpg"), "a link that leads out of the folder is not followed"),
    ]


def test_a_name_that_is_not_unicode_is_reported(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"photo")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    products, (skip,) = read_feed(tmp_path)
    assert len(products) == 1
    assert skip.reference.endswith("caf\ufffd.jpg")
    assert "not valid Unicode" in skip.reason


def test_a_folder_without_photos(tmp_path: Path) -> None:
    put(tmp_path / "notes.txt")
    with pytest.raises(CatalogError, match="no photo in this folder"):
        read_feed(tmp_path)


def test_a_folder_that_vanishes_meanwhile_is_reported(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    put(tmp_path / "gone" / "b.jpg")
    items = open_catalog(str(tmp_path)).read()
    assert isinstance(next(items), Product)
    shutil.rmtree(tmp_path / "gone")
    (skip,) = items
    assert skip == Skip(
        str(tmp_path / "gone"), f"{tmp_path}/gone: cannot be listed: No such file or directory"
    )


def test_the_folder_itself_vanishes(tmp_path: Path) -> None:
    put(tmp_path / "shop" / "a.jpg")
    catalog = open_catalog(str(tmp_path / "shop"))
    shutil.rmtree(tmp_path / "shop")
    with pytest.raises(CatalogError, match="cannot be listed"):
        list(catalog.read())


def test_a_folder_that_cannot_be_listed_is_reported(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    put(tmp_path / "closed" / "b.jpg")
    closed = tmp_path / "closed"
    closed.chmod(0)
    try:
        if os.access(closed, os.R_OK):
            pytest.skip("this user may read every folder")
        products, (skip,) = read_feed(tmp_path)
    finally:
        closed.chmod(0o755)
    assert [product.id for product in products] == ["a.jpg"]
    assert skip.reference == str(closed)


def test_options_for_feed_files_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    with pytest.raises(UsageError, match="--map and --images are for feed files"):
        read_feed(tmp_path, column_map={"title": "name"})


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="cannot be listed"):
        read_feed(tmp_path / "nowhere", format="folder")

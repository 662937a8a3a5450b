from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalogs.conftest import WriteFeed
from goodsight.catalogs import CatalogOptions, formats, open_catalog
from goodsight.core.errors import CatalogError, UsageError

GENERIC = "id,title\n1,Bag\n"
MAGENTO = "sku,product_type,additional_attributes\nA,simple,size=S\n"
VENDURE = "name  ,slug ,optionGroups,optionValues,sku ,price\nBag,bag,,,B,5\n"

SHOPIFY = "Handle,Title,Variant SKU,Variant Price\nbag,Bag,B,5\n"
NEWER_SHOPIFY = "Title,URL handle,SKU,Option1 name,Option1 value,Price\nBag,bag,B,Size,S,5\n"
WOOCOMMERCE = "ID,Type,SKU,Name,In stock?,Regular price\n1,simple,B,Bag,1,5\n"
GOOGLE = "id\ttitle\timage link\tavailability\tprice\n1\tBag\tb.jpg\tin_stock\t5.00 USD\n"
ITEM = "<item><g:id>1</g:id><title>Bag</title>{}</item>"
RSS = f"<rss xmlns:g='http://base.google.com/ns/1.0'><channel>{ITEM}</channel></rss>"
XML = RSS.format("")
GOOGLE_XML = RSS.format("<g:image_link>b.jpg</g:image_link><g:condition>new</g:condition>")


def kind(path: Path, options: CatalogOptions | None = None) -> str:
    return type(open_catalog(str(path), options or CatalogOptions())).__name__


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (GENERIC, "GenericCatalog"),
        ('{"id": 1}\n', "GenericCatalog"),
        (MAGENTO, "MagentoCatalog"),
        (VENDURE, "VendureCatalog"),
        (VENDURE.replace(",", ";"), "VendureCatalog"),
        (SHOPIFY, "ShopifyCatalog"),
        (NEWER_SHOPIFY.replace(",", ";"), "ShopifyCatalog"),
        (WOOCOMMERCE, "WooCommerceCatalog"),
        (GOOGLE, "GoogleMerchantCatalog"),
        (GOOGLE_XML, "GoogleMerchantCatalog"),
        (XML, "GenericCatalog"),
    ],
)
@pytest.mark.parametrize("file_name", ["products.csv", "feed.jsonl", "photo.jpg", "noname"])
def test_the_content_decides(write_feed: WriteFeed, text: str, name: str, file_name: str) -> None:
    assert kind(write_feed(text, file_name)) == name


def test_a_folder_is_recognised(tmp_path: Path) -> None:
    assert kind(tmp_path) == "FolderCatalog"


def test_the_user_decides(write_feed: WriteFeed) -> None:
    assert kind(write_feed(MAGENTO), CatalogOptions(format="generic")) == "GenericCatalog"


def test_the_source_is_the_absolute_path(
    write_feed: WriteFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_feed(GENERIC)
    monkeypatch.chdir(path.parent)
    (path.parent / "link.csv").symlink_to(path)
    for name in ("feed.csv", "./feed.csv", "../shop/feed.csv", "link.csv"):
        assert open_catalog(name).source == str(path.resolve())
    assert open_catalog(".").source == str(path.parent.resolve())


def test_the_formats_have_help() -> None:
    assert [known.name for known in formats()] == [
        "folder", "magento", "vendure", "shopify", "woocommerce", "google", "generic",
    ]  # fmt: skip
    assert all(known.help and "\n" not in known.help for known in formats())


@pytest.mark.parametrize(
    "options",
    [
        CatalogOptions(format="xml"),
        CatalogOptions(currency="Euro"),
        CatalogOptions(media_root=Path("/no/such/folder")),
    ],
)
def test_options_that_make_no_sense(write_feed: WriteFeed, options: CatalogOptions) -> None:
    with pytest.raises(UsageError):
        open_catalog(str(write_feed(GENERIC)), options)


def test_a_map_needs_the_generic_format(write_feed: WriteFeed) -> None:
    path = write_feed(MAGENTO)
    with pytest.raises(UsageError, match="add --format generic"):
        open_catalog(str(path), CatalogOptions(column_map={"id": "sku"}))
    options = CatalogOptions(column_map={"id": "sku"}, format="generic")
    assert kind(path, options) == "GenericCatalog"


def test_a_mapped_column_helps_to_find_the_delimiter(write_feed: WriteFeed) -> None:
    path = write_feed("Nummer;Was, wie;Wo\n1;Bag;x\n")
    catalog = open_catalog(str(path), CatalogOptions(column_map={"id": "Nummer"}))
    assert [getattr(item, "id", "") for item in catalog.read()] == ["1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\xff\xd8\xff\xe0 JFIF", "a JPEG picture"),
        (b'[{"id": 1}]', "one JSON document"),
        (b'"', "no header line"),
        (b"{broken\n", "no line of it is a JSON object"),
        (b"just a letter to a friend\n", "no column names the product"),
        (b"\x00\x01\x02\x03" * 9, "binary data"),
        (b"<letter>to a friend</letter>", "no item, entry or product in this XML"),
        (b"<letter>to a friend", "the file ends too early"),
        (b"<letter>Jack & Jill</letter>", "line 1: not well-formed XML"),
    ],
)
def test_what_is_no_feed(write_feed: WriteFeed, content: bytes, message: str) -> None:
    path = write_feed(content)
    with pytest.raises(CatalogError, match=message) as caught:
        open_catalog(str(path))
    assert str(path.resolve()) in str(caught.value)


def test_a_path_that_is_not_unicode(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="not valid Unicode"):
        open_catalog(str(tmp_path / os.fsdecode(b"caf\xe9.csv")))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no such file or folder"):
        open_catalog(str(tmp_path / "nothing.csv"))


def test_a_pipe_is_no_feed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CatalogError, match="not a regular file"):
        open_catalog(str(tmp_path / "pipe"))


def test_a_folder_is_no_feed_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="a folder, but format 'generic'"):
        open_catalog(str(tmp_path), CatalogOptions(format="generic"))

"""Workbooks: the same rows to the same formats, whatever a spreadsheet does to them."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from catalogs.helpers import only_product, read_feed
from goodsight.catalogs import open_catalog
from goodsight.core.errors import CatalogError

Rows = list[list[object]]
WriteBook = Callable[..., Path]


@pytest.fixture
def write_book(tmp_path: Path) -> WriteBook:
    def write(*sheets: Rows, name: str = "feed.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for rows in sheets:
            sheet = book.create_sheet()
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


HEADER: list[object] = ["id", "title", "price", "image", "ean", "new", "since"]
BAG: list[object] = [
    7, "Bag", 12.5, "bag.jpg", 4006381333931, True, date(2026, 3, 1)
]  # fmt: skip


def test_values_of_cells(write_book: WriteBook) -> None:
    product = only_product(write_book([HEADER, BAG], name="products.csv"))
    assert (product.id, product.title, product.price) == ("7", "Bag", Decimal("12.5"))
    assert product.attributes == {
        "ean": ("4006381333931",), "new": ("true",), "since": ("2026-03-01 00:00:00",),
    }  # fmt: skip


def test_a_shopify_table_saved_as_a_workbook(write_book: WriteBook) -> None:
    path = write_book(
        [
            ["Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price", "Variant SKU"],
            ["shirt", "Shirt", "Size", 38, 20, "S38"],
            ["shirt", None, None, 40, 21.99, "S40"],
        ]
    )
    shirt = only_product(path)
    assert [(v.id, v.options, v.price) for v in shirt.variants] == [
        ("S38", {"Size": ("38",)}, Decimal(20)), ("S40", {"Size": ("40",)}, Decimal("21.99")),
    ]  # fmt: skip


def test_a_messy_workbook(write_book: WriteBook) -> None:
    """A cover sheet, a heading above the header, empty rows, a cell outside, an error."""
    path = write_book(
        [["Our catalogue"]],
        [
            ["Spring", "2026"],
            [],
            HEADER,
            BAG,
            [],
            [8, "Cup", "#N/A"],
            [9, "Pot", 3, None, None, None, None, None, "see below"],
            [10, "Jug", -3],
            [11, "Mug", 1299],
        ],
    )
    products, skips = read_feed(path)
    assert [(product.id, product.price) for product in products] == [
        ("7", Decimal("12.5")), ("11", Decimal(1299)),
    ]  # fmt: skip
    assert [(skip.reference, skip.row) for skip in skips] == [("8", 6), ("9", 7), ("10", 8)]
    assert "price '#N/A'" in skips[0].reason
    assert "to the right of the header" in skips[1].reason


def repacked(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one part of its archive changed, or added."""
    with zipfile.ZipFile(path) as old:
        parts = {part: b""} | {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, change(data) if name == part else data)
    return path


def test_texts_that_cells_share(write_book: WriteBook) -> None:
    """As Excel itself writes them; the tests' own writer does not."""
    path = write_book([["id", "title"], [7, 8]])
    repacked(
        path,
        "xl/worksheets/sheet1.xml",
        lambda sheet: re.sub(rb'<c r="B2"[^>]*><v>8', b'<c r="B2" t="s"><v>0', sheet),
    )
    repacked(
        path,
        "[Content_Types].xml",
        lambda types: types.replace(
            b"</Types>",
            b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
            b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        ),
    )
    repacked(
        path,
        "xl/sharedStrings.xml",
        lambda _: (
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b"<si><r><t>Red </t></r><r><t>bag</t></r></si></sst>"
        ),
    )
    assert only_product(path).title == "Red bag"


def test_a_cell_at_the_far_corner_costs_nothing(write_book: WriteBook) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = repacked(
        write_book([HEADER, BAG]),
        "xl/worksheets/sheet1.xml",
        lambda sheet: sheet.replace(b"</sheetData>", corner),
    )
    assert only_product(path).id == "7"


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles2.xml", "xl/worksheets/2.xml"])
def test_what_unpacks_without_measure_is_refused(write_book: WriteBook, part: str) -> None:
    path = write_book([HEADER, BAG])
    with zipfile.ZipFile(path, "a") as book:
        book.writestr(part, b"<x/>")
        # What a part states counts: the archive's reader gives no more than that.
        book.getinfo(part).file_size = 5 << 30
    with pytest.raises(CatalogError, match="too large unpacked"):
        open_catalog(str(path))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_broken_workbook(write_book: WriteBook, part: str) -> None:
    path = repacked(write_book([HEADER, BAG]), part, lambda data: data[: len(data) // 2])
    with pytest.raises(CatalogError, match="cannot be read"):
        open_catalog(str(path))


def test_other_archives_are_no_workbooks(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("products.csv", "id,title\n")
    path = tmp_path / "feed.xlsx"
    for data in (archive.getvalue(), b"PK\x03\x04 broken"):
        path.write_bytes(data)
        with pytest.raises(CatalogError, match="a ZIP archive"):
            open_catalog(str(path))


def test_a_workbook_without_a_table(write_book: WriteBook) -> None:
    with pytest.raises(CatalogError, match="no sheet of this workbook has a header"):
        open_catalog(str(write_book([["A letter"], ["to a friend"]])))


@pytest.mark.parametrize("module", ["openpyxl", "pyarrow"])
def test_without_the_extra_the_error_says_how_to_get_it(
    write_book: WriteBook, tmp_path: Path, module: str
) -> None:
    path = write_book([HEADER, BAG])
    if module == "pyarrow":
        path.write_bytes(b"PAR1....PAR1")
    script = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from goodsight.catalogs import open_catalog\n"
        "from goodsight.core.errors import MissingExtra\n"
        "try: open_catalog(sys.argv[1])\n"
        "except MissingExtra as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert "pip install 'goodsight[feeds]'" in done.stdout

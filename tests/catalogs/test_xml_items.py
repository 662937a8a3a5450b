"""XML taken apart: what is broken costs one item, what is hostile costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogs.conftest import WriteFeed
from goodsight.catalogs.encodings import TextEncoding
from goodsight.catalogs.rows import ITEM_SEPARATOR, BadRow, Row
from goodsight.catalogs.xml_items import read_xml_items
from goodsight.core.errors import CatalogError

UTF8 = TextEncoding("utf-8")


def read(path: Path) -> Iterator[Row | BadRow]:
    return read_xml_items(path, UTF8)


def cells(path: Path) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read(path)]


def test_elements_become_cells(write_feed: WriteFeed) -> None:
    text = """<shop><products><product code="7" xml:lang="en">
      <name>Bag</name><note>big&nbsp;one</note><note>blue</note><empty/>
      <attributes><colour>red</colour></attributes><size><width>3</width></size>
      <description>One <b>bold</b> word</description>
    </product></products></shop>"""
    assert cells(write_feed(text)) == [
        {
            "code": "7", "name": "Bag", "note": f"big\xa0one{ITEM_SEPARATOR}blue{ITEM_SEPARATOR}",
            "colour": "red", "size.width": "3", "description": "One bold  word",
        }
    ]  # fmt: skip


def test_a_broken_item_is_given_up_alone(write_feed: WriteFeed) -> None:
    text = (
        "<rss><channel>\n"
        "<item><id>1</id></item>\n"
        "<item><id>2</id><title>Jack & Jill</title></item>\n"
        "<item><id>3</id></item>\n"
        "<item><id>4</title></item>\n"
        "<item><id>5</id></item>\n"
        "</channel></rss>\n"
    )
    rows = list(read(write_feed(text)))
    assert [(row.number, row.cells.get("id"), isinstance(row, BadRow)) for row in rows] == [
        (2, "1", False), (3, "2", True), (4, "3", False), (5, None, True), (6, "5", False),
    ]  # fmt: skip
    assert isinstance(rows[1], BadRow)
    assert rows[1].reason == "not well-formed XML: not well-formed (invalid token) in line 3"


def test_items_broken_across_the_pieces_of_a_file(write_feed: WriteFeed) -> None:
    """Whatever lies between two pieces that are read, no item is lost."""
    padding = "x" * 997
    text = "<r>\n" + "".join(
        f"<item><id>{n}</id><t>{padding}{'&' if n % 3 == 0 else ''} </t></item>\n"
        for n in range(600)
    )
    rows = list(read(write_feed(text + "</r>")))
    assert [row.cells["id"] for row in rows] == [str(n) for n in range(600)]
    assert [row.number for row in rows] == list(range(2, 602))
    assert all(isinstance(row, BadRow) == (n % 3 == 0) for n, row in enumerate(rows))


LAUGHS = """<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<r><item><id>&b;</id></item></r>"""
OTHER_FILE = """<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<r><item><id>&x;</id></item></r>"""
PARAMETER = """<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]>
<r><item><id>1</id></item></r>"""


@pytest.mark.parametrize("text", [LAUGHS, OTHER_FILE, PARAMETER])
def test_entities_are_not_declared_here(write_feed: WriteFeed, text: str) -> None:
    with pytest.raises(CatalogError, match="it declares the entity"):
        list(read(write_feed(text)))


def test_a_declaration_elsewhere_is_not_fetched(write_feed: WriteFeed, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other.dtd"
    elsewhere.write_text("<!ENTITY x 'from elsewhere'>")
    text = f"<!DOCTYPE r SYSTEM '{elsewhere.as_uri()}'><r><item><id>1&x;</id></item></r>"
    assert cells(write_feed(text)) == [{"id": "1&x;"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<r>" + "<a>" * 100, "nested too deep"),
        ("<r><item><id>1</id></item>", "line 1: the file ends too early"),
        ("<r><item><id>1</id></item><item><id>2", "the file ends too early"),
        ("<r><item><id>1</id></item><a b='" + "x" * (3 << 20), "a tag that does not end"),
    ],
)
def test_what_cannot_be_read_to_its_end(write_feed: WriteFeed, text: str, message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        list(read(write_feed(text)))


def test_an_item_without_measure_is_reported(write_feed: WriteFeed) -> None:
    text = f"<r><item><id>1</id><t>{'x' * (2 << 20)}</t></item><item><id>2</id></item></r>"
    first, second = read(write_feed(text))
    assert isinstance(first, BadRow)
    assert (first.reason, first.cells) == ("the item is larger than 1 MiB", {"id": "1"})
    assert second.cells == {"id": "2"}


def test_controls_that_no_xml_may_hold_are_left_out(write_feed: WriteFeed) -> None:
    assert cells(write_feed("<r><item><id>a\x0bb\x00</id></item></r>")) == [{"id": "ab"}]

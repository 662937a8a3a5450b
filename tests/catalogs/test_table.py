from __future__ import annotations

import csv
from collections.abc import Iterable

import pytest

from goodsight.catalogs.columns import is_known_name
from goodsight.catalogs.lines import Line
from goodsight.catalogs.rows import BadRow, Row
from goodsight.catalogs.table import MAX_ROW_LINES, read_table, sniff_table


def lines_of(text: str) -> list[Line]:
    return [Line(number, line) for number, line in enumerate(text.splitlines(keepends=True), 1)]


def read(text: str) -> list[Row | BadRow]:
    layout = sniff_table(lines_of(text), is_known_name)
    assert layout is not None
    return list(read_table(lines_of(text), layout))


def good(rows: Iterable[Row | BadRow]) -> list[tuple[int, str]]:
    return [(row.number, row.cells.get("id", "")) for row in rows if isinstance(row, Row)]


def bad(rows: Iterable[Row | BadRow]) -> list[tuple[int, str]]:
    return [(row.number, row.reason) for row in rows if isinstance(row, BadRow)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    text = delimiter.join(["id", "title", "price"]) + "\n"
    text += delimiter.join(["1", '"a, b; c | d\te"', "5"]) + "\n"
    assert read(text) == [Row(2, {"id": "1", "title": "a, b; c | d\te", "price": "5"})]


def test_excels_separator_line_is_obeyed() -> None:
    assert read("sep=;\nid;title,x\n1;A\n") == [Row(3, {"id": "1", "title,x": "A"})]


def test_padded_headers_and_cells() -> None:
    text = 'id   , title ,"tags"  \n1    ,"A ""b"""   , "x|y"  \n2,"two\nlines"  ,z\n'
    assert read(text) == [
        Row(2, {"id": "1", "title": 'A "b"', "tags": "x|y"}),
        Row(3, {"id": "2", "title": "two\nlines", "tags": "z"}),
    ]


def test_row_numbers_are_physical_lines() -> None:
    text = '\nid,title\n1,"two\nlines"\n\n2,B\n'
    assert good(read(text)) == [(3, "1"), (6, "2")]


def test_a_header_may_have_line_breaks() -> None:
    assert read('id,"title\nin full"\n1,A\n') == [Row(3, {"id": "1", "title\nin full": "A"})]


def test_empty_rows_and_cells_are_left_out() -> None:
    assert read("id,title,price\n,,\n1,,5\n   ,\n") == [Row(3, {"id": "1", "price": "5"})]


def test_a_byte_order_mark_is_no_part_of_a_name() -> None:
    assert good(read("\ufeffid,title\n1,A\n")) == [(2, "1")]


def test_nul_and_control_characters_go() -> None:
    assert read("id,title\n1,A\x00B\x07C\n") == [Row(2, {"id": "1", "title": "ABC"})]


def test_repeated_and_nameless_columns() -> None:
    text = "id,image,image,,title\n1,a.jpg,b.jpg,lost,A\n"
    assert read(text) == [Row(2, {"id": "1", "image": "a.jpg", "image 2": "b.jpg", "title": "A"})]


def test_a_short_row_lacks_its_last_cells() -> None:
    assert read("id,title,price\n1,A\n") == [Row(2, {"id": "1", "title": "A"})]


def test_a_row_with_surplus_cells_is_bad() -> None:
    rows = read("id,title\n1,A,shifted\n2,B,,\n")
    assert bad(rows) == [(2, "3 cells where the header has 2")]
    assert rows[0].cells == {"id": "1", "title": "A"}
    assert good(rows) == [(3, "2")]


def test_stray_quotes_within_one_line_are_taken_as_they_are() -> None:
    rows = read('id,title,price\n1,29" wide,5\n2,"29" wide",6\n3,C,7\n')
    assert [row.cells.get("title") for row in rows] == ['29" wide', '29 wide"', "C"]


def test_a_quote_closed_too_early_loses_one_row() -> None:
    rows = read('id,title,price\n1,"Foo,5\n2,"Baz",6\n3,C,7\n')
    assert [number for number, _ in bad(rows)] == [2]
    assert rows[0].cells["id"] == "1"
    assert good(rows) == [(3, "2"), (4, "3")]


def test_the_rest_of_a_broken_row_is_no_row() -> None:
    text = 'id,title,price\n1,"He said "hi"\nand left,\nlater",5\n2,B,6\n'
    rows = read(text)
    assert len(bad(rows)) == 1
    assert bad(rows)[0][1].startswith("lines 2 to 4: the quotes in this row do not match")
    assert good(rows) == [(5, "2")]


def test_a_quote_that_never_closes_loses_one_row() -> None:
    text = 'id,title\n1,"open\n' + "".join(f"{n},fine\n" for n in range(2, MAX_ROW_LINES * 2))
    rows = read(text)
    assert [number for number, _ in bad(rows)] == [2]
    assert len(good(rows)) == MAX_ROW_LINES * 2 - 2


def test_an_open_quote_at_the_end_of_the_file() -> None:
    rows = read('id,title\n1,A\n2,"open\n')
    assert good(rows) == [(2, "1")]
    assert [number for number, _ in bad(rows)] == [3]


def test_an_overlong_cell_is_reported() -> None:
    rows = read(f"id,title\n1,{'x' * (csv.field_size_limit() + 1)}\n2,B\n")
    assert bad(rows) == [(2, "a cell is longer than 131,072 characters")]
    assert good(rows) == [(3, "2")]


def test_an_undecodable_line_spoils_only_its_row() -> None:
    lines = lines_of('id,title\n1,"a\nb\nc"\n2,B\n')
    lines[2] = Line(3, "\ufffd\n", "not UTF-8 text")
    layout = sniff_table(lines, is_known_name)
    assert layout is not None
    rows = list(read_table(lines, layout))
    assert bad(rows) == [(2, "line 3: not UTF-8 text")]
    assert rows[0].cells["id"] == "1"
    assert good(rows) == [(5, "2")]


def test_a_cut_line_spoils_only_its_row() -> None:
    lines = lines_of("id,title\n1,A\n2,B\n")
    lines[1] = Line(2, '1,"A', "the line is longer than 4 MiB", is_cut=True)
    layout = sniff_table(lines, is_known_name)
    assert layout is not None
    rows = list(read_table(lines, layout))
    assert bad(rows) == [(2, "the line is longer than 4 MiB")]
    assert rows[0].cells["id"] == "1"
    assert good(rows) == [(3, "2")]


def test_no_header() -> None:
    assert sniff_table([], is_known_name) is None
    assert sniff_table(lines_of("\n\n"), is_known_name) is None

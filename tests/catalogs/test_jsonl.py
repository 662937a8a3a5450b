from __future__ import annotations

from goodsight.catalogs.jsonl import read_json_lines
from goodsight.catalogs.lines import Line
from goodsight.catalogs.rows import BadRow, Row, several


def read(*texts: str) -> list[Row | BadRow]:
    return list(read_json_lines(Line(number, text) for number, text in enumerate(texts, 1)))


def test_values_become_cells() -> None:
    (row,) = read('{"id": 7, "title": " A ", "price": 12.50, "new": true, "brand": null, "x": ""}')
    expected = {"id": "7", "title": "A", "price": "12.50", "new": "true"}
    assert row == Row(1, expected, frozenset({"id", "price"}))


def test_lists_are_several_values() -> None:
    (row,) = read('{"image": ["a|b.jpg", "c.jpg"], "one": ["x"], "none": [], "deep": [{"a": 1}]}')
    assert sorted(row.cells) == ["image", "one"]
    assert list(several(row.cells["image"])) == ["a|b.jpg", "c.jpg"]
    assert list(several(row.cells["one"])) == ["x"]


def test_objects_are_taken_apart_once() -> None:
    (row,) = read('{"attributes": {"color": "red"}, "size": {"width": 3, "deep": {"a": 1}}}')
    assert row.cells == {"color": "red", "size.width": "3"}


def test_lone_surrogates_and_controls_go() -> None:
    (row,) = read(r'{"title": "a\ud800b\u0000c\ud83d\ude00"}')
    assert row.cells == {"title": "abc😀"}


def test_bad_lines_are_reported_and_the_rest_is_read() -> None:
    rows = read('{"id": 1}', "{broken", "", "[1]", "[" * 100_000, '{"id": 2}')
    assert [(row.number, type(row)) for row in rows] == [
        (1, Row), (2, BadRow), (4, BadRow), (5, BadRow), (6, Row),
    ]  # fmt: skip


def test_an_undecodable_line_is_reported() -> None:
    rows = read_json_lines([Line(1, '{"id": "\ufffd"}', "not UTF-8 text"), Line(2, '{"id": 2}')])
    assert [(row.number, type(row)) for row in rows] == [(1, BadRow), (2, Row)]


def test_strange_numbers_stay_text() -> None:
    (row,) = read('{"a": 1e999999, "b": NaN, "c": ' + "9" * 5000 + "}")
    assert row.cells == {"a": "1e999999", "b": "NaN", "c": "9" * 5000}

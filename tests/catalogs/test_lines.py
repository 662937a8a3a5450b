from __future__ import annotations

import pytest

from catalogs.conftest import WriteFeed
from goodsight.catalogs.encodings import CHUNK_BYTES, TextEncoding
from goodsight.catalogs.lines import MAX_LINE_BYTES, Line, read_lines
from goodsight.core.errors import CatalogError

UTF8 = TextEncoding("utf-8")


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "gb18030"])
def test_all_line_ends_count(write_feed: WriteFeed, codec: str) -> None:
    path = write_feed("a\nb\r\nc\rd\u2028e", encoding=codec)
    expected = [Line(1, "a\n"), Line(2, "b\r\n"), Line(3, "c\r"), Line(4, "d\u2028e")]
    assert list(read_lines(path, TextEncoding(codec))) == expected


@pytest.mark.parametrize("offset", [-2, -1, 0, 1])
def test_a_line_end_may_fall_between_two_chunks(write_feed: WriteFeed, offset: int) -> None:
    text = "x" * (CHUNK_BYTES + offset) + "\r\nend"
    lines = list(read_lines(write_feed(text), UTF8))
    assert [(line.number, line.text[-5:]) for line in lines] == [(1, "xxx\r\n"), (2, "end")]


def test_a_line_that_cannot_be_decoded_keeps_its_rest(write_feed: WriteFeed) -> None:
    first, bad, last = read_lines(write_feed(b"a,1\nb\xff,2\nc,3\n"), UTF8)
    assert (first.problem, last.problem) == ("", "")
    assert bad.text == "b\ufffd,2\n"
    assert "byte 2 of the line" in bad.problem


def test_cp1252_takes_every_byte(write_feed: WriteFeed) -> None:
    path = write_feed(bytes(range(0x80, 0x100)) + b"\nnext")
    assert [line.problem for line in read_lines(path, TextEncoding("cp1252"))] == ["", ""]


def test_a_broken_pair_in_utf16_costs_one_character(write_feed: WriteFeed) -> None:
    path = write_feed("a\n".encode("utf-16-le") + b"\x00\xd8" + "b\n".encode("utf-16-le") + b"x")
    assert [line.text for line in read_lines(path, TextEncoding("utf-16-le"))] == [
        "a\n", "\ufffdb\n", "\ufffd",
    ]  # fmt: skip


def test_an_endless_line_is_cut_and_the_next_one_read(write_feed: WriteFeed) -> None:
    path = write_feed(b"first\n" + b"x" * (3 * MAX_LINE_BYTES) + b"\nlast\n")
    lines = list(read_lines(path, UTF8))
    assert [line.number for line in lines] == [1, 2, 3]
    assert [line.is_cut for line in lines] == [False, True, False]
    assert "longer than 4 MiB" in lines[1].problem
    assert len(lines[1].text) == MAX_LINE_BYTES
    assert lines[2].text == "last\n"


def test_a_file_that_vanishes_is_a_catalog_error(write_feed: WriteFeed) -> None:
    path = write_feed("a\n")
    path.unlink()
    with pytest.raises(CatalogError, match="cannot be read"):
        list(read_lines(path, UTF8))

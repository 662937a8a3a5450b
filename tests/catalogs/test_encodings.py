from __future__ import annotations

import codecs

import pytest

from catalogs.conftest import WriteFeed
from goodsight.catalogs.encodings import TextEncoding, detect_encoding
from goodsight.core.errors import CatalogError

HEADER = "id,title,price\n"
CHINESE = HEADER + "1,纯棉连衣裙 夏季新款,52\n2,运动鞋 男士,99\n3,双肩背包,120\n"
FRENCH = HEADER + "1,Été à la plage,52\n2,Chaussures légères,99\n3,Châle crème,12\n"
GERMAN = HEADER + "1,Übergröße für Männer,52\n2,Straßenschuhe schön weiß,99\n"
RUSSIAN = HEADER + "1,Красная рубашка,52\n2,синие джинсы,99\n3,Кожаная сумка,12\n"
JAPANESE = HEADER + "1,これは綿のシャツです,52\n2,赤い靴,99\n3,バッグ 黒,12\n"


@pytest.mark.parametrize(
    ("text", "codec", "found"),
    [
        (HEADER + "1,Shirt,5\n", "ascii", "utf-8"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (FRENCH, "latin-1", "cp1252"),
        (FRENCH + "4,“Été” – 5 €,5\n", "cp1252", "cp1252"),
        (GERMAN, "latin-1", "cp1252"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN.upper(), "cp1251", "cp1251"),
        (HEADER + "1,Смартфон Apple iPhone 15 чёрный (новый),52\n", "cp1251", "cp1251"),
        (JAPANESE, "cp932", "cp932"),
        (HEADER + "1,レディース シューズ 黒,52\n2,ワンピース 長袖,9\n", "cp932", "cp932"),
        (HEADER + "1,女士真皮高跟鞋 黑色,52\n2,男士休闲牛仔裤,9\n", "gb18030", "gb18030"),
        (HEADER + "1,Smörgåsbord på ÅÄÖ,5\n2,Ängelhöft,5\n", "latin-1", "cp1252"),
        (HEADER + "1,Café,5\n", "latin-1", "cp1252"),
        (HEADER + "1,Größe,5\n", "latin-1", "cp1252"),
        (HEADER + "1,背包,5\n", "gb18030", "gb18030"),
    ],
)
def test_encodings_without_a_mark(write_feed: WriteFeed, text: str, codec: str, found: str) -> None:
    assert detect_encoding(write_feed(text, encoding=codec)) == TextEncoding(found)


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_decides(write_feed: WriteFeed, mark: bytes, codec: str) -> None:
    path = write_feed(mark + CHINESE.encode(codec))
    assert detect_encoding(path) == TextEncoding(codec, len(mark))


@pytest.mark.parametrize(
    ("text", "codec", "found"), [(CHINESE, "gb18030", "gb18030"), (FRENCH, "latin-1", "cp1252")]
)
def test_the_whole_file_counts_not_its_beginning(
    write_feed: WriteFeed, text: str, codec: str, found: str
) -> None:
    ascii_rows = "".join(f"A{number},Plain shirt,5.00\n" for number in range(60_000))
    assert len(ascii_rows) > 1_000_000
    path = write_feed((HEADER + ascii_rows + text.removeprefix(HEADER)).encode(codec))
    assert detect_encoding(path).codec == found


def test_few_rows_in_something_else_leave_utf8(write_feed: WriteFeed) -> None:
    rows = "".join(f"{number},Füllfederhalter,5\n" for number in range(20))
    path = write_feed((HEADER + rows).encode() + "99,Käse,5\n".encode("latin-1"))
    assert detect_encoding(path).codec == "utf-8"


def test_few_broken_rows_leave_gb18030(write_feed: WriteFeed) -> None:
    rows = "".join(f"{number},纯棉连衣裙,5\n" for number in range(40))
    path = write_feed((HEADER + rows).encode("gb18030") + b"99,\xff\xff,5\n")
    assert detect_encoding(path).codec == "gb18030"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"\xff\xd8\xff\xe0...", "JPEG"),
        (b"GIF89a....", "GIF"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"PK\x03\x04....", "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
        (b"\x1f\x8b\x08....", "gzip"),
        (b"PAR1....", "Parquet"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\x00\x00\x00\x20ftypavif", "AVIF"),
        (b"BM\x36\x00\x00\x00\x00\x00", "BMP"),
        (bytes(range(256)) * 4, "binary"),
    ],
)
def test_what_is_no_text_is_named(write_feed: WriteFeed, content: bytes, kind: str) -> None:
    path = write_feed(content)
    with pytest.raises(CatalogError, match=kind) as caught:
        detect_encoding(path)
    assert str(path) in str(caught.value)

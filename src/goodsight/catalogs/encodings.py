"""Which encoding a feed is written in, judged by the whole file and not by its beginning."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from goodsight.catalogs.file_kinds import name_binary_kind
from goodsight.core.errors import CatalogError

__all__ = ["TextEncoding", "declared_encoding", "detect_encoding", "read_chunks"]

CHUNK_BYTES = 1 << 16
HEAD_BYTES = 1 << 16
SAMPLE_BYTES = 1 << 16
# Below this many bytes beyond ASCII statistics say little; see `_judge_legacy`.
TINY_SAMPLE_BYTES = 16
# UTF-8 with stray rows in something else is still UTF-8 when this many times more rows are.
UTF8_MAJORITY = 4
MIN_DECODABLE_SHARE = 0.9
MAX_CONTROL_SHARE = 0.05
MIN_KANA_SHARE = 0.1
LONG_RUN_BYTES = 4
MIN_LONG_RUN_SHARE = 0.25
FIRST_CYRILLIC_LETTER = 0xC0
MIN_CYRILLIC_SHARE = 0.85

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1a\x1b\x1f")) + b"\x7f"
_HAS_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1e\x7f]")
_TOUCHES_LETTER = re.compile(rb"[A-Za-z][\x80-\xff]+|[\x80-\xff]+[A-Za-z]")
# What XML may declare beyond UTF-8, as Python calls it.
_TEXT_CODEC = re.compile(r"cp\d{3,4}|iso8859-\d+|gb\w+|big5|shift_jis|euc_\w+|koi8-\w")
_DECLARED = re.compile(r"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']""")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """A codec's name, and how many bytes of byte order mark stand before the text."""

    codec: str
    mark_bytes: int = 0

    @property
    def is_wide(self) -> bool:
        """Whether line ends are more than one byte."""
        return self.codec.startswith(("utf-16", "utf-32"))


def detect_encoding(path: Path) -> TextEncoding:
    """Find the encoding under which (nearly) every line of the file is text.

    A byte order mark decides; else UTF-16 shows by its zero bytes; else UTF-8 is taken if
    the whole file, or the large majority of its lines beyond ASCII, is UTF-8; else
    `_judge_legacy` judges the lines beyond ASCII, wherever in the file they are. Lines
    the chosen encoding cannot decode are for the reader to report.

    Raises CatalogError for an empty file, one that is no text, and one that cannot be read.
    """
    try:
        return _detect(path)
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror or error}") from error


def declared_encoding(first_line: str, found: TextEncoding) -> TextEncoding:
    """What an XML declaration says, where the bytes themselves leave room for doubt.

    A file that is UTF-8 through and through, or begins with a mark, is what it is.
    """
    declared = _DECLARED.match(first_line)
    if declared is None or found.mark_bytes or found.is_wide or found.codec == "utf-8":
        return found
    try:
        codec = codecs.lookup(declared[1]).name
    except LookupError:
        return found
    # Latin-1 is what everybody says who writes cp1252, which contains it.
    usual = {"iso8859-1": "cp1252", "utf-8": found.codec, "ascii": found.codec}.get(codec, codec)
    return TextEncoding(usual) if _TEXT_CODEC.fullmatch(usual) else found


def read_chunks(path: Path, skip: int = 0) -> Iterator[bytes]:
    """The bytes of a file from offset `skip`, `CHUNK_BYTES` at a time. Raises OSError."""
    with path.open("rb") as stream:
        stream.seek(skip)
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _detect(path: Path) -> TextEncoding:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head.strip():
        raise CatalogError(f"{path}: the file is empty")
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return TextEncoding(codec, len(mark))
    kind = name_binary_kind(head)
    if kind is not None:
        raise CatalogError(f"{path}: this is {kind}, not a feed: give a CSV, TSV or JSONL file")
    wide = _wide_without_mark(head)
    if wide is not None:
        return TextEncoding(wide)
    if len(head.translate(None, _CONTROLS)) < len(head) * (1 - MAX_CONTROL_SHARE):
        raise CatalogError(f"{path}: this is binary data, not text: give a CSV, TSV or JSONL file")
    if _is_utf8(path):
        return TextEncoding("utf-8")
    sample, mostly_utf8 = _sample_beyond_ascii(path)
    return TextEncoding("utf-8" if mostly_utf8 else _judge_legacy(sample))


def _wide_without_mark(head: bytes) -> str | None:
    """Separators and digits of a table in UTF-16 have a zero byte, always on the same side."""
    pairs = len(head) // 2
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    for codec, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > pairs * MAX_CONTROL_SHARE and zeros > others * 10:
            try:
                text = codecs.getincrementaldecoder(codec)().decode(head)
            except UnicodeDecodeError:
                continue
            # Text with a few stray zero bytes does not end its lines in pairs of bytes.
            if "\n" in text and not _HAS_CONTROLS.search(text):
                return codec
    return None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in read_chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample_beyond_ascii(path: Path) -> tuple[bytes, bool]:
    """Up to `SAMPLE_BYTES` of lines that are not UTF-8, and whether most others are."""
    sample: list[bytes] = []
    size = good = bad = 0
    for chunk in read_chunks(path):
        # A chunk's cut may break one character; so few lines do not matter.
        for line in () if chunk.isascii() else chunk.splitlines():
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                bad += 1
                if size < SAMPLE_BYTES:
                    sample.append(line[: SAMPLE_BYTES - size])
                    size += len(sample[-1])
            else:
                good += 1
    return b"\n".join(sample), good > bad * UTF8_MAJORITY


def _judge_legacy(sample: bytes) -> str:
    """cp1252, which contains Latin-1, gb18030, cp1251 or cp932; the first when in doubt.

    More encodings would mistake short Western texts for Korean or Polish.
    """
    lines = sample.split(b"\n")
    chinese = [line for line in lines if _decodes(line, "gb18030")]
    if len(chinese) >= len(lines) * MIN_DECODABLE_SHARE:
        # Few broken lines must not rule out what all the others say.
        sample = b"\n".join(chinese)
    runs = _BEYOND_ASCII.findall(sample)
    if sum(map(len, runs)) < TINY_SAMPLE_BYTES:
        # One or two words: accented letters stand among plain ones, Chinese characters apart.
        western = len(_TOUCHES_LETTER.findall(sample)) * 2 >= len(runs)
        return "cp1252" if western or not _decodes(sample, "gb18030") else "gb18030"
    # Chinese bytes often happen to be Japanese characters, but hardly ever kana; and what begins
    # a kana is no letter of Western texts.
    if _has_kana(sample.decode("cp932", errors="replace")):
        return "cp932"
    # Accented letters hardly ever stand four in a row; characters of other scripts do.
    in_long_runs = sum(len(run) for run in runs if len(run) >= LONG_RUN_BYTES)
    if in_long_runs < sum(map(len, runs)) * MIN_LONG_RUN_SHARE:
        return "cp1252"
    if _is_cyrillic(b"".join(runs)):
        return "cp1251"
    return "gb18030" if _decodes(sample, "gb18030") else "cp1252"


def _is_cyrillic(beyond_ascii: bytes) -> bool:
    """Letters of cp1251 lie in the last quarter, bytes of Chinese characters in all the half."""
    letters = sum(byte >= FIRST_CYRILLIC_LETTER for byte in beyond_ascii)
    return letters >= len(beyond_ascii) * MIN_CYRILLIC_SHARE


def _has_kana(text: str) -> bool:
    beyond_ascii = [character for character in text if not character.isascii()]
    kana = sum("\u3041" <= character <= "\u30fe" for character in beyond_ascii)
    return kana > len(beyond_ascii) * MIN_KANA_SHARE


def _decodes(sample: bytes, codec: str) -> bool:
    try:
        sample.decode(codec)
    except UnicodeDecodeError:
        return False
    return True

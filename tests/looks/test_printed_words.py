"""Words on a drawn package are read; without the extra the error names it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from goodsight.core.errors import MissingExtra
from goodsight.core.looks import Described
from goodsight.core.types import Photo
from goodsight.looks import Describer, WordReader, can_read_words

with_reader = pytest.mark.skipif(not can_read_words(), reason="the extra 'quality' is absent")


def package(*lines: str) -> Photo:
    image = Image.new("RGB", (460, 430), "#e8e0d0")
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((30, 60 + 90 * row), line, fill="#202060", font=ImageFont.load_default(56))
    return Photo("package.png", "", np.asarray(image), 460, 430)


@with_reader
def test_words_are_read_from_top_to_bottom(capfd):
    lines = WordReader().lines(package("OAT DRINK", "Barista 1 L"))

    assert [text.replace(" ", "").casefold() for text, _ in lines] == ["oatdrink", "barista1l"]
    assert all(0.5 <= confidence <= 1 for _, confidence in lines)
    assert capfd.readouterr() == ("", "")


@with_reader
def test_threads_do_not_mix_photos_up():
    reader = WordReader()
    photos = [package(word, word[::-1]) for word in ("OATMEAL", "VANILLA", "BARISTA", "MANGO")]
    alone = [reader.words(photo) for photo in photos]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(reader.words, photos * 3))

    assert together == alone * 3
    assert len(set(alone)) == len(alone)


@with_reader
@pytest.mark.parametrize("shape", [(430, 460, 3), (1, 1, 3), (2000, 3, 3)])
def test_nothing_printed_is_no_words(shape, capfd):
    blank = Photo("blank", "", np.full(shape, 200, dtype=np.uint8), *shape[1::-1])

    assert Describer(WordReader()).describe(blank).printed_words == ()
    assert capfd.readouterr() == ("", "")


def test_without_the_extra_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)

    assert not can_read_words()
    with pytest.raises(MissingExtra, match=r"goodsight\[quality\]"):
        WordReader().words(package("OAT"))


def test_a_describer_without_a_reader_leaves_words_unread():
    describer = Describer()

    assert describer.describe(package("OAT")).printed_words is None
    assert describer.reach is Described.PLAINLY


def test_the_room_loads_no_reader_before_it_is_needed():
    script = (
        "import sys; from goodsight.looks import Describer, WordReader; Describer(WordReader());"
        "sys.exit('rapidocr' in sys.modules or 'cv2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

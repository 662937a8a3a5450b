import sys

import pytest

from goodsight.config import Settings
from goodsight.core.looks import Described
from goodsight.looks import can_read_words
from goodsight.wiring import Wiring


@pytest.mark.skipif(not can_read_words(), reason="the extra 'quality' is absent")
@pytest.mark.parametrize(
    ("profile", "read_words", "reach"),
    [
        ("quality", True, Described.WITH_WORDS),
        ("quality", False, Described.PLAINLY),
        ("fast", True, Described.PLAINLY),
    ],
)
def test_printed_words_are_read_where_the_profile_reads_and_the_owner_wants(
    tmp_path, profile, read_words, reach
):
    wiring = Wiring(Settings(home=tmp_path, read_words=read_words))
    assert wiring.describer(profile).reach is reach


def test_words_that_are_not_wanted_are_not_missed(tmp_path, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    Wiring(Settings(home=tmp_path, read_words=False)).describer("quality")
    assert not caplog.records
    Wiring(Settings(home=tmp_path)).describer("quality")
    assert "goodsight[quality]" in caplog.text

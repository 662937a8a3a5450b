"""Text becomes the same words on every keyboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.core.wording import fold_text, kept_words, words_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ärmel ＡＢＣ１２３", ("armel", "abc123")),
        ("Straße, Łódź & smørrebrød", ("strasse", "lodz", "smorrebrod")),
        ("MH01-XS 3.5mm", ("mh01", "xs", "3", "5mm")),
        ("红色连衣裙", ("红色", "色连", "连衣", "衣裙")),
        ("裙", ("裙",)),
        ("Nike跑步鞋42码", ("nike", "跑步", "步鞋", "42", "码")),
        ("がぎ", ("がぎ",)),
        ("हिन्दी ไทย", words_in("हिन्दी ไทย")),
        ("!!! & |", ()),
    ],
)
def test_words_are_what_people_mean_by_them(text, words):
    assert words_in(text) == words


def test_a_single_letter_of_unspaced_writing_is_kept_too():
    assert kept_words(["连衣裙 red", "裙"]) == ("连衣", "衣裙", "red", "裙", "连", "衣", "裙")


@given(st.text(max_size=40))
def test_every_word_asked_for_is_kept_and_stays_as_it_is(text):
    words = words_in(text)
    assert set(words) <= set(kept_words([text]))
    assert all(fold_text(word) == word and words_in(word) == (word,) for word in words)

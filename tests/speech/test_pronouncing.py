"""Words sound as people say them: by dictionary, in parts, sounded out, in two accents."""

from __future__ import annotations

import pytest

from goodsight.speech.accents import without_r
from goodsight.speech.letters import sound_out
from goodsight.speech.pronouncing import pronunciations

DICTIONARY = {
    "hood": (("HH", "UH", "D"),),
    "draw": (("D", "R", "AO"),),
    "string": (("S", "T", "R", "IH", "NG"),),
    "tech": (("T", "EH", "K"),),
    "read": (("R", "EH", "D"), ("R", "IY", "D")),
    "short": (("SH", "AO", "R", "T"),),
    "twenty": (("T", "W", "EH", "N", "T", "IY"),),
    "four": (("F", "AO", "R"),),
    "quarter": (("K", "W", "AO", "R", "T", "ER"),),
}


def ways(word: str) -> list[str]:
    return [" ".join(phones) for phones in pronunciations(word, DICTIONARY)]


def test_the_dictionary_comes_first_with_all_its_ways():
    assert ways("read") == ["R EH D", "R IY D"]


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("hoodie", "HH UH D IY"),
        ("hoodies", "HH UH D IY Z"),
        ("drawstring", "D R AO S T R IH NG"),
        ("lumatech", "L UW M AH T EH K"),
        ("shorts", "SH AO R T Z"),
        ("24", "T W EH N T IY F AO R"),
        ("1/4", "K W AO R T ER"),
        ("shorts", "SH AO T Z"),
    ],
)
def test_words_it_lacks_are_put_together(word, way):
    assert way in ways(word)


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("gobi", "G OW B IY"),
        ("bardot", "B AA R D AA T"),
        ("knight", "N AY T"),
        ("chrome", "K R OW M"),
        ("aether", "IY TH ER"),
        ("tiberius", "T IH B EH R IY AH S"),
        ("kangeroo", "K AE N JH EH R UW"),
    ],
)
def test_letters_are_sounded_out(word, phones):
    assert " ".join(sound_out(word)) == phones


@pytest.mark.parametrize("word", ["夹克", "1234", "99/7", "größe"])
def test_what_english_does_not_spell_has_no_sound(word):
    assert pronunciations(word, DICTIONARY) == ()


def test_an_r_without_a_vowel_behind_it_is_dropped():
    assert without_r(("SH", "AO", "R", "T")) == ("SH", "AO", "T")
    assert without_r(("R", "IH", "V", "ER")) == ("R", "IH", "V", "AH")
    assert without_r(("M", "EH", "R", "IY")) == ("M", "EH", "R", "IY")
    assert without_r(("B", "R", "AA")) == ("B", "R", "AA")

"""What a text asks for."""

from __future__ import annotations

from goodsight.core.asked_words import Wanted, asked_words


def test_the_last_word_may_be_a_beginning():
    assert asked_words("Running SHO").wanted == (
        Wanted((("running",),)),
        Wanted((("sho",),), beginning=True),
    )


def test_quotes_keep_words_together_and_end_them():
    assert asked_words('"running shoe"').wanted == (Wanted((("running", "shoe"),)),)
    assert asked_words('red "running shoe').wanted[1].phrases == (("running", "shoe"),)


def test_either_of_two():
    assert asked_words("shirt or blouse red").wanted == (
        Wanted((("shirt",), ("blouse",))),
        Wanted((("red",),), beginning=True),
    )
    assert asked_words("or").wanted == (Wanted((("or",),), beginning=True),)


def test_what_must_not_be_there():
    asked = asked_words('shoe -"very old" -trail')
    assert asked.wanted == (Wanted((("shoe",),), beginning=True),)
    assert asked.unwanted == (("very", "old"), ("trail",))


def test_nothing_is_asked_by_signs_alone():
    assert asked_words(' !! - "" ').wanted == ()
    assert asked_words("").wanted == ()


def test_the_whole_text_is_compared_with_ids_and_titles():
    asked = asked_words("  MH01-XS  Grün ")
    assert (asked.code, asked.name) == ("mh01-xs grun", "mh01 xs grun")


def test_a_pasted_page_asks_for_what_it_begins_with():
    assert len(asked_words("word " * 10_000).wanted) == 64

"""Likeness of printed words: misread letters are forgiven, what all have counts little."""

from __future__ import annotations

import pytest

from goodsight.core.printed_words import word_similarity


def test_misread_letters_are_forgiven():
    candidates = [["Oatly oat drink"], ["Arla milk"], ["Alpro soya"]]

    scores = word_similarity(["OATIY", "0AT DRINK"], candidates)

    assert scores.argmax() == 0
    assert scores[0] > 0.3
    assert scores[1] == scores[2] == 0


def test_what_all_have_counts_less_than_what_one_has():
    candidates = [["milk", "vanilla"], ["milk", "banana"], ["milk"]]

    scores = word_similarity(["milk", "banana"], candidates)

    assert scores.argmax() == 1
    assert scores[1] == pytest.approx(1, abs=1e-5)


def test_equal_words_are_wholly_alike_whatever_their_case_and_accents():
    assert word_similarity(["Crème BRÛLÉE"], [["creme brulee"]])[0] == pytest.approx(1, abs=1e-5)


def test_chinese_is_compared_by_pairs_of_characters():
    scores = word_similarity(["纯牛奶"], [["有机纯牛奶 250ml"], ["苹果汁"], ["豆奶"]])

    assert scores.argmax() == 0
    assert scores[1] == 0


@pytest.mark.parametrize(("query", "lines"), [([], ["milk"]), (["milk"], []), (["!?"], ["milk"])])
def test_no_words_are_like_no_others(query, lines):
    assert word_similarity(query, [lines, lines]).tolist() == [0, 0]


def test_no_candidates_are_no_scores():
    assert word_similarity(["milk"], []).shape == (0,)


def test_weights_are_those_of_scikit_learn():
    # Its TfidfVectorizer with char_wb, n-grams of 3 to 5, sublinear counts and l2 norm,
    # fitted on the candidates; the query's unseen n-grams do not count there either.
    candidates = [["oat drink", "oat"], ["milk drink"], ["oat milk"]]

    scores = word_similarity(["oat drink 1 l"], candidates)

    assert scores.tolist() == pytest.approx([0.966533, 0.617213, 0.365148], abs=1e-5)

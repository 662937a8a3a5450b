"""Misspelt words find the words that were meant, and only those."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.core.spelling import KnownWords, edit_distances

WORDS = KnownWords(
    {"jacket": 9, "packet": 2, "jackets": 4, "shirt": 7, "hoodie": 1, "sweatshirt": 1}
)


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("jaket", ("jacket",)),
        ("jakcet", ("jacket",)),
        ("hodie", ("hoodie",)),
        ("sweetshirts", ("sweatshirt",)),
        ("qacket", ("jacket", "packet")),
        ("shrt", ("shirt",)),
        ("sht", ()),
        ("12345", ()),
        ("zebra", ()),
        ("", ()),
    ],
)
def test_the_nearest_words_the_commonest_first(word, nearest):
    assert WORDS.nearest(word) == nearest


def test_the_first_letter_is_seldom_mistaken():
    assert KnownWords({"packet": 1, "jacket": 9}).nearest("pcket") == ("packet",)


def test_at_most_three_words():
    assert len(KnownWords({f"{first}hirt": 1 for first in "abcdef"}).nearest("xhirt")) == 3


few_letters = st.text("abc", min_size=1, max_size=9)


@given(
    few_letters,
    st.integers(1, 9).flatmap(
        lambda n: st.lists(st.text("abc", min_size=n, max_size=n), min_size=1)
    ),
    st.integers(1, 2),
)
def test_distances_are_those_of_the_textbook(word, others, most):
    letters = np.array([[*map(ord, other)] for other in others], np.int32)
    distances = edit_distances(word, letters, most)
    for other, distance in zip(others, distances, strict=True):
        reference = optimal_string_alignment(word, other)
        assert distance == reference if reference <= most else distance > most


def optimal_string_alignment(a: str, b: str) -> int:
    table = [[i + j for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
            )
            if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]

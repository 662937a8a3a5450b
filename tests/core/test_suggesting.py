"""Suggestions: what begins as typed, whatever it is, and what was meant by it."""

from __future__ import annotations

import pytest

from goodsight.core.spelling import KnownWords
from goodsight.core.suggesting import Suggestion, SuggestionKind, Suggestions

CATEGORY, BRAND, WORD, PRODUCT = SuggestionKind
SUGGESTIONS = Suggestions(
    (
        Suggestion("Jackets", CATEGORY, 9),
        Suggestion("Jax & Söhne", BRAND, 3),
        Suggestion("jackets", WORD, 9),
        Suggestion("Juno Jacket", PRODUCT, 1),
        Suggestion("Jacket, long", PRODUCT, 1),
        Suggestion("红色连衣裙", PRODUCT, 1),
        *(Suggestion(f"Hoodie {number}", PRODUCT, 1) for number in range(20)),
    ),
    KnownWords({"jacket": 2, "jackets": 9, "juno": 1, "hoodie": 20, "long": 1}),
)


def texts(typed, **limit):
    return [found.text for found in SUGGESTIONS.find(typed, **limit)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ja", ["Jackets", "Jax & Söhne", "Jacket, long", "Juno Jacket"]),
        ("ＪＡＸ sohn", ["Jax & Söhne"]),
        ("juno ja", ["Juno Jacket"]),
        ("jakc", ["Jackets", "Jacket, long", "Juno Jacket"]),
        ("jcke", ["Jackets", "Jacket, long", "Juno Jacket"]),
        ("jnuo jack", ["Juno Jacket"]),
        ("红色", ["红色连衣裙"]),
        ("连衣", ["红色连衣裙"]),
        ("zebra", []),
        ("  !", []),
    ],
)
def test_what_begins_as_typed(typed, expected):
    assert texts(typed) == expected


def test_at_most_ten_and_never_more_than_asked():
    assert len(texts("hoo")) == 10
    assert len(texts("hoo", limit=3)) == 3

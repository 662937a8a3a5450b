"""The words of a catalogue as they are said."""

from __future__ import annotations

import pytest

from goodsight.core.spoken_phrases import spoken_phrases_of, spoken_words
from goodsight.core.types import Product, Variant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ryker LumaTech™ Tee (V-neck)", ("ryker", "lumatech", "tee", "v", "neck")),
        ("Women’s Café Top", ("women's", "cafe", "top")),
        ("Olivia ¼ Zip, 1/2 off", ("olivia", "1/4", "zip", "1/2", "off")),
        ("Größe 42", ("grosse", "42")),
        ("夹克", ("夹克",)),
        ("--- !", ()),
    ],
)
def test_words_are_those_that_are_spoken(text, words):
    assert spoken_words(text) == words


def test_every_phrase_is_there_once():
    products = [
        Product(
            f"p{number}",
            "Hero Hoodie",
            categories=(("Men", "Hoodies & Sweatshirts"),),
            brand="Acme",
            attributes={"material": ("Cotton", "Wool")},
            variants=(Variant("v", {"size": ("XL",)}),),
        )
        for number in range(2)
    ]

    phrases = spoken_phrases_of(products, 7)

    assert phrases.titles == (("hero", "hoodie"),)
    assert set(phrases.values) == {
        ("men",),
        ("hoodies", "sweatshirts"),
        ("acme",),
        ("cotton",),
        ("wool",),
        ("xl",),
    }
    assert len(phrases.values) == 6
    assert phrases.index_version == 7

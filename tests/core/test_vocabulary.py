"""The words of a catalogue as they are said."""

from __future__ import annotations

import pytest

from goodsight.core.types import Product, Variant
from goodsight.core.vocabulary import spoken_words, vocabulary_of


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

    vocabulary = vocabulary_of(products, 7)

    assert vocabulary.titles == (("hero", "hoodie"),)
    assert set(vocabulary.values) == {
        ("men",),
        ("hoodies", "sweatshirts"),
        ("acme",),
        ("cotton",),
        ("wool",),
        ("xl",),
    }
    assert len(vocabulary.values) == 6
    assert vocabulary.index_version == 7

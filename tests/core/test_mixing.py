"""Colour and words move products by their shares, and the shares add up to the score."""

from __future__ import annotations

import numpy as np
import pytest

from goodsight.core.choices import Look
from goodsight.core.colour_names import picked_colours
from goodsight.core.looks import SeenPhoto
from goodsight.core.mixing import (
    PATTERN_WEIGHT,
    WORDS_WEIGHT,
    by_colour,
    by_pattern,
    by_words,
    words_matter,
)
from goodsight.core.scoring import blend
from goodsight.core.store_ports import ScoredProduct
from goodsight.core.types import Product, Variant

QUERY = np.array([1, 0, 0], dtype=np.float32)
RED, BLUE, GREEN = (picked_colours([name]) for name in ("red", "blue", "green"))


def vector(likeness: float) -> np.ndarray:
    return np.array([likeness, (1 - likeness**2) ** 0.5, 0], dtype=np.float32)


def scored(product_id: str, best: float, mean: float, **values) -> ScoredProduct:
    product = Product(id=product_id, title=values.pop("title", product_id), **values)
    parts = {"best": best, "mean": mean}
    return ScoredProduct(product, "first", "hash", (), blend(best, mean), parts)


SHIRT = scored(
    "shirt", 0.9, 0.8, variants=(Variant("r", photos=("red",)), Variant("b", photos=("blue",)))
)
COAT = scored("coat", 0.7, 0.7)
SEEN = {
    "shirt": [SeenPhoto("blue", "2", vector(0.9), BLUE), SeenPhoto("red", "1", vector(0.8), RED)],
    "coat": [SeenPhoto("coat", "3", vector(0.7), RED)],
}


def total(found: ScoredProduct) -> float:
    return sum(found.parts.get(name, 0.0) for name in ("visual", "colour", "words"))


@pytest.mark.parametrize("look", [Look.BOTH, Look.COLOUR])
@pytest.mark.parametrize(("colours", "photo", "variant"), [(RED, "red", "r"), (BLUE, "blue", "b")])
def test_the_photo_shown_is_the_one_in_that_colour(look, colours, photo, variant):
    found = by_colour([SHIRT], SEEN, vector=QUERY, colours=colours, look=look)

    assert (found[0].photo, found[0].variants) == (photo, (variant,))
    assert total(found[0]) == pytest.approx(found[0].score, abs=1e-6)
    assert found[0].parts["mean"] == 0.8


def test_both_is_the_weighted_sum_of_style_and_colour():
    [found] = by_colour([COAT], SEEN, vector=QUERY, colours=RED, look=Look.BOTH)

    assert found.parts["visual"] == pytest.approx(0.45 * 0.7, abs=1e-6)
    assert found.parts["colour"] == pytest.approx(0.55, abs=1e-6)


def test_colour_alone_leaves_style_out():
    found = by_colour([SHIRT, COAT], SEEN, vector=QUERY, colours=RED, look=Look.COLOUR)

    assert [item.score for item in found] == pytest.approx([1, 1], abs=1e-5)
    assert all(item.parts["visual"] == 0 for item in found)


def test_colour_brings_the_like_coloured_forward():
    seen = {**SEEN, "shirt": SEEN["shirt"][:1]}

    found = by_colour([SHIRT, COAT], seen, vector=QUERY, colours=RED, look=Look.BOTH)

    assert [item.product.id for item in found] == ["coat", "shirt"]


@pytest.mark.parametrize("seen", [{}, {"coat": [SeenPhoto("coat", "3", vector(0.7))]}])
def test_what_was_never_described_has_no_colour_in_common(seen):
    [found] = by_colour([COAT], seen, vector=QUERY, colours=RED, look=Look.BOTH)

    assert found.parts["colour"] == 0
    assert found.score == pytest.approx(0.45 * 0.7, abs=1e-6)


def test_pattern_counts_most_and_shows_the_photo_that_has_it():
    lying, upright = (np.array(shares, dtype=np.float32) for shares in ([1, 0], [0.2, 0.8]))
    seen = {
        "shirt": [SeenPhoto("blue", "2", vector(0.9), pattern=upright)],
        "coat": [
            SeenPhoto("coat", "3", vector(0.7)),
            SeenPhoto("sleeve", "4", vector(0.1), pattern=lying),
        ],
    }

    coat, shirt = by_pattern([SHIRT, COAT], seen, vector=QUERY, pattern=lying)

    assert (coat.product.id, coat.photo) == ("coat", "sleeve")
    assert coat.parts["pattern"] == pytest.approx(PATTERN_WEIGHT)
    assert shirt.parts["pattern"] == pytest.approx(PATTERN_WEIGHT * 0.2**0.5)
    for found in (coat, shirt):
        style = (1 - PATTERN_WEIGHT) * blend(found.parts["best"], found.parts["mean"])
        assert found.parts["visual"] == pytest.approx(style, abs=1e-6)
        assert found.parts["visual"] + found.parts["pattern"] == pytest.approx(found.score)


def test_words_add_their_share():
    oat = scored("oat", 0.6, 0.6, title="Oat drink", brand="Oatly")
    milk = scored("milk", 0.7, 0.7, title="Milk")
    seen = {"oat": [SeenPhoto("o", "1", vector(0.6), RED, printed_words=("BARISTA",))]}

    found = by_words([milk, oat], seen, ["OATLY", "BARISTA"])

    assert [item.product.id for item in found] == ["oat", "milk"]
    assert 0.1 < found[0].parts["words"] < WORDS_WEIGHT
    assert found[1].parts["words"] == 0
    assert found[1].score == pytest.approx(0.7)
    assert [total(item) for item in found] == pytest.approx([item.score for item in found])


def test_words_come_on_top_of_colour():
    mixed = by_colour([COAT], SEEN, vector=QUERY, colours=RED, look=Look.BOTH)
    [found] = by_words(mixed, SEEN, ["coat"])

    assert found.parts["words"] == pytest.approx(WORDS_WEIGHT, abs=1e-5)
    assert total(found) == pytest.approx(found.score, abs=1e-6)


def test_words_matter_where_a_fair_share_is_printed_on():
    candidates = [scored(str(number), 0.5, 0.5) for number in range(20)]

    def seen(*printed: int):
        words = dict.fromkeys(printed, ("milk",))
        return {
            str(number): [SeenPhoto("p", "1", QUERY, printed_words=words.get(number, ()))]
            for number in range(20)
        }

    assert words_matter(candidates, seen(0, 1, 2))
    assert not words_matter(candidates, seen(0, 1, 15, 16, 17))
    assert not words_matter([], {})
    assert not words_matter(candidates, {})

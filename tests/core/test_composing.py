"""Texts and looks, added up on the scale of the looks."""

import math

import pytest

from goodsight.core.calibrating import Calibration
from goodsight.core.composing import FittedText, looks_weight, text_unit, weighed, with_texts
from goodsight.core.store_ports import ScoredProduct
from goodsight.core.types import Metric, Product, Term


def scored(product, score, **parts):
    return ScoredProduct(Product(product, product), "", "", (), score, parts)


def ids(products):
    return [one.product.id for one in products]


BY_LOOKS = (scored("a", 0.9, best=1.0), scored("b", 0.5), scored("c", 0.4), scored("d", 0.1))


def test_products_with_the_words_come_first_and_looks_decide_among_them():
    found = with_texts(BY_LOOKS, [FittedText(1, {"c": 1, "d": 1})], unit=1)
    assert ids(found) == ["c", "d", "a", "b"]
    assert [one.score for one in found] == pytest.approx([1.4, 1.1, 0.9, 0.5])
    assert found[2].parts == {"best": 1.0, "visual": 0.9, "text": 0}
    for one in found:
        assert one.parts["visual"] + one.parts["text"] == pytest.approx(one.score)


def test_what_looks_exactly_right_is_not_lost_for_want_of_a_word():
    assert ids(with_texts(BY_LOOKS, [FittedText(1, {"d": 1})], unit=0.3))[0] == "a"


def test_weights_and_parts_of_a_text():
    texts = [FittedText(0.5, {"b": 1, "d": 0.5}), FittedText(-1, {"b": 0.2, "a": 1})]
    found = with_texts(BY_LOOKS, texts, unit=1)
    shares = {one.product.id: one.parts["text"] for one in found}
    assert shares == pytest.approx({"a": -1, "b": 0.3, "c": 0, "d": 0.25})


@pytest.mark.parametrize("weight", [0.1, 1.0, 3.0])
def test_a_text_is_worth_what_the_calibration_makes_of_it(weight):
    calibration = Calibration(0.2, 0.7, "catalogue", 100)
    unit = text_unit(calibration, Metric.COSINE, weight)
    odds = {
        product: math.exp(score * weight / calibration.temperature)
        for product, score in (("with", 0.5 + unit), ("without", 0.5))
    }
    assert odds["with"] / odds["without"] == pytest.approx(1000)


@pytest.mark.parametrize("metric", list(Metric))
def test_without_a_calibration_a_text_counts_as_well(metric):
    assert 0 < text_unit(None, metric, 1.0) < 1


def test_the_looks_weigh_what_their_heaviest_term_does():
    terms = (Term(product_id="a", weight=-2), Term(product_id="b"), Term(text="red", weight=9))
    assert looks_weight(terms) == 2
    assert looks_weight((Term(text="red"),)) == 1


def test_words_alone_are_weighed():
    texts = [FittedText(1, {"a": 0.5, "b": 1}), FittedText(0.5, {"a": 1, "c": 1})]
    found = weighed(BY_LOOKS, texts)
    assert ids(found) == ["a", "b", "c"]  # of equals the one that came with a better score
    assert [one.score for one in found] == pytest.approx([1.0, 1.0, 0.5])


def test_unwanted_words_alone_leave_the_rest():
    found = weighed(BY_LOOKS, [FittedText(-1, {"a": 1, "b": 0.5})])
    assert ids(found) == ["c", "d", "b"]


@pytest.mark.parametrize("weight", [-0.5, -1])
def test_a_product_that_loses_as_much_as_it_wins_is_left_out(weight):
    texts = [FittedText(1, {"a": 1, "b": 1}), FittedText(weight, {"a": 1})]
    assert ids(weighed(BY_LOOKS, texts)) == (["b", "a"] if weight > -1 else ["b"])

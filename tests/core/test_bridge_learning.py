"""A bridge is kept where photos tell what titles do not, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from fakes.word_texts import PATTERNS, WordTexts, patterned_photos, patterned_products
from goodsight.core.bridge_learning import (
    BridgeGain,
    BridgeSample,
    is_bridge_due,
    judged_gain,
    learn_bridge,
)
from goodsight.core.bridging import Bridge
from goodsight.core.embedding_texts import text_of
from goodsight.core.kinds import kinds_of

ENCODER = WordTexts()


@dataclass
class Keeper:
    """Implements the port `BridgeKeeper` in memory."""

    held: BridgeSample
    gain: BridgeGain | None = None
    bridge: Bridge | None = None
    asked_for: list[int] = field(default_factory=list)

    def product_count(self, text_space):
        return self.held.all_products

    def learnt(self, text_space):
        return self.gain

    def sample(self, text_space, limit):
        self.asked_for.append(limit)
        return self.held

    def keep(self, text_space, photo_space, gain, bridge):
        self.gain, self.bridge = gain, bridge


def sample_of(count=150):
    products = patterned_products(count)
    return BridgeSample(
        products=tuple(products),
        texts=ENCODER.encode_texts([text_of(product) for product in products]),
        photos=patterned_photos(products, 32),
        photo_space="looks-1",
        all_products=count,
    )


def shuffled(sample):
    """Every product with the photo of another."""
    order = np.random.default_rng(0).permutation(len(sample.products))
    return replace(sample, photos=sample.photos[order])


def test_what_photos_tell_is_kept_and_finds_products_by_words_no_title_has():
    keeper = Keeper(sample_of())
    gain = learn_bridge(keeper, ENCODER)
    assert gain == keeper.gain
    assert gain.is_gain
    assert (gain.products, gain.questions) == (150, 12)
    assert gain.together > gain.texts_alone + 0.3
    assert gain.low < gain.together - gain.texts_alone < gain.high
    assert (keeper.bridge.text_space, keeper.bridge.photo_space) == ("words-1", "looks-1")
    for pattern in PATTERNS:
        scores = keeper.held.photos @ keeper.bridge.vector(ENCODER.encode_question(pattern))
        best = [keeper.held.products[row] for row in np.argsort(-scores)[:5]]
        assert [p.attributes["pattern"][0] for p in best].count(pattern) >= 4


@pytest.mark.parametrize("count", [60, 150, 400])
def test_photos_that_tell_nothing_are_not_kept(count):
    keeper = Keeper(shuffled(sample_of(count)), bridge=object())
    gain = learn_bridge(keeper, ENCODER)
    assert gain.questions == 12
    assert not gain.is_gain
    assert keeper.bridge is None


def test_no_product_helps_to_judge_itself_or_its_namesakes():
    sample = sample_of(40)
    twice = BridgeSample(
        products=tuple(replace(p, id=f"{p.id}-{n}") for n in range(2) for p in sample.products),
        texts=np.concatenate([sample.texts] * 2),
        photos=np.concatenate([shuffled(sample).photos] * 2),
        photo_space="looks-1",
        all_products=80,
    )
    kinds = kinds_of(twice.products)
    titles = ENCODER.encode_texts([product.title for product in twice.products])
    questions = np.stack([ENCODER.encode_question(word) for word in kinds.words])
    honest, _ = judged_gain(twice, kinds, titles, questions)
    apart = replace(
        twice, products=tuple(replace(p, title=f"{p.title} {p.id}") for p in twice.products)
    )
    leaking, _ = judged_gain(apart, kinds, titles, questions)
    assert leaking.is_gain
    assert not honest.is_gain


def test_the_weight_makes_both_spread_alike():
    sample = sample_of()
    kinds = kinds_of(sample.products)
    titles = ENCODER.encode_texts([product.title for product in sample.products])
    questions = np.stack([ENCODER.encode_question(word) for word in kinds.words])
    _, weight = judged_gain(sample, kinds, titles, questions)
    _, of_narrow = judged_gain(replace(sample, photos=sample.photos / 4), kinds, titles, questions)
    assert of_narrow == pytest.approx(4 * weight, rel=1e-3)


def test_small_shops_and_shops_without_kinds_keep_nothing():
    few = Keeper(sample_of(29))
    assert learn_bridge(few, ENCODER).questions == 0
    sample = sample_of(100)
    plain = tuple(replace(p, attributes={}, categories=()) for p in sample.products)
    unnamed = Keeper(replace(sample, products=plain))
    assert learn_bridge(unnamed, ENCODER) == BridgeGain(100)
    assert few.bridge is unnamed.bridge is None


def test_it_is_due_when_the_catalogue_has_changed_by_a_fifth():
    keeper = Keeper(sample_of(100))
    assert is_bridge_due(keeper, ENCODER.space)
    assert not is_bridge_due(Keeper(sample_of(29)), ENCODER.space)
    keeper.gain = BridgeGain(100)
    for count, due in ((100, False), (120, False), (121, True), (80, False), (79, True)):
        keeper.held = replace(keeper.held, all_products=count)
        assert is_bridge_due(keeper, ENCODER.space) is due


def test_stopped_it_keeps_what_was():
    keeper = Keeper(sample_of())
    assert learn_bridge(keeper, ENCODER, should_stop=lambda: True) is None
    stops = iter([False] * 7 + [True])
    assert learn_bridge(keeper, ENCODER, should_stop=lambda: next(stops)) is None
    assert keeper.gain is None

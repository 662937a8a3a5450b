"""A shop whose settings name a language model."""

from __future__ import annotations

from dataclasses import replace

import pytest

import goodsight
from goodsight.config import Settings
from goodsight.language_wiring import request_model
from goodsight.shop import Shop
from goodsight.wiring import Wiring
from language.chat_server import chat_server, reading

REQUEST = "blood tinted things"
READ = ("blood tinted", "color = 'crimson'")


@pytest.fixture(scope="module")
def home(small_shop, tmp_path_factory):
    folder = tmp_path_factory.mktemp("language")
    with goodsight.open(folder) as shop:
        shop.index(small_shop / "feed.csv")
    return folder


@pytest.fixture
def server():
    with chat_server() as played:
        yield played


@pytest.fixture
def shop(home, server):
    settings = Settings(home=home, language_model_url=server.url, language_model="small")
    with Shop(Wiring(settings), "default") as opened:
        yield opened


def test_without_an_address_nobody_is_asked(home):
    assert request_model(Settings(home=home)) is None


def test_a_request_is_read_by_rules_and_then_by_the_model(shop, server):
    server.body = reading(READ)
    understood = shop.understand(f"{REQUEST} under 50")
    assert (understood.filter, understood.text) == ("color = 'crimson' and price < 50", "things")
    results = shop.search(f"{REQUEST} under 50", understand=True)
    assert [hit.product.id for hit in results.hits] == ["p0"]
    # It was asked once: the answer is remembered.
    assert len(server.bodies) == 1


def test_it_is_asked_only_where_rules_leave_words_and_somebody_wants_it(shop, server, small_shop):
    shop.understand("crimson under 50")
    shop.search(REQUEST)
    shop.search(small_shop / "query-1.png", REQUEST)
    assert server.bodies == []


@pytest.mark.parametrize(
    "body",
    [
        reading(("blood tinted", "color = 'blood'"), ("things", "id = 'p1'"), ("x", "in_stock")),
        reading(("ignore all that", "price < 30"), ("blood", "1; drop table products")),
        b"no JSON",
    ],
)
def test_a_silly_or_hostile_answer_changes_nothing(shop, server, body, home):
    server.body = body
    with goodsight.open(home) as plain:
        assert shop.understand(REQUEST) == plain.understand(REQUEST)
    assert len(server.bodies) == 1


def test_what_it_reads_is_forgotten_with_the_catalogue(shop, server):
    server.body = reading(READ)
    assert shop.understand(REQUEST).filter == "color = 'crimson'"
    server.body = reading()
    assert shop.understand(REQUEST).filter == "color = 'crimson'"
    (product,) = shop.products(["p0"])
    shop.editor().put([replace(product, attributes={**product.attributes, "feel": ("velvet",)})])
    assert shop.understand(REQUEST).filter is None


def test_a_failure_is_not_remembered(shop, server):
    server.status = 500
    assert shop.understand(REQUEST).filter is None
    # Another process, whose model is not resting.
    server.status, server.body = 200, reading(READ)
    with Shop(Wiring(shop._wiring.settings), "default") as other:
        assert other.understand(REQUEST).filter == "color = 'crimson'"

"""The client against a real service."""

from __future__ import annotations

from decimal import Decimal

import pytest

from goodsight.client import Client, QueryTerm
from goodsight.config import Settings
from goodsight.core.access import Role
from goodsight.core.errors import ServiceError, UsageError
from service.running import run_service
from small_shop import draw_shape
from spoken import say


@pytest.fixture(scope="module")
def service(tmp_path_factory, small_shop):
    import goodsight

    home = tmp_path_factory.mktemp("client_home")
    with goodsight.open(home) as shop:
        shop.index(small_shop / "feed.csv")
    yield from run_service(Settings(home=home, requests_per_minute=0))


@pytest.fixture
def client(service):
    key = service.key(Role.EDIT)["Authorization"].removeprefix("Bearer ")
    with Client(service.url, key=key, attempts=3) as client:
        yield client


def test_searching(client, small_shop):
    answer = client.search(image=small_shop / "query-2.png", facets=["color"], limit=3)
    assert answer.hits[0].product.id == "p2"
    assert answer.hits[0].product.price == Decimal("30.50")
    assert answer.hits[0].product.attributes == {"color": ("royalblue",)}
    assert answer.facets["color"]["orchid"] == 1
    again = client.search(image_id=answer.image_id, box=(0, 0, 1, 1), limit=1)
    assert again.hits[0].product.id == "p2"
    client.forget(answer.image_id)
    with pytest.raises(ServiceError) as caught:
        client.search(image_id=answer.image_id)
    assert (caught.value.kind, caught.value.status) == ("upload-expired", 404)
    assert client.search(text="orchid").hits[0].product.id == "p4"
    assert client.search(product_id="p1", where="not id = 'p1'").hits[0].product.id != "p1"
    blue = client.search(product_id="p1", look="colour", colours=["#4169e1", "蓝色"])
    assert blue.hits[0].product.id == "p2"
    alike = client.search(product_id="p1", look="pattern").hits[0]
    assert (alike.product.id, alike.confidence) == ("p1", None)


def test_terms_with_weights(client, small_shop):
    photo = small_shop / "query-4.png"
    assert client.search(image=photo).hits[0].product.id == "p4"
    unlike = QueryTerm(text="orchid", weight=-1)
    answer = client.search(image=photo, terms=[unlike])
    assert answer.hits[0].product.id != "p4"
    part = QueryTerm(image=photo.read_bytes(), box=(0, 0, 1, 1))
    boxed = client.search(terms=[part, QueryTerm(product_id="p4", weight=0.5)], limit=2)
    assert [boxed.hits[0].product.id, len(boxed.hits)] == ["p4", 2]
    why = client.explain("p4", image_id=answer.image_id, terms=[QueryTerm(text="orchid")])
    assert [(term.kind, term.name) for term in why.terms] == [("photo", ""), ("text", "orchid")]
    assert sum(term.share for term in why.terms) == pytest.approx(why.score, abs=1e-4)


def test_speaking(client):
    pytest.importorskip("pocketsphinx", reason="the extra 'voice' is absent")
    said = say("product orchid")
    heard = client.transcribe(said)
    assert (heard.text, heard.confidence) == ("product orchid", None)
    answer = client.search(audio=said)
    assert (answer.heard, answer.hits[0].product.id) == (heard.text, "p4")
    with pytest.raises(ServiceError) as caught:
        client.transcribe(b"no sound")
    assert caught.value.kind == "sound-unreadable"


def test_requests_in_words(client):
    read = client.understand("crimson discs under 50")
    assert read.filter == "color = 'crimson' and category = 'discs' and price < 50"
    assert (read.chips[2].label, read.chips[2].start) == ("price < 50", 14)
    answer = client.search(text="crimson discs under 50", understand=True)
    assert [hit.product.id for hit in answer.hits] == ["p0"]
    assert answer.understood == read
    assert client.search(text="crimson discs").understood is None


def test_why(client, small_shop):
    query = small_shop / "query-1.png"
    hit = client.search(image=query, limit=1).hits[0]
    why = client.explain(hit.product.id, image=query)
    assert why.method == "exact"
    assert why.query[0].total == pytest.approx(hit.score, abs=2e-3)
    assert why.hit.total == pytest.approx(why.photo_likeness, abs=1e-4)
    assert (why.shares, why.confidence) == (hit.explanation, hit.confidence)
    assert client.picture(why.photo)
    part = client.explain("p1", image_id=why.image_id, box=(0.5, 0, 0.5, 1), where="price < 30")
    assert part.query[0].box[0] > 0.5
    with pytest.raises(ServiceError, match="not among"):
        client.explain("p5", image=query.read_bytes(), where="price < 30")


def test_pages(client, small_shop):
    pages = list(client.search_pages(image=(small_shop / "query-0.png").read_bytes(), limit=2))
    products = [hit.product.id for page in pages for hit in page.hits]
    assert sorted(products) == [f"p{number}" for number in range(6)]
    assert len({page.image_id for page in pages}) == 1


def test_editing(client, tmp_path):
    draw_shape(7).save(tmp_path / "photo.png")
    assert client.put_product("client/1", {"title": "Cup", "price": "3.50"}).status == "added"
    path = client.add_photo("client/1", tmp_path / "photo.png")
    assert client.picture(path)[8:12] == b"WEBP"
    details = client.product("client/1")
    assert details.product.price == Decimal("3.50")
    assert [photo.url for photo in details.photos] == [path]
    client.delete_product("client/1")
    with pytest.raises(ServiceError, match="no product"):
        client.product("client/1")


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_leads_elsewhere_is_not_asked_for(service, name):
    admin = service.key(Role.ADMIN)["Authorization"].removeprefix("Bearer ")
    with Client(service.url, key=admin, attempts=1) as owner:
        for ask in (owner.delete_product, owner.product, owner.forget):
            with pytest.raises(UsageError):
                ask(name)
        assert owner.collection()["products"] >= 6
    with pytest.raises(UsageError):
        Client(service.url, collection=name)


def test_many_products(client):
    products = ({"id": f"many/{n}", "title": f"Product {n}"} for n in range(520))
    answers = list(client.put_products(products))
    assert [answer.row for answer in answers] == list(range(1, 521))
    assert {answer.status for answer in answers} == {"added"}
    [refused] = client.put_products([{"id": "bad"}])
    assert refused.status == "refused"
    assert "title" in refused.error


def test_problems_have_kinds(service):
    with Client(service.url, attempts=1) as stranger:
        with pytest.raises(ServiceError) as caught:
            stranger.delete_product("p1")
        assert caught.value.kind == "unauthorized"
        with pytest.raises(ServiceError) as caught:
            stranger.search(image=b"no photo")
        assert caught.value.kind == "photo-unreadable"
    with Client(service.url, collection="none", attempts=1) as lost:
        with pytest.raises(ServiceError) as caught:
            lost.collection()
        assert caught.value.kind == "collection-not-found"
    with Client("http://127.0.0.1:9", attempts=2) as nobody:
        with pytest.raises(ServiceError) as caught:
            nobody.is_ready()
        assert caught.value.kind == "unreachable"


def test_a_busy_service_says_when_to_come_again(tmp_path_factory, service):
    settings = Settings(home=service.home, requests_per_minute=2)
    for busy in run_service(settings):
        with Client(busy.url, attempts=1) as client:
            client.search(text="orchid")
            client.search(text="orchid")
            with pytest.raises(ServiceError) as caught:
                client.search(text="orchid")
        assert caught.value.kind == "too-many-requests"
        assert caught.value.retry_after >= 1

"""Searching over HTTP: by photo, region, words, product, filter, page by page."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

SEARCH = "/v1/collections/default/search"


def found(response):
    assert response.status_code == 200, response.text
    return [hit["product"]["id"] for hit in response.json()["hits"]]


def photo_of(small_shop, number):
    return {"image": (small_shop / f"query-{number}.png").read_bytes()}


@pytest.mark.parametrize("number", range(6))
def test_a_photo_finds_its_product(service, small_shop, number):
    response = service.client.post(SEARCH, files=photo_of(small_shop, number))
    assert found(response)[0] == f"p{number}"


def test_json_and_form_agree(service, small_shop):
    data = (small_shop / "query-2.png").read_bytes()
    form = service.client.post(SEARCH, files={"image": data}, data={"filter": "price < 60"}).json()
    asked = {
        "query": [{"image": base64.b64encode(data).decode()}],
        "filter": "price < 60",
    }
    json = service.client.post(SEARCH, json=asked).json()
    assert form["hits"] == json["hits"]
    assert len(form["hits"]) == 5


def test_the_answer_has_the_interface_s_shape(service, small_shop):
    answer = service.client.post(SEARCH, files=photo_of(small_shop, 1), data={"limit": "1"}).json()
    assert set(answer) == {
        *("query_id", "image_id", "photo", "hits", "total", "no_match", "facets", "space"),
        *("index_version", "model_version", "indexed_at", "next_cursor", "timings", "read_as"),
        *("heard", "some_words"),
    }
    [hit] = answer["hits"]
    assert set(hit) == {"product", "variant", "photo", "score", "confidence", "explanation"}
    assert hit["product"]["price"] == "20.50"
    assert answer["photo"] == {"width": 200, "height": 200, "findings": []}
    assert answer["model_version"] == "efficientnet-lite0"
    assert answer["total"] is None
    assert answer["next_cursor"] == "after-1"


def test_no_path_of_the_owner_s_disk_is_told(service, small_shop):
    text = service.client.post(SEARCH, files=photo_of(small_shop, 1)).text
    text += service.client.get("/v1/collections/default/products/p1").text
    text += service.client.get("/v1/collections/default").text
    text += service.client.get("/v1/collections").text
    assert str(small_shop) not in text
    assert "photos/1-0.png" not in text


def test_a_kept_photo_is_asked_for_again_with_a_region(service, small_shop):
    pair = Image.new("RGB", (400, 200), "white")
    for left, number in ((0, 0), (200, 1)):
        with Image.open(small_shop / f"query-{number}.png") as picture:
            pair.paste(picture, (left, 0))
    buffer = io.BytesIO()
    pair.save(buffer, "PNG")
    whole = service.client.post(SEARCH, files={"image": buffer.getvalue()}).json()
    for box, product in (([0, 0, 0.5, 1], "p0"), ([0.5, 0, 0.5, 1], "p1")):
        asked = {"query": [{"image_id": whole["image_id"], "box": box}]}
        assert found(service.client.post(SEARCH, json=asked))[0] == product


def test_a_form_takes_a_box(service, small_shop):
    kept = service.client.post(SEARCH, files=photo_of(small_shop, 3)).json()["image_id"]
    form = {"image_id": (None, kept), "box": (None, "0,0,1,1"), "limit": (None, "1")}
    assert found(service.client.post(SEARCH, files=form)) == ["p3"]


def test_words_alone_and_words_beside_a_photo(service, small_shop):
    answer = service.client.post(SEARCH, json={"query": [{"text": "orchid"}]})
    assert found(answer) == ["p4"]
    assert answer.json()["total"] == 1
    both = service.client.post(SEARCH, files=photo_of(small_shop, 4), data={"text": "disc"})
    assert set(found(both)[:2]) == {"p0", "p3"}
    assert len(found(both)) == 6


def test_terms_have_weights(service, small_shop):
    kept = service.client.post(SEARCH, files=photo_of(small_shop, 4)).json()["image_id"]
    photo = {"image_id": kept}

    def first(*terms):
        return found(service.client.post(SEARCH, json={"query": [photo, *terms]}))[0]

    assert first() == "p4"
    assert first({"text": "disc", "weight": 0.01}) == "p4"
    assert first({"text": "disc"}) in {"p0", "p3"}
    assert first({"text": "orchid", "weight": -1}) != "p4"
    assert first({"product_id": "p1", "weight": 5}) == "p1"


def test_the_answer_says_what_misspelt_words_were_read_as(service):
    answer = service.client.post(SEARCH, json={"query": [{"text": "orchdi"}]})
    assert found(answer) == ["p4"]
    assert answer.json()["read_as"] == "orchid"


def test_nothing_asked_shows_the_catalogue(service):
    answer = service.client.post(SEARCH, json={})
    assert found(answer) == [f"p{number}" for number in range(6)]
    assert answer.json()["total"] == 6


def test_more_like_a_product(service):
    assert found(service.client.post(SEARCH, json={"query": [{"product_id": "p3"}]}))[0] == "p3"


def test_pages_by_cursor(service, small_shop):
    seen, asked = [], {"limit": 4, "sort": "-price"}
    while True:
        answer = service.client.post(SEARCH, json=asked).json()
        seen += [hit["product"]["id"] for hit in answer["hits"]]
        if answer["next_cursor"] is None:
            break
        asked["cursor"] = answer["next_cursor"]
    assert seen == ["p5", "p4", "p3", "p2", "p1", "p0"]


def test_a_photo_s_matches_by_price(service, small_shop):
    answer = service.client.post(SEARCH, files=photo_of(small_shop, 4), data={"sort": "price"})
    assert found(answer) == [f"p{number}" for number in range(6)]


def test_facets(service, small_shop):
    answer = service.client.post(
        SEARCH, files=photo_of(small_shop, 0), data={"facets": "category, color,in_stock"}
    ).json()
    assert answer["facets"]["category"] == {"Edged": 4, "Round": 2, "Round/Discs": 2}
    assert answer["facets"]["in_stock"] == {"true": 5, "false": 1}
    assert answer["facets"]["color"]["crimson"] == 1
    every = service.client.post(SEARCH, json={"facets": ["*"]}).json()["facets"]
    assert {"category", "price", "in_stock"} <= set(every)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"filter": "price <"}, "filter-invalid"),
        ({"limit": 0}, "invalid-request"),
        ({"limit": 201}, "invalid-request"),
        ({"cursor": "elsewhere"}, "invalid-request"),
        ({"cursor": "after-9999"}, "invalid-request"),
        ({"cursor": "after-٣"}, "invalid-request"),
        ({"query": [{}]}, "invalid-request"),
        ({"query": [{"text": "a", "image_id": "b"}]}, "invalid-request"),
        ({"query": [{"text": "a", "weight": -11}]}, "invalid-request"),
        ({"query": [{"text": "a", "box": [0, 0, 1, 1]}]}, "invalid-request"),
        ({"query": [{"image_id": "a", "box": [0.5, 0, 0.6, 1]}]}, "invalid-request"),
        ({"query": [{"image": "no base64"}]}, "photo-unreadable"),
        ({"query": [{"image": "aGVsbG8="}]}, "photo-unreadable"),
        ({"query": [{"image_url": "/etc/passwd"}]}, "fetch-refused"),
        ({"query": [{"image_url": "file:///etc/passwd"}]}, "fetch-refused"),
        ({"query": [{"image_url": "http://127.0.0.1:1/a.jpg"}]}, "fetch-refused"),
        ({"query": [{"product_id": "nothing"}]}, "invalid-request"),
        ({"query": [{"audio": "x"}]}, "sound-unreadable"),
        ({"unheard": 1}, "invalid-request"),
        ({"sort": "name"}, "invalid-request"),
    ],
)
def test_bad_requests_are_problems(service, asked, kind):
    response = service.client.post(SEARCH, json=asked)
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{kind}", problem
    assert problem["status"] == response.status_code == 422
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["detail"]


def test_a_bad_filter_tells_where(service):
    problem = service.client.post(SEARCH, json={"filter": "price < 5 and"}).json()
    assert problem["position"] == 13
    assert problem["filter"] == "price < 5 and"


def test_unknown_collection_type_and_method(service):
    assert (
        service.client.post("/v1/collections/none/search", json={})
        .json()["type"]
        .endswith("collection-not-found")
    )
    wrong = service.client.post(SEARCH, content=b"x", headers={"content-type": "text/plain"})
    assert wrong.status_code == 415
    assert service.client.get(SEARCH).status_code == 405
    assert service.client.get("/v1/nothing").status_code == 404


def test_unknown_fields_of_a_form_are_refused(service, small_shop):
    for data in ({"colour": "red"}, {"image": "text, no file"}):
        response = service.client.post(SEARCH, files={"feed": b"x"}, data=data)
        assert response.status_code == 422


def test_a_colour_is_asked_for_as_json_and_as_form(service, small_shop):
    path = "/v1/collections/default/search"
    asked = {"query": [{"product_id": "p3"}], "look": "colour", "colours": ["蓝色"], "limit": 1}
    form = {"look": "colour", "colours": "blue, #4169e1", "limit": "1"}
    photo = {"image": (small_shop / "query-3.png").read_bytes()}

    for answer in (
        service.client.post(path, json=asked),
        service.client.post(path, data=form, files=photo),
    ):
        assert answer.status_code == 200
        [hit] = answer.json()["hits"]
        assert hit["product"]["id"] == "p2"
        assert hit["explanation"]["colour"] == hit["score"]


def test_a_pattern_is_asked_for_as_json_and_as_form(service, small_shop):
    path = "/v1/collections/default/search"
    asked = {"query": [{"product_id": "p3"}], "look": "pattern", "limit": 1}
    photo = {"image": (small_shop / "query-3.png").read_bytes()}

    for answer in (
        service.client.post(path, json=asked),
        service.client.post(path, data={"look": "pattern", "limit": "1"}, files=photo),
    ):
        [hit] = answer.json()["hits"]
        assert hit["product"]["id"] == "p3"
        assert hit["score"] > hit["explanation"]["pattern"] > 0.85


def test_a_colour_that_is_none_is_refused(service):
    asked = {"query": [{"product_id": "p3"}], "colours": ["reddish"]}

    answer = service.client.post("/v1/collections/default/search", json=asked)

    assert answer.status_code == 422
    assert "reddish" in answer.json()["detail"]

"""Requests in words over HTTP."""

from __future__ import annotations

import pytest

ROOT = "/v1/collections/default"


def test_a_request_is_read(service):
    request = "crimson or seagreen discs under 50"
    answer = service.client.post(f"{ROOT}/understanding", json={"text": request}).json()
    assert answer["text"] == ""
    assert answer["filter"] == (
        "color in ('crimson', 'seagreen') and category = 'discs' and price < 50"
    )
    assert [request[chip["start"] : chip["end"]] for chip in answer["chips"]] == [
        "crimson or seagreen",
        "discs",
        "under 50",
    ]
    assert [chip["kind"] for chip in answer["chips"]] == ["colour", "category", "price"]


@pytest.mark.parametrize("form", [False, True])
def test_a_search_understands_where_it_is_asked_to(service, small_shop, form):
    text = "under 30"
    if form:
        photo = {"image": (small_shop / "query-2.png").read_bytes()}
        data = {"text": text, "understand": "true"}
        answer = service.client.post(f"{ROOT}/search", files=photo, data=data).json()
    else:
        asked = {"query": [{"text": text}], "understand": True}
        answer = service.client.post(f"{ROOT}/search", json=asked).json()
    assert {hit["product"]["id"] for hit in answer["hits"]} == {"p0", "p1"}
    assert answer["understood"]["filter"] == "price < 30"


def test_a_search_takes_words_literally_unless_asked(service):
    answer = service.client.post(f"{ROOT}/search", json={"query": [{"text": "under 30"}]}).json()
    assert answer["hits"] == []
    assert "understood" not in answer


def test_pages_of_a_request_go_on(service):
    asked = {"query": [{"text": "under 50"}], "understand": True, "limit": 3, "sort": "price"}
    first = service.client.post(f"{ROOT}/search", json=asked).json()
    asked["cursor"] = first["next_cursor"]
    second = service.client.post(f"{ROOT}/search", json=asked).json()
    found = [hit["product"]["id"] for page in (first, second) for hit in page["hits"]]
    assert found == ["p0", "p1", "p2", "p3"]


def test_facets_are_counted_of_what_the_request_leaves(service):
    asked = {"query": [{"text": "under 30"}], "understand": True, "facets": ["color"]}
    answer = service.client.post(f"{ROOT}/search", json=asked).json()
    assert answer["facets"]["color"] == {"crimson": 1, "seagreen": 1}


@pytest.mark.parametrize(
    ("body", "status"),
    [({"text": ""}, 200), ({"text": "\x00 ' ) or ("}, 200), ({"text": "x" * 1001}, 422), ({}, 422)],
)
def test_any_text_is_read_and_a_long_one_refused(service, body, status):
    response = service.client.post(f"{ROOT}/understanding", json=body)
    assert response.status_code == status
    if status == 200:
        assert response.json()["filter"] is None


def test_another_collection_is_not_found(service):
    response = service.client.post("/v1/collections/none/understanding", json={"text": "red"})
    assert response.status_code == 404

"""Why a product was found, over HTTP."""

from __future__ import annotations

import base64

import pytest

from goodsight.core.access import Role

PATH = "/v1/collections/default/explanation"
SEARCH = "/v1/collections/default/search"


def asked(small_shop, number, **more):
    data = (small_shop / f"query-{number}.png").read_bytes()
    return {"query": [{"image": base64.b64encode(data).decode(), **more}]}


def total(shown):
    return sum(map(sum, shown["rows"]))


def explained(service, request):
    response = service.client.post(PATH, json=request)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_search_with_a_hit_is_explained(service, small_shop):
    request = asked(small_shop, 2)
    hit = service.client.post(SEARCH, json={**request, "explain": True}).json()["hits"][0]
    answer = explained(service, {**request, "product_id": hit["product"]["id"], "facets": ["*"]})
    [query] = answer["query"]
    assert answer["method"] == "exact"
    assert total(query) == pytest.approx(hit["score"], abs=2e-3)
    assert total(answer["hit"]) == pytest.approx(hit["explanation"]["best"], abs=2e-3)
    assert (answer["score"], answer["confidence"]) == (hit["score"], hit["confidence"])
    assert (answer["shares"], answer["photo"]) == (hit["explanation"], hit["photo"])
    assert query["term"] == 0
    # 224 of 256 pixels of a square photo.
    assert query["box"] == pytest.approx([0.0625, 0.0625, 0.875, 0.875])
    kept = {"query": [{"image_id": answer["image_id"]}]}
    again = service.client.post(SEARCH, json=kept).json()["hits"][0]
    assert explained(service, {**kept, "product_id": "p2"})["score"] == again["score"]


def test_a_region_s_map_lies_on_the_whole_photo(service, small_shop):
    request = asked(small_shop, 2, box=[0.5, 0.2, 0.4, 0.4])
    [query] = explained(service, {**request, "product_id": "p2"})["query"]
    assert query["box"] == pytest.approx([0.525, 0.225, 0.35, 0.35], abs=1e-3)


def test_every_photo_of_the_query_has_its_map(service, small_shop):
    request = asked(small_shop, 1)
    request["query"] += [
        {"text": "product"},
        {"product_id": "p3"},
        *asked(small_shop, 2, weight=-0.3)["query"],
    ]
    answer = explained(service, {**request, "product_id": "p1"})
    assert [shown["term"] for shown in answer["query"]] == [0, 3]
    cells = sum(map(total, answer["query"]))
    assert cells + answer["other_terms"] == pytest.approx(answer["likeness"], abs=1e-4)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"query": [{"text": "orchid"}], "product_id": "p4"}, 422),
        ({"query": [{"product_id": "p1"}], "product_id": "nowhere"}, 422),
        ({"query": [{"product_id": "p1"}]}, 422),
        ({"query": [{"image_id": "gone"}], "product_id": "p1"}, 404),
    ],
)
def test_what_cannot_be_explained_is_refused(service, request_, status):
    response = service.client.post(PATH, json=request_)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_key_is_needed_where_searching_needs_one(start_service):
    closed = start_service(open_search=False)
    request = {"query": [{"product_id": "p1"}], "product_id": "p2"}
    assert closed.client.post(PATH, json=request).status_code == 401
    headers = closed.key(Role.SEARCH)
    assert closed.client.post(PATH, json=request, headers=headers).status_code == 200

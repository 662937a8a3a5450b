"""Programs written for Google's product search: requests and responses of its reference."""

from __future__ import annotations

import base64
import json

import pytest

from goodsight.core.access import Role
from goodsight.core.filter_parser import parse_filter
from goodsight.service.compat.google_filter import BadGoogleFilter, translate_filter

ANNOTATE = "/compat/google/v1/images:annotate"
SET = "projects/shop/locations/us-east1/productSets/default"


def request_for(photo, **params):
    """As the reference writes it."""
    return {
        "image": {"content": base64.b64encode(photo).decode()},
        "features": [{"type": "PRODUCT_SEARCH", "maxResults": 5}],
        "imageContext": {
            "productSearchParams": {
                "productSet": SET,
                "productCategories": ["apparel-v2"],
                **params,
            }
        },
    }


def ask(service, *requests, **options):
    response = service.client.post(ANNOTATE, json={"requests": list(requests)}, **options)
    assert response.status_code == 200, response.text
    return response.json()["responses"]


@pytest.fixture
def photo(small_shop):
    return (small_shop / "query-1.png").read_bytes()


def test_a_request_of_the_reference_gets_an_answer_of_the_reference(service, photo):
    [answer] = ask(service, request_for(photo))
    assert set(answer) == {"productSearchResults"}
    found = answer["productSearchResults"]
    assert set(found) == {"indexTime", "results", "productGroupedResults"}
    assert found["indexTime"].endswith("Z")
    assert len(found["results"]) == 5
    best = found["results"][0]
    assert set(best) == {"product", "score", "image"}
    assert best["product"]["name"] == "projects/shop/locations/us-east1/products/p1"
    assert best["product"]["displayName"] == "Product seagreen"
    assert best["product"]["productCategory"] == "Edged"
    assert best["product"]["productLabels"] == [{"key": "color", "value": "seagreen"}]
    assert 0 <= best["score"] <= 1
    assert best["image"].startswith(best["product"]["name"] + "/referenceImages/")
    [group] = found["productGroupedResults"]
    assert group["results"] == found["results"]
    assert len(group["boundingPoly"]["normalizedVertices"]) == 4


def test_the_filter_narrows(service, photo):
    [answer] = ask(
        service, request_for(photo, filter="(color = orchid OR color=crimson) AND brand = Acme")
    )
    found = {
        result["product"]["name"].rpartition("/")[2]
        for result in answer["productSearchResults"]["results"]
    }
    assert found == {"p0", "p4"}


def test_a_category_of_the_catalogue_narrows(service, photo):
    [answer] = ask(service, request_for(photo, productCategories=["Round"]))
    assert len(answer["productSearchResults"]["results"]) == 2


@pytest.mark.parametrize(
    "poly",
    [
        {"normalizedVertices": [{"x": 0.1, "y": 0.1}, {"x": 0.9, "y": 0.9}]},
        {"normalizedVertices": [{}, {"x": 1}, {"x": 1, "y": 1}, {"y": 1}]},
        {"vertices": [{"x": 10, "y": 10}, {"x": 190, "y": 190}]},
        {"vertices": [{"x": -50, "y": -50}, {"x": 5000, "y": 5000}]},
    ],
)
def test_a_region(service, photo, poly):
    [answer] = ask(service, request_for(photo, boundingPoly=poly))
    best = answer["productSearchResults"]["results"][0]
    assert best["product"]["name"].endswith("/p1")


def test_one_bad_photo_does_not_touch_the_others(service, photo):
    good = request_for(photo)
    answers = ask(
        service,
        {**good, "image": {"content": "no base64"}},
        {**good, "image": {"source": {"gcsImageUri": "gs://bucket/photo.jpg"}}},
        {**good, "image": {"source": {"imageUri": "http://169.254.169.254/"}}},
        {**good, "features": [{"type": "LABEL_DETECTION"}]},
        {**good, "image": {}},
        request_for(photo, filter="color: red"),
        request_for(photo, filter="(color = red OR brand = x)"),
        request_for(photo, productSet="default"),
        request_for(photo, productSet=SET.replace("default", "none")),
        request_for(photo, productCategories=["spaceships"]),
        request_for(photo, boundingPoly={"normalizedVertices": [{"x": 0.5}]}),
        good,
    )
    assert [answer.get("error", {}).get("code") for answer in answers] == [
        *[3] * 8,
        5,
        3,
        3,
        None,
    ]
    assert all(answer["error"]["message"] for answer in answers[:-1])


def test_at_most_sixteen_photos(service, photo):
    response = service.client.post(ANNOTATE, json={"requests": [request_for(photo)] * 17})
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")


def test_keys_where_google_s_programs_have_them(start_service, photo):
    service = start_service(open_search=False)
    refused = service.client.post(ANNOTATE, json={"requests": []})
    assert refused.status_code == 401
    assert refused.json()["error"]["status"] == "UNAUTHENTICATED"
    key = service.key(Role.SEARCH)["Authorization"].removeprefix("Bearer ")
    for options in ({"params": {"key": key}}, {"headers": {"X-Goog-Api-Key": key}}):
        assert ask(service, request_for(photo), **options)
    elsewhere = service.client.get("/v1/collections", params={"key": key})
    assert elsewhere.status_code == 401


def test_a_key_for_one_collection_opens_no_other(start_service, photo):
    service = start_service(open_search=False)
    headers = service.key(Role.SEARCH, collections=["elsewhere"])
    named, unnamed = request_for(photo), request_for(photo, productSet="")
    answers = ask(service, named, unnamed, headers=headers)
    assert [answer["error"]["code"] for answer in answers] == [7, 7]


def test_no_photo_at_all(service):
    assert ask(service) == []
    broken = service.client.post(
        ANNOTATE, content=b"{", headers={"Content-Type": "application/json"}
    )
    assert broken.status_code == 400
    assert json.loads(broken.text)["error"]["message"]


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("color = red", "color = 'red'"),
        ("color=red AND brand=Google", "color = 'red' and brand = 'Google'"),
        (
            "(color = red OR color = blue) AND brand = Google",
            "color in ('red', 'blue') and brand = 'Google'",
        ),
        ('"shoe size" = "9 1/2"', "\"shoe size\" = '9 1/2'"),
        ("name = it's", "name = 'it''s'"),
        ("(color = red)", "color in ('red')"),
    ],
)
def test_filters_mean_the_same(text, ours):
    assert parse_filter(translate_filter(text)) == parse_filter(ours)


@pytest.mark.parametrize(
    "text",
    [
        "color",
        "color =",
        "= red",
        "color : red",
        "(color = red",
        "color = red brand = x",
        "color = red OR color = blue",
        "a = b AND",
        "AND a = b",
        '"" = x',
        "(a = b OR c = d)",
        '"',
    ],
)
def test_filters_that_google_refuses_are_refused(text):
    with pytest.raises(BadGoogleFilter):
        translate_filter(text)


def test_no_filter():
    assert translate_filter("") is None
    assert translate_filter("  ") is None

"""Products over HTTP: shown, put, removed, with photos, one by one and by the line."""

from __future__ import annotations

import json

import pytest

from goodsight.core.access import Role
from small_shop import draw_shape

NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def editor(service):
    """Headers that may edit, and a collection of this module's own."""
    admin = service.key(Role.ADMIN)
    response = service.client.put("/v1/collections/edited", headers=admin)
    assert response.status_code == 204, response.text
    yield service.key(Role.EDIT)
    assert service.client.delete("/v1/collections/edited", headers=admin).status_code == 204


def png(number, tmp_path, seed=0):
    path = tmp_path / "photo.png"
    draw_shape(number, seed).save(path)
    return path.read_bytes()


def path_of(product_id):
    return f"/v1/collections/edited/products/{product_id}"


def test_a_product_is_shown_with_everything(service):
    product = service.client.get("/v1/collections/default/products/p1").json()
    assert product["title"] == "Product seagreen"
    assert product["attributes"] == {"color": "seagreen"}
    assert len(product["photos"]) == 2
    for photo in product["photos"]:
        picture = service.client.get(photo["url"])
        assert picture.headers["content-type"] == "image/webp"
    assert service.client.head("/v1/collections/default/products/p1").status_code == 200
    missing = service.client.get("/v1/collections/default/products/none")
    assert missing.json()["type"] == "/problems/product-not-found"


def test_put_change_photo_search_remove(service, editor, tmp_path):
    client = service.client
    given = {
        "title": "Enamel mug",
        "price": "12.50",
        "currency": "EUR",
        "stock": 3,
        "categories": ["Kitchen/Mugs"],
        "attributes": {"color": ["white", "blue"]},
        "variants": [{"id": "mug/blue", "options": {"color": "blue"}, "price": 13, "stock": 2}],
    }
    answer = client.put(path_of("mug/1"), json=given, headers=editor).json()
    assert (answer["status"], answer["photos"]) == ("added", 0)
    assert client.put(path_of("mug/1"), json=given, headers=editor).json()["status"] == "unchanged"
    added = client.post(
        path_of("mug/1") + "/photos", files={"image": png(4, tmp_path)}, headers=editor
    )
    assert added.status_code == 201, added.text
    assert client.get(added.json()["photo"]).status_code == 200
    large = client.get(added.json()["photo"], params={"size": "large"})
    assert large.status_code == 200
    found = client.post(
        "/v1/collections/edited/search", files={"image": png(4, tmp_path, seed=9)}
    ).json()
    assert found["hits"][0]["product"]["id"] == "mug/1"
    assert found["hits"][0]["product"]["stock"] == 2
    # A change without photos keeps the photo, and is seen by the next search.
    client.put(path_of("mug/1"), json={**given, "price": "9.99"}, headers=editor)
    found = client.post(
        "/v1/collections/edited/search", files={"image": png(4, tmp_path, seed=9)}
    ).json()
    assert found["hits"][0]["product"]["price"] == "9.99"
    assert client.delete(path_of("mug/1"), headers=editor).status_code == 204
    assert client.get(path_of("mug/1")).status_code == 404
    assert client.get(added.json()["photo"]).status_code == 404
    assert client.delete(path_of("mug/1"), headers=editor).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"title": ""},
        {"title": "x", "price": -1},
        {"title": "x", "price": "NaN"},
        {"title": "x", "currency": "euro"},
        {"title": "x", "photos": ["/etc/passwd"]},
        {"title": "x", "photos": ["file:///etc/passwd"]},
        {"title": "x", "url": "javascript:alert(1)"},
        {"title": "x", "unheard": 1},
    ],
)
def test_bad_products_are_refused(service, editor, given):
    response = service.client.put(path_of("bad"), json=given, headers=editor)
    assert response.status_code == 422
    assert service.client.get(path_of("bad")).status_code == 404


def test_a_photo_that_is_none_is_refused_and_leaves_nothing(service, editor):
    client = service.client
    client.put(path_of("plain"), json={"title": "Plain"}, headers=editor)
    bad = client.post(path_of("plain") + "/photos", files={"image": b"no photo"}, headers=editor)
    assert bad.json()["type"] == "/problems/photo-unreadable"
    assert client.get(path_of("plain")).json()["photos"] == []
    none = client.post(path_of("nobody") + "/photos", files={"image": b"x"}, headers=editor)
    assert none.json()["type"] == "/problems/product-not-found"


def test_unreachable_photos_are_told_and_the_product_stays(service, editor):
    url = "http://127.0.0.1:9/photo.jpg"
    answer = service.client.put(
        path_of("far"), json={"title": "Far", "photos": [url]}, headers=editor
    ).json()
    assert answer["status"] == "added"
    assert answer["photos"] == 0
    [skip] = answer["skipped"]
    assert skip["ref"] == url
    assert skip["reason"]


def lines(response):
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


def test_lines_are_answered_one_by_one(service, editor):
    body = "\n".join(
        [
            json.dumps({"id": "bulk-1", "title": "One"}),
            "no json",
            json.dumps({"id": "bulk-2"}),
            "",
            json.dumps({"id": "bulk-3", "title": "Three", "price": "3"}),
            json.dumps({"id": "bulk-1", "title": "One again"}),
        ]
    )
    answers = lines(
        service.client.post(
            "/v1/collections/edited/products", content=body, headers={**editor, **NDJSON}
        )
    )
    assert [(answer["row"], answer["id"], answer["status"]) for answer in answers] == [
        (1, "bulk-1", "added"),
        (2, None, "refused"),
        (3, "bulk-2", "refused"),
        (5, "bulk-3", "added"),
        (6, "bulk-1", "changed"),
    ]
    assert "title" in answers[2]["error"]
    assert service.client.get(path_of("bulk-1")).json()["title"] == "One again"


def test_a_long_stream_goes_through(service, editor):
    def body():
        for number in range(1000):
            yield json.dumps({"id": f"many-{number}", "title": f"Product {number}"}).encode()
            yield b"\n"

    answers = lines(
        service.client.post(
            "/v1/collections/edited/products", content=body(), headers={**editor, **NDJSON}
        )
    )
    assert len(answers) == 1000
    assert {answer["status"] for answer in answers} == {"added"}
    assert [answer["row"] for answer in answers] == list(range(1, 1001))


def test_a_line_without_end_is_refused(service, editor):
    response = service.client.post(
        "/v1/collections/edited/products",
        content=b'{"id": "' + b"x" * (2 << 20),
        headers={**editor, **NDJSON},
    )
    assert response.status_code == 413


def test_a_run_of_single_edits_removes_nothing_of_a_feed(service, editor):
    headers = service.key(Role.EDIT)
    path = "/v1/collections/default/products/extra"
    assert service.client.put(path, json={"title": "Extra"}, headers=headers).status_code == 200
    total = service.client.post("/v1/collections/default/search", json={}).json()["total"]
    assert total == 7
    assert service.client.delete(path, headers=headers).status_code == 204

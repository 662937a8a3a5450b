"""What owners do over HTTP: send feeds, watch jobs, read runs and health."""

from __future__ import annotations

import time

import pytest

from goodsight.service.feeds import safe_name
from goodsight.service.problems import Problem

COLLECTION = "/v1/collections/sent"


@pytest.fixture(scope="module")
def admin(service):
    headers = service.key()
    yield headers
    service.client.delete(COLLECTION, headers=headers)


def finished(service, headers, job_id):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = service.client.get(f"/v1/jobs/{job_id}", headers=headers).json()
        if job["status"] not in ("waiting", "running"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def send(service, headers, feed, photos=(), **fields):
    files = [("feed", ("feed.csv", feed))]
    files += [("photos", (path.name, path.read_bytes())) for path in photos]
    response = service.client.post(COLLECTION + "/feeds", files=files, data=fields, headers=headers)
    assert response.status_code == 202, response.text
    return finished(service, headers, response.json()["job_id"])


def test_a_feed_with_photos_is_indexed_and_its_runs_are_told(service, admin, small_shop):
    photos = sorted((small_shop / "photos").iterdir())[:4]
    rows = [
        "id,title,price,image",
        f"a,Anna,5,{photos[0].name}|{photos[1].name}",
        f"b,Bert,6,{photos[2].name}|lost.jpg",
        f"c,Carl,7,{photos[0].name}",
        "d,Dora,8,",
        ",nameless,8,",
    ]
    job = send(service, admin, "\n".join(rows), photos, currency="EUR")
    assert job["status"] == "done", job
    assert job["report"]["photos"]["indexed"] == 4
    assert job["progress"]["indexed"] == 4
    found = service.client.post(COLLECTION + "/search", files={"image": photos[2].read_bytes()})
    assert found.json()["hits"][0]["product"]["id"] == "b"
    assert found.json()["hits"][0]["product"]["currency"] == "EUR"

    [run] = service.client.get(COLLECTION + "/runs", headers=admin).json()["runs"]
    assert run["status"] == "complete"
    assert run["photos_indexed"] == 4
    assert run["skipped_count"] == 2
    assert any("lost.jpg" in skip["ref"] for skip in run["skipped"])
    assert any(skip["row"] == 6 for skip in run["skipped"])

    health = service.client.get(COLLECTION + "/health-report", headers=admin).json()
    assert [product["id"] for product in health["without_photo"]] == ["d"]
    [duplicate] = health["duplicates"]
    assert {product["id"] for product in duplicate["products"]} == {"a", "c"}
    assert any("lost.jpg" in item["ref"] for item in health["unreadable"])


def test_a_feed_sent_again_replaces_what_it_was(service, admin, small_shop):
    [photo, *_] = sorted((small_shop / "photos").iterdir())
    send(service, admin, f"id,title,image\na,Anna,{photo.name}\nz,Zoe,{photo.name}\n", [photo])
    job = send(service, admin, f"id,title,image\na,Anna again,{photo.name}\n")
    assert job["report"]["products"]["removed"] >= 1
    assert service.client.get(COLLECTION + "/products/z").status_code == 404
    assert service.client.get(COLLECTION + "/products/a").json()["title"] == "Anna again"


def test_a_sent_feed_reads_no_file_of_this_machine(service, admin, small_shop, tmp_path):
    outside = small_shop / "photos" / "0-0.png"
    rows = f"id,title,image\nout,Out,{outside}\nup,Up,../../../../../../..{outside}\n"
    job = send(service, admin, rows)
    assert job["report"] is None or job["report"]["photos"]["indexed"] == 0
    for product in ("out", "up"):
        shown = service.client.get(f"{COLLECTION}/products/{product}").json()
        assert not shown.get("photos")


def test_a_feed_that_is_none_fails_with_its_reason(service, admin):
    job = send(service, admin, b"\x00\x01\x02 no feed")
    assert job["status"] == "failed"
    assert job["error"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("feed.csv", "feed.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\feed.csv", "feed.csv"),
        ("产品.csv", "产品.csv"),
        ("a b(1).csv", "a b_1_.csv"),
        (".hidden", "hidden"),
        ("x" * 300 + ".jsonl", "x" * 94 + ".jsonl"),
        ("a\0b", "a_b"),
    ],
)
def test_file_names_are_made_harmless(name, kept):
    assert safe_name(name) == kept


@pytest.mark.parametrize("name", ["..", "/", "...", "", "\\"])
def test_names_without_anything_left_are_refused(name):
    with pytest.raises(Problem):
        safe_name(name)


def test_an_unknown_job_and_a_missing_file(service, admin):
    assert service.client.get("/v1/jobs/none", headers=admin).status_code == 404
    nothing = service.client.post(COLLECTION + "/feeds", data={"x": "y"}, headers=admin)
    assert nothing.status_code in (415, 422)

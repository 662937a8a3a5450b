"""The boundary: sizes, hosts, headers, rates, queue, methods, ids."""

from __future__ import annotations

import socket
import threading
import time

import pytest

SEARCH = "/v1/collections/default/search"


def test_every_answer_has_security_headers(service):
    for path in ("/", "/owner", "/v1/collections", "/v1/nothing", "/openapi.json", "/metrics"):
        headers = service.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-request-id"]
        assert "server" not in headers


def test_the_page_s_policy_allows_nothing_from_elsewhere(service):
    policy = service.client.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    etag = service.client.get("/").headers["etag"]
    again = service.client.get("/", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == policy
    assert "http" not in policy
    worker = service.client.get("/service-worker.js").headers["content-security-policy"]
    assert worker == policy
    part = service.client.get("/assets/main.js").headers["content-security-policy"]
    assert part.startswith("default-src 'none';")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_a_foreign_host_name_is_refused(service, host):
    response = service.client.get("/v1/collections", headers={"Host": host})
    assert response.status_code in (400, 403)


def test_own_names_are_served(service):
    port = service.url.rpartition(":")[2]
    for host in (f"localhost:{port}", "LOCALHOST", "127.0.0.1", "[::1]:80"):
        assert service.client.get("/v1/collections", headers={"Host": host}).status_code == 200


def test_a_body_is_bounded_announced_or_not(start_service):
    service = start_service(max_body_megabytes=1)
    big = b"x" * (2 << 20)
    announced = service.client.post(SEARCH, files={"image": big})
    assert announced.status_code == 413
    assert announced.json()["type"] == "/problems/too-large"

    def chunks():
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
        for _ in range(32):
            yield b"x" * (64 << 10)

    chunked = service.client.post(
        SEARCH, content=chunks(), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert chunked.status_code == 413
    assert chunked.json()["type"] == "/problems/too-large"
    small = service.client.post("/v1/session", content=b"x" * (2 << 20))
    assert small.status_code == 413


def test_parts_are_bounded(service):
    many = {f"field{n}": (None, "x") for n in range(200)}
    assert service.client.post(SEARCH, files=many).status_code in (400, 422)
    long = {"text": (None, "x" * (1 << 20))}
    assert service.client.post(SEARCH, files=long).status_code in (400, 413, 422)


def test_pixels_are_bounded(service):
    # A PNG header that announces 60,000 × 60,000 pixels.
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60000).to_bytes(4, "big") * 2
    bomb = header + b"\x08\x02\x00\x00\x00" + b"\x00" * 64
    response = service.client.post(SEARCH, files={"image": bomb})
    assert response.json()["type"] == "/problems/photo-unreadable"


def test_a_body_that_stalls_is_given_up(start_service):
    service = start_service(request_seconds=1)
    port = int(service.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as stalled:
        stalled.sendall(
            b"POST /v1/collections/default/search HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        answer = b""
        while part := stalled.recv(4096):
            answer += part
            if b"\r\n\r\n" in answer:
                break
    assert b" 200 " not in answer.partition(b"\r\n")[0]
    assert service.client.get("/v1/health/live").status_code == 200


def test_callers_are_held_to_their_rate(start_service):
    service = start_service(requests_per_minute=5)
    statuses = [service.client.post(SEARCH, json={}).status_code for _ in range(8)]
    assert statuses[:5] == [200] * 5
    assert statuses[-1] == 429
    refused = service.client.post(SEARCH, json={})
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["type"] == "/problems/too-many-requests"
    # Another caller, one with a key, has a count of its own.
    assert service.client.post(SEARCH, json={}, headers=service.key()).status_code == 200


def test_a_full_queue_sheds_at_once(start_service):
    service = start_service(queue_length=1, threads=1)
    gate = threading.Event()
    statuses = []

    def ask():
        statuses.append(service.client.post(SEARCH, json={}).status_code)

    original = service.state.shop("default").find

    def slow(*arguments, **options):
        gate.wait(20)
        return original(*arguments, **options)

    service.state.shop("default").find = slow
    # Two at work, one waits, two too many.
    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while len(statuses) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert statuses == [429, 429]
    gate.set()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 200, 429, 429]
    assert service.state.work.waiting == service.state.work.working == 0


def test_request_ids_are_kept_or_made(service):
    given = service.client.get("/v1/health/live", headers={"X-Request-Id": "mine-1"})
    assert given.headers["x-request-id"] == "mine-1"
    odd = service.client.get("/v1/health/live", headers={"X-Request-Id": "a b\tc"})
    assert odd.headers["x-request-id"] != "a b\tc"


def test_get_routes_answer_head(service):
    document = service.client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        if "get" in operations and "{" not in path and path != "/v1/session":
            response = service.client.head(path, headers=service.key())
            assert response.status_code == 200, path
            assert response.content == b""


def test_named_origins_may_ask_and_others_may_not(start_service):
    service = start_service(allowed_origins=("https://shop.example",))
    named = {"Origin": "https://shop.example"}
    response = service.client.post(SEARCH, json={}, headers=named)
    assert response.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-credentials" not in response.headers
    preflight = {**named, "Access-Control-Request-Method": "POST"}
    assert service.client.options(SEARCH, headers=preflight).status_code == 200
    other = service.client.post(SEARCH, json={}, headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


def test_pictures_are_cached_by_etag(service):
    hit = service.client.post(SEARCH, json={"limit": 1}).json()["hits"][0]
    first = service.client.get(hit["photo"])
    assert first.headers["etag"]
    again = service.client.get(hit["photo"], headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    large = service.client.get(hit["photo"], params={"size": "large"})
    assert large.headers["etag"] != first.headers["etag"]


def test_an_error_of_our_own_tells_nothing(start_service):
    service = start_service()
    service.state.shop("default").find = None
    response = service.client.post(SEARCH, json={})
    assert response.status_code == 500
    assert response.json()["type"] == "/problems/internal"
    assert "NoneType" not in response.text
    assert "Traceback" not in response.text

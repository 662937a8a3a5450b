"""Files by URL: fetched once, asked for news, never half on disk."""

from __future__ import annotations

import pytest

from goodsight.core.errors import PhotoError
from goodsight.images import Downloads, FetchLimits, GuardedFetcher
from images.web_server import WebServer

LIMIT = 1000


@pytest.fixture
def web():
    server = WebServer()
    yield server
    server.close()


def downloads(web, folder, **options):
    own = frozenset({f"127.0.0.1:{web.port}"})
    limits = FetchLimits(max_bytes=LIMIT, total_seconds=5)
    return Downloads(folder, GuardedFetcher(limits, own_hosts=own, accept="*/*", **options))


def test_the_next_run_asks_for_news(web, tmp_path):
    url = web.put("/feed.csv", b"one", ETag='"1"', Last_Modified="Mon, 02 Mar 2026 10:00:00 GMT")
    path = downloads(web, tmp_path).file(url)
    assert path.read_bytes() == b"one"
    before = path.stat()
    web.put("/feed.csv", status="304 Not Modified")
    assert downloads(web, tmp_path).file(url) == path
    assert path.stat() == before
    assert 'If-None-Match: "1"' in web.requests[1]
    assert "If-Modified-Since: Mon, 02 Mar 2026 10:00:00 GMT" in web.requests[1]
    web.put("/feed.csv", b"two", ETag='"2"')
    assert downloads(web, tmp_path).file(url).read_bytes() == b"two"


def test_a_server_without_validators_sends_it_again_and_the_same_is_no_news(web, tmp_path):
    url = web.put("/feed.csv", b"one")
    path = downloads(web, tmp_path).file(url)
    before = path.stat()
    assert downloads(web, tmp_path).file(url).stat() == before
    assert len(web.requests) == 2
    assert "If-" not in web.requests[1]


def test_a_file_that_was_damaged_is_fetched_anew(web, tmp_path):
    url = web.put("/feed.csv", b"whole", ETag='"1"')
    path = downloads(web, tmp_path).file(url)
    path.write_bytes(b"who")
    assert downloads(web, tmp_path).file(url).read_bytes() == b"whole"
    assert "If-None-Match" not in web.requests[1]


def test_what_fails_leaves_the_file_of_before(web, tmp_path):
    url = web.put("/feed.csv", b"one", ETag='"1"')
    path = downloads(web, tmp_path).file(url)
    web.put("/feed.csv", b"x" * (LIMIT + 1))
    with pytest.raises(PhotoError, match=r"more than 1,000 bytes"):
        downloads(web, tmp_path).file(url)
    web.behave(
        "/feed.csv",
        lambda client, _: client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"),
    )
    with pytest.raises(PhotoError, match="broke off"):
        downloads(web, tmp_path).file(url)
    assert path.read_bytes() == b"one"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [path.name, f"{path.name}.json"]


def test_a_broken_attempt_leaves_nothing_of_itself_in_the_next(web, tmp_path):
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nmuch longer than what comes next",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
    ]
    url = web.behave("/feed.csv", lambda client, _: client.sendall(answers[len(web.requests) - 1]))
    assert downloads(web, tmp_path, attempts=2).file(url).read_bytes() == b"whole"

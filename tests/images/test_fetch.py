"""The guarded fetcher against real servers on loopback, which a test must let it reach."""

from __future__ import annotations

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest

from goodsight.core.errors import PhotoError
from goodsight.images.fetch import Fetched, FetchLimits, GuardedFetcher
from goodsight.images.fetch_connection import resolve
from goodsight.images.fetch_target import BadUrl, Target
from images.web_server import WebServer, dribble

# Every spelling of a place that nothing is fetched from. None needs a network to be refused.
HOSTILE_URLS = [
    *(
        f"http://{host}/a.jpg"
        for host in [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "017700000001",
            "0x7f.1",
            "127.0.0.1.",
            "0",
            "0.0.0.0",
            "00.00.00.00",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "10.0.0.1",
            "10.1",
            "167772161",
            "0xa000001",
            "100.64.0.1",
            "169.254.169.254",
            "169.254.43518",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "192.168.1",
            "3232235521",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:10.0.0.1]",
            "[::ffff:169.254.169.254]",
            "[::127.0.0.1]",
            "[::7f00:1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::a00:1]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2002:a9fe:a9fe::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[100::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[0:0:0:0:0:0:0:1]",
            "[0000:0000:0000:0000:0000:ffff:7f00:0001]",
            "①②⑦.⓪.⓪.①",
            "１２７.0.0.1",
            "127。0。0。1",
        ]
    ),
    "http://[fe80::1%25eth0]/a.jpg",
    "http://[fe80::1%eth0]/a.jpg",
    "http://user@127.0.0.1/",
    "http://user:pass@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1?@example.com/",
    "http://127.0.0.1\\@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http:\\\\127.0.0.1\\a",
    "http:127.0.0.1/a",
    "http:/127.0.0.1/a",
    "http:///127.0.0.1/a",
    "http://",
    "http://:80/",
    "//127.0.0.1/a.jpg",
    "http://127.0.0.1:22/",
    "http://example.com:22/",
    "http://example.com:25/",
    "http://example.com:5432/",
    "http://example.com:6379/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:-1/",
    "http://example.com:eighty/",
    "http://exa mple.com/",
    "http://example.com/a b",
    "http://example.com/\r\nHost: evil",
    "http://example.com/\x00",
    " http://example.com/",
    "http://example.com/\t",
    "http://%31%32%37.0.0.1/",
    "http://a..b/",
    "http://-/",
    "http://.../",
    "http://*/",
    "http://ex*mple.com/",
    "http://" + "a" * 3000 + ".com/",
    "ftp://example.com/a.jpg",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "jar:http://127.0.0.1!/",
    "ws://example.com/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun/",
    "HTTP//example.com",
    "example.com/a.jpg",
    "",
]


@pytest.fixture
def web():
    server = WebServer()
    yield server
    server.close()


def fetcher(web, **options):
    """One that may reach this server and no other."""
    limits = options.pop("limits", FetchLimits(max_bytes=1000, total_seconds=5))
    options = {"is_allowed": lambda address: address == "127.0.0.1", **options}
    return GuardedFetcher(limits, ports=(web.port,), **options)


def test_the_list_is_long_enough():
    assert len(set(HOSTILE_URLS)) >= 100


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_hostile_urls_are_refused(url):
    started = time.monotonic()
    with pytest.raises(PhotoError) as caught:
        GuardedFetcher(FetchLimits(connect_seconds=0.2)).fetch(url)
    assert caught.value.reference == url
    # Refused by a rule, not because nobody answered.
    assert "cannot be reached" not in caught.value.reason, caught.value.reason
    assert "too long" not in caught.value.reason
    assert time.monotonic() - started < 5


def test_a_photo_is_fetched(web):
    url = web.put("/a.jpg?size=1&b=%20x", b"photo", ETag='"1"', Last_Modified="yesterday")
    assert fetcher(web).fetch(url) == Fetched(b"photo", '"1"', "yesterday")
    [request] = web.requests
    assert f"Host: 127.0.0.1:{web.port}" in request
    assert "Accept-Encoding: identity" in request
    assert "Cookie" not in request


def test_own_hosts_are_reached_whatever_their_address_and_port(web):
    url = web.put("/a.jpg", b"photo")
    own = frozenset({f"127.0.0.1:{web.port}"})
    with pytest.raises(PhotoError, match="port"):
        GuardedFetcher().fetch(url)
    assert GuardedFetcher(own_hosts=own).fetch(url).content == b"photo"
    # What they redirect to has no such right.
    other = url.replace("127.0.0.1", "localhost")
    redirecting = web.put("/b.jpg", status="302 Found", Location=other)
    with pytest.raises(PhotoError, match="port"):
        GuardedFetcher(own_hosts=own).fetch(redirecting)


def test_a_host_is_asked_a_few_times_at_once(web):
    at_work, most = [], []

    def slow(client, _):
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.05)
        at_work.pop()
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    url = web.behave("/a.jpg", slow)
    polite = fetcher(web, per_host=2)
    with ThreadPoolExecutor(8) as pool:
        assert [fetched.content for fetched in pool.map(polite.fetch, [url] * 8)] == [b"x"] * 8
    assert max(most) == 2


@pytest.mark.parametrize(
    "says_when", [lambda: "1", lambda: formatdate(time.time() + 2, usegmt=True)]
)
def test_a_busy_server_is_left_alone_as_long_as_it_asks(web, says_when):
    moments = []

    def busy(client, _):
        moments.append(time.monotonic())
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
        if len(moments) == 1:
            wait = f"Retry-After: {says_when()}\r\nContent-Length: 0\r\n\r\n"
            answer = b"HTTP/1.1 503 Busy\r\n" + wait.encode()
        client.sendall(answer)

    url = web.behave("/a.jpg", busy)
    patient = fetcher(web, attempts=3)
    assert patient.fetch(url).content == b"x"
    assert moments[1] - moments[0] >= 0.9


def test_a_name_is_resolved_once_and_connected_to_where_it_was_checked(web):
    url = web.put("/a.jpg", b"photo").replace("127.0.0.1", "shop.example")
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return answers[len(asked) - 1]

    assert fetcher(web, resolver=rebinding).fetch(url).content == b"photo"
    assert asked == ["shop.example"]
    assert f"Host: shop.example:{web.port}" in web.requests[0]


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], []])
def test_one_forbidden_address_of_a_name_is_enough(web, addresses):
    url = web.put("/a.jpg", b"photo").replace("127.0.0.1", "shop.example")
    with pytest.raises(PhotoError, match="not on the public internet"):
        fetcher(web, resolver=lambda host, port: addresses).fetch(url)
    assert web.requests == []


def test_loopback_is_out_of_reach_unless_a_test_allows_it(web):
    url = web.put("/a.jpg", b"photo")
    with pytest.raises(PhotoError, match="not on the public internet"):
        GuardedFetcher(ports=(web.port,)).fetch(url)
    assert web.requests == []


def test_redirections_are_followed_three_times(web):
    web.put("/3", b"photo")
    for number in range(3):
        web.put(f"/{number}", status="302 Found", Location=f"/{number + 1}")
    web.put("/-1", status="301 Moved", Location=web.url + "/0")
    assert fetcher(web).fetch(web.url + "/0").content == b"photo"
    with pytest.raises(PhotoError, match="more than 3 times"):
        fetcher(web).fetch(web.url + "/-1")


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1:{port}/",
        "http://169.254.169.254:{port}/latest/meta-data/",
        "http://[::1]:{port}/",
        "http://localhost:{port}/",
        "//10.0.0.1:{port}/a",
        "http://127.0.0.1:22/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user@127.0.0.1:{port}/",
        "http://[::1",
        "//[",
        "http://[1]x/",
        "http://[v1.a]:{port}/",
    ],
)
def test_each_redirection_is_checked_anew(web, location):
    web.put("/", b"reached")
    url = web.put("/go", status="302 Found", Location=location.format(port=web.port))
    with pytest.raises(PhotoError):
        fetcher(
            web, resolver=lambda h, p: ["10.0.0.1"] if h == "localhost" else resolve(h, p)
        ).fetch(url)
    assert len(web.requests) == 1


def test_a_loop_ends(web):
    url = web.put("/loop", status="307 Temporary", Location="/loop")
    with pytest.raises(PhotoError, match="more than 3 times"):
        fetcher(web).fetch(url)
    assert len(web.requests) == 4


def test_tls_is_not_given_up():
    with pytest.raises(BadUrl, match="https to http"):
        Target.of("https://example.com/a").after("http://example.com/a")
    assert Target.of("http://example.com/a").after("https://example.com/b").port == 443


def test_bytes_are_bounded_announced_or_not(web):
    announced = web.put("/announced", b"x" * 1001)

    def endless(client, _):
        client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            client.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")

    unannounced = web.behave("/endless", endless)
    lying = web.behave(
        "/lying",
        lambda client, _: client.sendall(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5000
        ),
    )
    for url in (announced, unannounced, lying):
        with pytest.raises(PhotoError, match="more than 1,000 bytes"):
            fetcher(web).fetch(url)
    assert fetcher(web).fetch(web.put("/just", b"x" * 1000)).content == b"x" * 1000


def test_compressed_answers_are_refused(web):
    bomb = gzip.compress(bytes(10_000_000))[:900]
    url = web.put("/bomb", bomb, Content_Encoding="gzip")
    with pytest.raises(PhotoError, match="compresses"):
        fetcher(web).fetch(url)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 100,
        b"HTTP/1.1 200 OK\r\n" + b"X-Header: " + b"x" * 100,
    ],
)
def test_a_server_that_dribbles_is_given_up(web, data):
    url = web.behave("/slow", dribble(data, 0.05))
    limits = FetchLimits(total_seconds=0.6, read_seconds=0.5)
    started = time.monotonic()
    with pytest.raises(PhotoError, match="too long"):
        fetcher(web, limits=limits).fetch(url)
    assert time.monotonic() - started < 5


def test_a_server_that_says_nothing_is_given_up(web):
    url = web.behave("/silent", lambda client, _: time.sleep(3))
    with pytest.raises(PhotoError, match="too long"):
        fetcher(web, limits=FetchLimits(read_seconds=0.2)).fetch(url)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (lambda client, _: client.sendall(b"no HTTP at all\r\n\r\n"), "does not speak HTTP"),
        (lambda client, _: None, "broke off"),
        (
            lambda client, _: client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
            "broke off",
        ),
    ],
)
def test_broken_answers_are_told(web, behaviour, reason):
    with pytest.raises(PhotoError, match=reason):
        fetcher(web).fetch(web.behave("/broken", behaviour))


@pytest.mark.parametrize(
    "status", ["404 Not Found", "403 Forbidden", "204 No Content", "302 Found"]
)
def test_other_answers_are_told(web, status):
    with pytest.raises(PhotoError, match=f"answered {status[:3]}"):
        fetcher(web).fetch(web.put("/other", status=status))


def test_what_may_pass_is_tried_again_and_the_rest_is_not(web):
    answers = iter([b"503 Busy\r\nRetry-After: 0", b"429 Many\r\nRetry-After: 0", b"200 OK"])

    def behaviour(client, _):
        client.sendall(b"HTTP/1.1 " + next(answers) + b"\r\nContent-Length: 0\r\n\r\n")

    assert fetcher(web, attempts=4).fetch(web.behave("/busy", behaviour)).content == b""
    assert len(web.requests) == 3
    with pytest.raises(PhotoError, match="404"):
        fetcher(web, attempts=4).fetch(web.url + "/missing")
    assert len(web.requests) == 4
    with pytest.raises(PhotoError, match="503"):
        fetcher(web).fetch(web.put("/always", status="503 Busy"))
    assert len(web.requests) == 5


def test_news_only(web):
    url = web.put("/a.jpg", status="304 Not Modified")
    known = Fetched(b"old", '"1"', "yesterday")
    assert not fetcher(web).fetch(url, known).changed
    assert 'If-None-Match: "1"' in web.requests[0]
    assert "If-Modified-Since: yesterday" in web.requests[0]


def test_an_answer_to_a_question_that_was_not_asked_is_none(web):
    url = web.put("/a.jpg", status="304 Not Modified")
    with pytest.raises(PhotoError, match="answered 304"):
        fetcher(web).fetch(url)


def test_broken_characters_are_refused(web):
    with pytest.raises(PhotoError, match="broken characters"):
        fetcher(web).fetch(f"{web.url}/\ud800.jpg")


def test_names_of_the_world_are_put_into_ascii():
    assert Target.of("http://bücher.example/ä?ö=ü").host == "xn--bcher-kva.example"
    assert Target.of("http://bücher.example/ä?ö=ü").path == "/%C3%A4?%C3%B6=%C3%BC"
    assert Target.of("https://Example.COM").url == "https://example.com/"
    assert Target.of("https://[2606:4700::1111]:8443/").authority == "[2606:4700::1111]:8443"

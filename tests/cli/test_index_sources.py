"""Feeds by URL, and `goodsight index --watch` as a person runs it: in a process of its own."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import goodsight
from goodsight.config import load_settings
from goodsight.core.errors import CatalogError
from goodsight.stores.postgres import EmbeddedServer
from images.web_server import WebServer
from small_shop import draw_shape

SCRIPT = Path(sys.executable).with_name("goodsight")
HEADER = "id\ttitle\tprice\tavailability\timage link\n"


@pytest.fixture(scope="module")
def web():
    server = WebServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def environment(tmp_path_factory, web):
    """Of processes that share a home, its database running, and may reach the server."""
    home = tmp_path_factory.mktemp("home")
    with EmbeddedServer(home / "postgres"):
        yield {
            **{name: value for name, value in os.environ.items() if "GOODSIGHT_" not in name},
            "GOODSIGHT_HOME": str(home),
            "GOODSIGHT_FEED_HOSTS": f"127.0.0.1:{web.port}",
            "GOODSIGHT_LEARN": "no",
        }


@pytest.fixture(scope="module")
def open_shop(environment):
    """Opens a collection of that home here, as far as no command line is needed."""

    def opened(collection, **overrides):
        variables = {name: v for name, v in environment.items() if name.startswith("GOODSIGHT_")}
        return goodsight.open(settings=load_settings(overrides, variables), collection=collection)

    return opened


def png(number):
    buffer = io.BytesIO()
    draw_shape(number).save(buffer, "PNG")
    return buffer.getvalue()


def put_with_tag(web, path, body):
    """Answers as servers do that know whether a file is the same still."""
    tag = f'"{hash(body)}"'

    def answer(client, request):
        if f"If-None-Match: {tag}" in request:
            client.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
            return
        head = f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)

    return web.behave(path, answer)


def test_a_feed_by_url_with_photos_by_url(web, open_shop):
    for number in range(2):
        put_with_tag(web, f"/img/{number}.png", png(number))
    rows = [
        "a\tA\t5.00 EUR\tin_stock\timg/0.png",
        f"b\tB\t6.00 EUR\tin_stock\t{web.url}/img/1.png",
        f"c\tC\t7.00 EUR\tin_stock\t{web.url}/img/gone.png",
        "d\tD\t8.00 EUR\tin_stock\t/etc/hostname",
    ]
    feed = put_with_tag(web, "/feed.tsv?key=secret", (HEADER + "\n".join(rows)).encode())
    with open_shop("fetched") as shop:
        report = shop.index(feed)
        assert (report.products.added, report.photos.indexed) == (4, 2)
        assert {skip.reference: skip.reason for skip in report.skipped} == {
            f"{web.url}/img/gone.png": "the server answered 404",
            f"{web.url}/etc/hostname": "the server answered 404",
        }
        # Whoever sees where a product came from does not see the key.
        (product,) = [hit.product for hit in shop.search("product:a", limit=1).hits]
        assert product.source.startswith(f"{web.url}/feed.tsv?")
        assert "secret" not in product.source
        asked = len(web.requests)
        again = shop.index(feed)
        assert (again.products.unchanged, again.photos.unchanged) == (4, 2)
        # What was there is asked for news, the feed once and each photo once.
        news = [request for request in web.requests[asked:] if "If-None-Match" in request]
        assert len(news) == 3
        assert all("User-Agent: goodsight" in request for request in news)
        # A feed that cannot be fetched, or is something else now, changes nothing.
        web.put("/feed.tsv?key=secret", status="404 Not Found")
        with pytest.raises(CatalogError, match=f"{web.url}.*: the server answered 404"):
            shop.index(feed)
        assert shop.count_photos(feed) == 4
        web.put("/feed.tsv?key=secret", b"<rss><item><id>a</id><title>A</title></item>")
        with pytest.raises(CatalogError, match=f"{web.url}.*: the file ends too early"):
            shop.index(feed)
        web.put("/feed.tsv?key=secret", b"<html>please sign in</html>")
        with pytest.raises(CatalogError, match=f"{web.url}.*: a web page that describes no"):
            shop.index(feed)
        assert shop.info().products == 4


def test_private_addresses_are_not_for_feeds_unless_they_are_ones_own(open_shop):
    with (
        open_shop("fetched", feed_hosts="pim.intern") as shop,
        pytest.raises(CatalogError, match="its host is not on the public internet"),
    ):
        shop.index("http://127.0.0.1/feed.csv")


class Watching:
    """A process that watches; a context manager that ends it as Ctrl-C does."""

    def __init__(self, environment, source, collection):
        self.process = subprocess.Popen(
            [SCRIPT, "index", source, "--watch", "--every", "0.2", "--collection", collection],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def __enter__(self):
        return self

    def told(self, text):
        """Wait for a message that has this text."""
        return any(text in line for line in self.process.stderr)

    def products(self):
        """What the next run says of products."""
        for line in self.process.stdout:
            if "products:" in line:
                return line.strip()
        return None

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        _, self.errors = self.process.communicate(timeout=60)


def test_a_file_is_watched(small_shop, environment, tmp_path):
    feed = tmp_path / "feed.csv"
    text = (small_shop / "feed.csv").read_text().replace("photos/", f"{small_shop}/photos/")
    feed.write_text(text)
    with Watching(environment, feed, "watched") as watching:
        assert "6 products: 6 added" in watching.products()
        feed.write_text("no feed at all")
        assert watching.told("still watching")
        feed.write_text("".join(text.splitlines(keepends=True)[:-1]))
        last = watching.products()
        assert "5 products" in last
        assert "1 removed" in last
    assert watching.process.returncode == 130
    assert "no longer watching" in watching.errors
    assert "Traceback" not in watching.errors


def test_a_url_is_watched(web, environment):
    row = "{0}\tName\t5.00 EUR\tin_stock\timg/0.png\n"
    url = put_with_tag(web, "/watched.tsv", (HEADER + row.format("a")).encode())
    with Watching(environment, url, "watched-url") as watching:
        assert "1 products: 1 added" in watching.products()
        web.put("/watched.tsv", status="404 Not Found")
        assert watching.told(f"still watching: {url}: the server answered 404")
        put_with_tag(web, "/watched.tsv", (HEADER + row.format("a") + row.format("b")).encode())
        assert "2 products: 1 added" in watching.products()
    assert watching.process.returncode == 130

"""The search box on a shop's own pages, on an origin of its own."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from goodsight.config import Settings
from service.browser import violations
from service.running import run_service


@contextmanager
def other_origin(folder):
    """Some shop's own web server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop_s_own_page(browser, page_home, tmp_path):
    """A page on another origin with the line that embeds the search box."""
    running = []

    def open_one(*, named: bool):
        origin = stack.enter_context(other_origin(tmp_path))
        origins = (origin,) if named else ("https://someone-else.example",)
        settings = Settings(home=page_home, requests_per_minute=0, allowed_origins=origins)
        running.append(run_service(settings))
        service = next(running[0])
        (tmp_path / "index.html").write_text(
            "<!doctype html><html lang=en><title>Shop</title><body><main><h1>Our shop</h1></main>"
            f'<script src="{service.url}/embed.js" data-collection="default" async></script>'
        )
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        stack.callback(context.close)
        page.goto(origin)
        return page, service

    with ExitStack() as stack:
        yield open_one
    for service in running:
        next(service, None)


def test_a_page_on_a_named_origin_shows_results(shop_s_own_page, small_shop):
    page, _ = shop_s_own_page(named=True)
    page.get_by_role("button", name="Search by photo").click()
    photo = page.locator("[data-goodsight] input[type=file]").first
    photo.wait_for(state="attached")
    assert violations(page) == []
    photo.set_input_files(small_shop / "query-3.png")
    page.get_by_text("Product goldenrod").first.wait_for()
    assert violations(page) == []


def test_a_page_on_another_origin_is_led_to_the_service_instead(shop_s_own_page):
    page, service = shop_s_own_page(named=False)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Search by photo").click()
    assert opened.value.url.startswith(service.url)
    assert page.locator("[data-goodsight] input[type=file]").count() == 0

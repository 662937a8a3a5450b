"""The customer's page in a real browser, on a real service: fixtures, and what visitors do."""

from __future__ import annotations

import pytest

import goodsight
from goodsight.config import Settings
from service.browser import ARGUMENTS, chromium
from service.running import run_service
from small_shop import COLOURS


def by(name: str) -> str:
    return f"[data-test={name}]"


@pytest.fixture(scope="module")
def page_home(tmp_path_factory, small_shop):
    home = tmp_path_factory.mktemp("page_home")
    with goodsight.open(home) as shop:
        shop.index(small_shop / "feed.csv")
    return home


@pytest.fixture(scope="module")
def shop_page(page_home):
    yield from run_service(Settings(home=page_home, requests_per_minute=0))


@pytest.fixture(scope="module")
def browser():
    # A camera that shows a test picture, and a visitor who allows it.
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with chromium([*ARGUMENTS, *fake]) as running:
        yield running


@pytest.fixture
def open_page(browser, shop_page):
    """Open the page; what it throws, and what it asks of other hosts, fails the test."""
    contexts, faults = [], []

    def open_one(path="/", *, width=1280, height=900, service=None, **options):
        url = (service or shop_page).url
        options = {"locale": "en-GB", "viewport": {"width": width, "height": height}, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((url, "blob:", "data:"))
                or faults.append(f"asked {request.url}")
            ),
        )
        page.goto(url + path)
        page.wait_for_selector(
            f"{by('example')}:visible, {by('card')}:visible, {by('empty')}:visible"
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


def asked_with_a_photo(response) -> bool:
    """Whether it answers a photo: a page that opens looks through the catalogue as well."""
    sent = response.request.headers.get("content-type", "")
    return response.url.endswith("/search") and sent.startswith("multipart/")


def titles(page) -> list[str]:
    return page.locator(by("card-title")).all_inner_texts()


def choose(page, small_shop, number) -> None:
    """Choose a photo from disk and wait for its matches."""
    if page.locator(by("file-input")).count() == 0:
        page.click(by("photo-button"))
        page.wait_for_selector(f"{by('photo-dialog')}[open]")
    page.set_input_files(by("file-input"), small_shop / f"query-{number}.png")
    wait_for_first(page, number)


def wait_for_first(page, number) -> None:
    page.wait_for_selector(f"{by('card')}:first-child[data-product=p{number}]")
    assert titles(page)[0] == f"Product {COLOURS[number]}"


def wait_for_count(page, count: int) -> None:
    """Wait until so many products are shown."""
    page.wait_for_function(
        "count => document.querySelectorAll('[data-test=card]').length === count", arg=count
    )


def search_words(page, words: str) -> None:
    page.fill(by("words-input"), words)
    page.keyboard.press("Enter")

"""The page for everybody: languages, themes, keyboard, phones, screen readers."""

from __future__ import annotations

import pytest

from goodsight.config import Settings
from service.browser import violations
from service.page import by, choose, search_words, wait_for_count
from service.running import run_service


def test_two_languages(open_page):
    page = open_page(locale="zh-CN")
    assert page.get_attribute("html", "lang").startswith("zh")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in page.inner_text("h1"))
    page.click(by("language"))
    page.wait_for_function("() => document.documentElement.lang.startsWith('en')")
    page.reload()
    page.wait_for_selector(by("example"))
    assert page.get_attribute("html", "lang").startswith("en")


def test_two_themes(open_page):
    page = open_page(color_scheme="dark")

    def background():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    dark = background()
    seen = {dark}
    for _ in range(3):
        page.click(by("theme"))
        page.wait_for_timeout(400)
        seen.add(background())
    assert len(seen) == 2
    assert sum(int(part) for part in dark[4:-1].split(",")[:3]) < 200


def test_everything_by_keyboard(open_page, small_shop):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a[href^=\"#\"]')")  # the skip link
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.test") == "example":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(by("card"))
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.test") == "card-title":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{by('product-view')}[open]")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{by('product-view')}:not([open])", state="attached")
    assert page.evaluate("document.activeElement.closest('[data-test=card]') !== null")


def test_a_phone(open_page, small_shop):
    page = open_page(width=360, height=740, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    choose(page, small_shop, 5)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click(by("facet-open"))
    page.wait_for_selector(f"{by('facet-sheet')}[open]")
    page.locator(f"{by('facet-sheet')} {by('facet-category')} >> text=Edged").first.click()
    page.click(by("facet-done"))
    wait_for_count(page, 4)


STATES = {
    "start": lambda page, shop: None,
    "results": lambda page, shop: choose(page, shop, 1),
    "product": lambda page, shop: (
        choose(page, shop, 1),
        page.locator(by("card-title")).first.click(),
        page.wait_for_selector(f"{by('product-view')}[open] {by('attributes')}"),
    ),
    "nothing": lambda page, shop: (
        page.fill(by("words-input"), "zebra"),
        page.keyboard.press("Enter"),
        page.wait_for_selector(by("nothing")),
    ),
    "camera": lambda page, shop: (
        page.click(by("camera-button")),
        page.wait_for_selector(f"{by('camera-capture')}:enabled"),
    ),
    "photo dialog": lambda page, shop: (
        choose(page, shop, 1),
        page.click(by("photo-button")),
        page.wait_for_selector(f"{by('photo-dialog')}[open]"),
    ),
    "dead end": lambda page, shop: (
        choose(page, shop, 1),
        search_words(page, "crimson over 40"),
        page.wait_for_selector(by("way-out")),
    ),
    "region": lambda page, shop: (
        choose(page, shop, 1),
        page.focus(by("region-box")),
        page.keyboard.press("Shift+ArrowLeft"),
        page.wait_for_selector(by("region-whole")),
    ),
    "refused": lambda page, shop: (
        page.fill(by("url-input"), "http://127.0.0.1/photo.jpg"),
        page.keyboard.press("Enter"),
        page.wait_for_selector(by("problem")),
    ),
    "slow": lambda page, shop: (
        page.route("**/search", lambda route: None),
        page.set_input_files(by("file-input"), shop / "query-4.png"),
        page.wait_for_selector(by("slow-message")),
    ),
    "away": lambda page, shop: (
        page.context.set_offline(True),
        search_words(page, "orchid"),
        page.wait_for_selector(by("offline-banner")),
    ),
    "Chinese": lambda page, shop: (choose(page, shop, 1), page.click(by("language"))),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(open_page, small_shop, state, width, scheme):
    page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
    STATES[state](page, small_shop)
    page.wait_for_timeout(300)
    assert violations(page) == []


def test_axe_finds_nothing_in_the_sheet_of_a_phone(open_page, small_shop):
    page = open_page(width=360, reduced_motion="reduce")
    choose(page, small_shop, 1)
    page.click(by("facet-open"))
    page.wait_for_selector(f"{by('facet-sheet')}[open]")
    assert violations(page) == []


def test_axe_finds_nothing_where_a_key_is_needed(browser, page_home):
    settings = Settings(home=page_home, requests_per_minute=0)
    running = run_service(settings, open_search=False)
    page = browser.new_page(reduced_motion="reduce")
    page.goto(next(running).url)
    page.wait_for_selector(f"{by('key-dialog')}[open]")
    assert violations(page) == []
    page.close()
    next(running, None)

"""Requests typed into the page: chips of what was understood, taken away one by one."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from service.page import by, choose, search_words, titles, wait_for_count, wait_for_first


def chips(page) -> list[str]:
    return page.locator(by("chip")).all_inner_texts()


def asked(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_request_becomes_chips_and_its_products(open_page):
    page = open_page()
    search_words(page, "crimson or seagreen, under 50 in stock")
    wait_for_count(page, 2)
    assert chips(page) == ["Colour: Crimson or Seagreen", "up to €50", "In stock only"]
    assert sorted(titles(page)) == ["Product crimson", "Product seagreen"]
    assert asked(page) == {"q": ["crimson or seagreen, under 50 in stock"]}
    expect(page.locator("#announcer")).to_have_text(
        "Read as: Colour: Crimson or Seagreen, up to €50, In stock only"
    )


def test_a_chip_taken_away_takes_its_words_along(open_page):
    page = open_page()
    search_words(page, "not crimson, under 35, in stock")
    wait_for_count(page, 2)
    page.get_by_role("button", name="Remove: Colour: not Crimson").click()
    wait_for_count(page, 3)
    assert chips(page) == ["up to €35", "In stock only"]
    assert asked(page) == {"q": ["under 35, in stock"]}
    assert page.input_value(by("words-input")) == "under 35, in stock"
    # The focus is on the next chip, and stays when the answer is there.
    expect(page.locator(by("chip")).first).to_be_focused()
    page.keyboard.press("Enter")
    wait_for_count(page, 5)
    page.keyboard.press("Enter")
    wait_for_count(page, 6)
    assert asked(page) == {"all": ["1"]}
    page.go_back()
    wait_for_count(page, 5)
    assert chips(page) == ["In stock only"]


def test_the_address_shows_the_same_again(open_page):
    page = open_page("/?q=crimson+under+50")
    wait_for_count(page, 1)
    assert chips(page) == ["Colour: Crimson", "up to €50"]


def test_words_can_be_taken_literally_and_back(open_page):
    page = open_page("/?q=product+under+30")
    wait_for_count(page, 2)
    page.click(by("literally"))
    # All have one of the words, and a price of any height.
    wait_for_count(page, 6)
    assert asked(page) == {"q": ["product under 30"], "literal": ["1"]}
    assert chips(page) == ["exactly these words"]
    page.click(by("chip"))
    wait_for_count(page, 2)
    assert chips(page) == ["up to €30"]


def test_words_that_stay_words_have_no_chip(open_page):
    page = open_page("/?q=product")
    wait_for_count(page, 6)
    assert chips(page) == []
    assert page.locator(by("literally")).count() == 0


def test_clearing_leaves_the_words_that_are_words(open_page):
    page = open_page("/?q=product+under+30+in+stock")
    wait_for_count(page, 2)
    page.click(by("clear-all"))
    wait_for_count(page, 6)
    assert asked(page) == {"q": ["product"]}


def test_a_request_beside_a_photo_narrows_it(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    search_words(page, "under 30")
    wait_for_count(page, 2)
    assert "up to €30" in chips(page)


def test_where_nothing_fits_each_thing_understood_is_a_way_out(open_page):
    page = open_page("/?q=product+crimson")
    wait_for_count(page, 1)
    search_words(page, "crimson over 40")
    page.wait_for_selector(by("way-out"))
    ways = page.locator(by("way-out")).all_inner_texts()
    assert any(way.startswith("Without Colour: Crimson") for way in ways)
    page.locator(by("way-out")).first.click()
    page.wait_for_selector(by("card"))


def test_words_that_nothing_here_has_are_told_and_left_out(open_page):
    page = open_page("/?q=zorblat+under+30")
    wait_for_count(page, 2)
    told = "Nothing here has “zorblat”; shown without it."
    expect(page.locator(by("word-use"))).to_have_text(told)
    expect(page.locator("#announcer")).to_contain_text(told)
    search_words(page, "product under 30")
    wait_for_count(page, 2)
    expect(page.locator(by("word-use"))).to_have_count(0)


def test_misspelt_words_are_told_as_they_were_read(open_page):
    page = open_page("/?q=disc+crimsn")
    wait_for_count(page, 1)
    told = "Showing results for “crimson”"
    expect(page.locator(by("read-as"))).to_have_text(told)
    expect(page.locator("#announcer")).to_have_text(told)
    page.click(by("language"))
    expect(page.locator(by("read-as"))).to_have_text("以下是“crimson”的搜索结果")
    search_words(page, "orchid")
    wait_for_first(page, 4)
    expect(page.locator(by("read-as"))).to_have_count(0)


def test_that_no_product_has_all_words_is_told_however_they_were_read(open_page):
    told = "Nothing here has all of “{}”; these come nearest."
    page = open_page("/?q=product+under+30&literal=1")
    wait_for_count(page, 6)
    expect(page.locator(by("word-use"))).to_have_text(told.format("product under 30"))
    search_words(page, "product zorblat")
    expect(page.locator(by("word-use"))).to_have_text(told.format("product zorblat"))
    search_words(page, "crimson")
    wait_for_count(page, 1)
    expect(page.locator(by("word-use"))).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 360])
def test_chinese_requests_are_understood_and_said_in_chinese(open_page, width):
    page = open_page("/", width=width, locale="zh-CN")
    search_words(page, "三十以下 有货")
    wait_for_count(page, 2)
    assert chips(page)[0].startswith("不超过") or "30" in chips(page)[0]
    assert page.locator(by("literally")).inner_text() == "按原文搜索"
    expect(page.locator("#announcer")).to_contain_text("理解为：")
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide)

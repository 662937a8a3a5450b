"""Suggestions below the search field: by keyboard, by pointer, for screen readers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from service.browser import violations
from service.page import by, titles, wait_for_count


def begin_typing(page, text: str) -> None:
    page.locator(by("words-input")).focus()
    page.wait_for_selector(f"{by('words-input')}[role=combobox]")
    page.keyboard.type(text)
    page.wait_for_selector(f"{by('suggestions')}:not([hidden])")


def field(page) -> str:
    return page.input_value(by("words-input"))


def chosen(page) -> list[str]:
    """What a screen reader is told: the option the field points at, which says it is chosen."""
    place = page.get_attribute(by("words-input"), "aria-activedescendant")
    return page.locator(f"#{place}[aria-selected=true]").all_inner_texts() if place else []


def test_arrows_choose_enter_searches(open_page):
    page = open_page()
    begin_typing(page, "product or")
    assert page.get_attribute(by("words-input"), "aria-expanded") == "true"
    expect(page.locator(by("suggestions-count"))).to_contain_text("1 suggestion")
    page.keyboard.press("ArrowDown")
    assert "orchid" in field(page)
    assert "orchid" in chosen(page)[0]
    page.keyboard.press("ArrowDown")
    assert (field(page), chosen(page)) == ("product or", []), "round to what was typed"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    wait_for_count(page, 1)
    assert "orchid" in titles(page)[0]
    assert page.get_attribute(by("words-input"), "aria-expanded") == "false"
    assert page.evaluate("document.activeElement.id") == "words"


def test_escape_closes_and_leaves_what_was_typed(open_page):
    page = open_page()
    begin_typing(page, "prod")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator(by("suggestions")).is_hidden()
    assert field(page) == "prod"


def test_a_click_searches(open_page):
    page = open_page()
    begin_typing(page, "orhid")
    page.locator(by("suggestion"), has_text="orchid").first.click()
    wait_for_count(page, 1)
    assert "orchid" in titles(page)[0]


@pytest.mark.parametrize(("language", "kind"), [("en-GB", "product"), ("zh-CN", "商品")])
def test_they_are_accessible_in_both_languages(open_page, language, kind):
    page = open_page(locale=language)
    begin_typing(page, "product or")
    expect(page.locator(by("suggestion")).first.locator("span").last).to_have_text(kind)
    assert violations(page) == []


def test_nothing_is_loaded_before_the_field_is_used(open_page):
    page = open_page()
    loaded = "performance.getEntriesByType('resource').filter(e => e.name.includes('suggest'))"
    assert page.evaluate(f"{loaded}.length") == 0
    begin_typing(page, "prod")
    assert page.evaluate(f"{loaded}.length") > 0


def test_searching_goes_on_where_suggestions_are_refused(open_page):
    page = open_page()
    page.route("**/suggestions?*", lambda route: route.fulfill(status=503, body="{}"))
    page.locator(by("words-input")).focus()
    page.wait_for_selector(f"{by('words-input')}[role=combobox]")
    page.keyboard.type("orchid")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    wait_for_count(page, 1)

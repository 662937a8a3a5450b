"""Style, colour, both, or pattern, and a colour picked by hand; dominant colours as a facet."""

from __future__ import annotations

import pytest

import goodsight
from goodsight.config import Settings
from service.browser import violations
from service.page import by, choose, titles, wait_for_count, wait_for_first
from service.running import run_service
from small_shop import draw_shape


def asked_at(page, address: str) -> dict:
    """What the page asks for when it is opened so."""
    with page.expect_request("**/search") as request:
        page.evaluate("address => { location.search = address; }", address)
    page.wait_for_selector(by("card"))
    return request.value.post_data_json


def answered(page, act) -> tuple[dict, dict]:
    """What the page asks for, and gets, when it is acted on so."""
    with page.expect_response("**/search") as response:
        act()
    page.wait_for_selector(f"{by('results-title')}")
    page.wait_for_function("() => !document.querySelector('.results[aria-busy]')")
    return response.value.request.post_data_json, response.value.json()


def chips(page) -> list[str]:
    return page.locator(by("chip")).all_inner_texts()


def looked(page) -> tuple[str, str]:
    """Which look and which colour are chosen."""
    chosen = page.locator(f"{by('look')} input:checked").evaluate_all(
        "inputs => inputs.map((input) => input.value)"
    )
    assert len(chosen) == 2
    return chosen[0], chosen[1]


def seen_ids(answer) -> list[str]:
    return [hit["product"]["id"] for hit in answer["hits"]]


def test_style_alone_is_not_asked_for(open_page, small_shop):
    page = open_page()
    assert page.locator(by("look")).is_hidden()
    choose(page, small_shop, 1)
    asked, answer = answered(page, lambda: page.select_option(by("sort"), "price"))
    assert asked.keys().isdisjoint({"look", "colours"})
    page.wait_for_selector(by("look"))
    assert looked(page) == ("style", "")
    assert chips(page) == []
    sure = [hit for hit in answer["hits"] if hit["confidence"] is not None]
    assert page.locator(by("card-confidence")).count() == len(sure)


def test_a_colour_picked_by_hand(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    asked, answer = answered(page, lambda: page.click(by("colour-yellow")))
    # A colour counts, so it is not the style alone any more.
    assert (asked["look"], asked["colours"]) == ("both", ["yellow"])
    assert looked(page) == ("both", "yellow")
    assert page.url.endswith("&look=both&colour=yellow")
    assert chips(page) == ["Style and colour: Yellow"]
    assert [hit["confidence"] for hit in answer["hits"]] == [None] * 6
    assert page.locator(f"{by('card')} .confidence").count() == 0
    asked, answer = answered(page, lambda: page.click(by("look-colour")))
    assert (asked["look"], asked["colours"]) == ("colour", ["yellow"])
    assert seen_ids(answer)[0] == "p3"
    wait_for_first(page, 3)
    assert titles(page) == [hit["product"]["title"] for hit in answer["hits"]]
    assert chips(page) == ["Colour only: Yellow"]
    asked, answer = answered(page, lambda: page.click(by("colour-any")))
    assert (asked["look"], "colours" in asked) == ("colour", False)
    wait_for_first(page, 1)
    # The style alone knows of no colour.
    answered(page, lambda: page.click(by("colour-red")))
    asked, _ = answered(page, lambda: page.click(by("look-style")))
    assert asked.keys().isdisjoint({"look", "colours"})
    assert looked(page) == ("style", "")
    assert "colour" not in page.url


def test_a_pattern_has_no_colour(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 3)
    answered(page, lambda: page.click(by("colour-blue")))
    asked, answer = answered(page, lambda: page.click(by("look-pattern")))
    assert (asked["look"], "colours" in asked) == ("pattern", False)
    assert looked(page) == ("pattern", "")
    assert page.url.endswith("&look=pattern")
    assert chips(page) == ["Pattern only"]
    assert seen_ids(answer)[0] == "p3"
    assert page.inner_text(".look-none") == "Any colour"
    asked, _ = answered(page, lambda: page.click(by("colour-blue")))
    assert (asked["look"], asked["colours"]) == ("both", ["blue"])
    answered(page, page.go_back)
    assert looked(page) == ("pattern", "")


def test_choices_live_in_the_address(open_page, small_shop):
    page = open_page("/?like=p2&look=colour&colour=yellow")
    wait_for_first(page, 3)
    page.wait_for_selector(by("look"))
    assert looked(page) == ("colour", "yellow")
    answered(page, lambda: page.click(by("colour-green")))
    wait_for_first(page, 1)
    answered(page, page.go_back)
    wait_for_first(page, 3)
    assert looked(page) == ("colour", "yellow")
    answered(page, page.go_forward)
    wait_for_first(page, 1)
    page.reload()
    wait_for_first(page, 1)
    assert chips(page) == ["Colour only: Green"]
    asked, _ = answered(page, lambda: page.click(by("chip")))
    assert "look" not in asked
    wait_for_first(page, 2)
    assert looked(page) == ("style", "")
    assert page.url.endswith("/?like=p2")


@pytest.mark.parametrize(
    ("written", "look", "colours"),
    [
        ("look=both&colour=%23228844", "both", ["#228844"]),
        ("colour=red", "both", ["red"]),
        ("look=style&colour=reddish", None, None),
        ("look=loud", None, None),
        ("look=pattern", "pattern", None),
        ("look=pattern&colour=red", "both", ["red"]),
    ],
)
def test_addresses_written_by_hand(open_page, written, look, colours):
    page = open_page("/?like=p2")
    asked = asked_at(page, f"?like=p1&{written}")
    assert (asked.get("look"), asked.get("colours")) == (look, colours)


def test_without_a_photo_there_is_nothing_to_compare(open_page):
    page = open_page()
    asked = asked_at(page, "?all=1&look=colour&colour=red")
    assert asked.keys().isdisjoint({"look", "colours"})
    wait_for_count(page, 6)
    assert page.locator(by("look")).is_hidden()
    assert chips(page) == []


def test_a_new_photo_is_compared_as_ever(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    answered(page, lambda: page.click(by("look-both")))
    choose(page, small_shop, 4)
    assert looked(page) == ("style", "")
    answered(page, lambda: page.click(by("look-both")))
    page.click(by("query-remove"))
    page.wait_for_selector(by("start"))
    assert page.url.endswith("/")


def test_by_keyboard(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    page.wait_for_selector(by("look"))
    page.focus(by("look-style"))
    asked, _ = answered(page, lambda: page.keyboard.press("ArrowRight"))
    assert asked["look"] == "both"
    assert page.evaluate("document.activeElement.dataset.test") == "look-both"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.test") == "colour-any"
    asked, _ = answered(page, lambda: page.keyboard.press("ArrowRight"))
    assert asked["colours"] == ["black"]
    assert page.get_by_role("radiogroup", name="Which colour").count() == 1
    assert page.get_by_role("radio", name="Black", exact=True).is_checked()


def test_seen_colours_narrow(open_page):
    page = open_page("/?all=1")
    facet = page.locator(by("facet-seen_colour"))
    assert "Colour in the photos" in facet.inner_text()
    shown = facet.locator(".swatch").evaluate_all(
        "dots => dots.map((dot) => getComputedStyle(dot).backgroundColor)"
    )
    assert len(shown) >= 2
    assert "rgb(200, 30, 35)" in shown
    asked, answer = answered(page, lambda: facet.get_by_text("Red", exact=True).click())
    assert asked["filter"] == "seen_colour = 'red'"
    assert "p0" in seen_ids(answer)
    wait_for_count(page, len(answer["hits"]))
    assert chips(page) == ["Colour in the photos: Red"]
    assert "f.seen_colour=red" in page.url
    answered(page, lambda: page.click(by("chip")))
    wait_for_count(page, 6)


def test_in_chinese(open_page, small_shop):
    page = open_page("/?like=p2&f.seen_colour=red&f.seen_colour=blue", locale="zh-CN")
    page.wait_for_selector(by("look"))
    facet = page.locator(by("facet-seen_colour"))
    assert facet.locator(".facet-name").all_inner_texts()[:2] == ["红色", "蓝色"]
    assert chips(page) == ["照片中的颜色：红色", "照片中的颜色：蓝色"]
    assert page.inner_text(f"{by('look')} .look-kinds").split() == ["款式", "两者", "颜色", "图案"]
    answered(page, lambda: page.get_by_role("radio", name="藏青色", exact=True).click())
    assert chips(page)[0] == "款式和颜色：藏青色"
    page.click(by("language"))
    assert chips(page)[0] == "Style and colour: Navy"
    assert chips(page)[1] == "Colour in the photos: Red"


@pytest.fixture(scope="module")
def one_colour(tmp_path_factory):
    """A shop where everything is red: colours tell nothing apart."""
    root = tmp_path_factory.mktemp("one_colour")
    for seed in range(3):
        draw_shape(0, seed).save(root / f"{seed}.png")
    feed = "\n".join(["id,title,image", *(f"r{seed},Red {seed},{seed}.png" for seed in range(3))])
    (root / "feed.csv").write_text(feed + "\n", encoding="utf-8")
    with goodsight.open(root / "home") as shop:
        shop.index(root / "feed.csv")
    running = run_service(Settings(home=root / "home", requests_per_minute=0))
    yield next(running)
    next(running, None)


def test_where_colours_tell_nothing_apart_nobody_is_asked(open_page, one_colour):
    page = open_page("/?like=r1", service=one_colour)
    page.wait_for_load_state("networkidle")
    assert page.locator(by("query-photo")).is_visible()
    assert page.locator(by("look")).is_hidden()
    assert page.locator(by("facet-seen_colour")).count() == 0


@pytest.fixture(scope="module")
def without_patterns(tmp_path_factory, small_shop):
    """A shop whose photos were described before patterns were looked at."""
    home = tmp_path_factory.mktemp("without_patterns")
    with goodsight.open(home) as shop:
        shop.index(small_shop / "feed.csv")
        with shop._wiring.store().database.connect() as session:
            session.execute("UPDATE images SET pattern = NULL")
    running = run_service(Settings(home=home, requests_per_minute=0))
    yield next(running)
    next(running, None)


def test_patterns_are_no_choice_before_they_were_looked_at(open_page, without_patterns):
    page = open_page("/?like=p1", service=without_patterns)
    page.wait_for_selector(by("look"))
    assert page.locator(".look-kind:visible").all_inner_texts() == ["Style", "Both", "Colour"]
    asked = {"query": [{"product_id": "p1"}], "look": "pattern"}
    answer = without_patterns.client.post("/v1/collections/default/search", json=asked)
    assert answer.status_code == 422
    assert "run goodsight index once more" in answer.json()["detail"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440, 3840])
def test_it_is_for_everybody(open_page, small_shop, width, scheme):
    page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
    choose(page, small_shop, 1)
    answered(page, lambda: page.click(by("colour-teal")))
    page.wait_for_timeout(300)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 360:
        page.click(by("facet-open"))
        page.wait_for_selector(f"{by('facet-sheet')}[open] {by('facet-seen_colour')}")
        assert violations(page) == []

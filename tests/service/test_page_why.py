"""Why this? On the page: confidence in words, both photos with their maps, and the ways there."""

from __future__ import annotations

import pytest

import goodsight
from goodsight.config import Settings
from service.browser import violations
from service.page import asked_with_a_photo, by, choose, search_words, wait_for_count
from service.running import run_service
from small_shop import draw_seen


def ask_why(page) -> None:
    page.locator(by("card-why")).first.click()
    page.wait_for_selector(f"{by('why-panel')}[open] {by('why-method')}")


def test_why_shows_both_photos_and_every_likeness(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    with page.expect_response("**/explanation") as answered:
        ask_why(page)
    document = answered.value.json()
    assert page.inner_text(by("why-lead")).startswith("Product seagreen")
    for place, shown in (("why-query", document["query"][0]), ("why-hit", document["hit"])):
        figure = page.locator(by(place))
        # One pixel of the picture for each cell, where the box says.
        size = figure.locator("canvas").evaluate("canvas => [canvas.height, canvas.width]")
        assert size == [len(shown["rows"]), len(shown["rows"][0])]
        stage, cells = figure.locator(".why-stage"), figure.locator("canvas")
        photo, map_ = stage.bounding_box(), cells.bounding_box()
        assert map_["width"] == pytest.approx(shown["box"][2] * photo["width"], abs=1.5)
        assert map_["x"] - photo["x"] == pytest.approx(shown["box"][0] * photo["width"], abs=1.5)
        assert "%" in page.inner_text(by(f"{place}-words"))
        assert page.inner_text(by(f"{place}-words")) in stage.get_attribute("aria-label")
    shares = page.locator(f"{by('why-panel')} {by('why-shares')} li")
    assert shares.count() == len(document["shares"])
    assert "add up" in page.inner_text(by("why-method"))
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{by('why-panel')}:not([open])", state="attached")
    assert page.evaluate("document.activeElement.dataset.test") == "card-why"


def test_the_strongest_cell_is_the_most_coloured(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    rows = [[0.1, -0.3], [0.6, 0.0]]

    def told(route):
        answer = route.fetch()
        document = answer.json()
        document["hit"]["rows"] = rows
        document["method"] = "occlusion"
        document["shares"] = {"visual": 0.5, "colour": 0.25, "words": 0.125, "smell": 0.1}
        route.fulfill(response=answer, json=document)

    page.route("**/explanation", told)
    ask_why(page)
    pixels = page.locator(f"{by('why-hit')} canvas").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 2, 2).data]"
    )
    slight, against, most, nothing = (pixels[at : at + 4] for at in range(0, 16, 4))
    assert most[3] > against[3] > slight[3] > nothing[3] == 0
    assert most[0] > most[2]  # orange
    assert against[2] > against[0]  # blue
    words = page.inner_text(by("why-hit-words"))
    assert words == (
        "86% of what speaks for it comes from the lower left. A little speaks against it: 43%."
    )
    assert "covering" in page.inner_text(by("why-method"))
    shares = page.locator(f"{by('why-panel')} {by('why-shares')} li").all_inner_texts()
    assert [share.split("\n")[0] for share in shares] == [
        *("Shape and looks", "Colour", "Printed words", "Smell")
    ]


def test_why_by_keyboard_from_the_product_s_view(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 3)
    page.locator(by("card-title")).first.press("Enter")
    page.wait_for_selector(f"{by('product-view')}[open] {by('why-photos')}")
    page.locator(by("why-photos")).press("Enter")
    page.wait_for_selector(f"{by('why-panel')}[open] {by('why-method')}")
    assert page.evaluate("document.activeElement.closest('dialog').dataset.test") == "why-panel"
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{by('why-panel')}:not([open])", state="attached")
    # The product stays open beneath, and takes the focus back.
    assert page.locator(f"{by('product-view')}[open]").count() == 1
    assert page.evaluate("document.activeElement.dataset.test") == "why-photos"


def test_words_alone_need_no_why(open_page):
    page = open_page()
    search_words(page, "orchid")
    wait_for_count(page, 1)
    assert page.locator(by("card-why")).count() == 0


def test_more_like_this_is_explained_on_the_hit_s_photo(open_page):
    page = open_page("/?like=p1")
    ask_why(page)
    assert page.locator(by("why-query")).count() == 0
    assert page.locator(f"{by('why-hit')} canvas").count() == 1


def test_a_photo_that_the_service_has_let_go_of_is_sent_along(open_page, small_shop, shop_page):
    page = open_page()
    choose(page, small_shop, 4)
    kept = page.evaluate("new URL(location).searchParams.get('image')")
    assert shop_page.client.delete(f"/v1/uploads/{kept}").status_code == 204
    ask_why(page)
    assert "Product orchid" in page.inner_text(by("why-lead"))


def test_a_fault_is_told_and_tried_again(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 4)
    problem = {"type": "/problems/internal", "title": "x", "status": 500}
    page.route("**/explanation", lambda route: route.fulfill(status=500, json=problem))
    page.locator(by("card-why")).first.click()
    page.wait_for_selector(by("why-fault"))
    page.unroute("**/explanation")
    page.locator(f"{by('why-fault')} button").click()
    page.wait_for_selector(by("why-method"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_is_for_everybody(open_page, small_shop, scheme):
    page = open_page(locale="zh-CN", color_scheme=scheme, width=360, height=740)
    choose(page, small_shop, 0)
    ask_why(page)
    page.wait_for_timeout(400)  # axe measures contrast once the sheet has risen
    assert violations(page) == []
    text = page.inner_text(by("why-panel"))
    assert "支持匹配" in text
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for place in ("why-query", "why-hit"):
        box = page.locator(by(place)).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360


@pytest.fixture(scope="module")
def sure_home(tmp_path_factory):
    """A home with products enough to learn confidence from."""
    home = tmp_path_factory.mktemp("sure_home")
    for number in range(12):
        folder = home / "photos" / f"p{number}"
        folder.mkdir(parents=True)
        for seed in range(12):
            draw_seen(number, seed).save(folder / f"{seed}.png")
    with goodsight.open(home) as shop:
        shop.index(home / "photos")
    return home


@pytest.fixture
def start_sure(sure_home):
    """Start services over that home with other settings; they end with the test."""
    running = []

    def start(**changes):
        running.append(run_service(Settings(home=sure_home, requests_per_minute=0, **changes)))
        return next(running[-1])

    yield start
    for generator in running:
        next(generator, None)


def test_confidence_is_the_service_s_and_has_its_number(open_page, small_shop, start_sure):
    """Nothing is made up here: the words are of what the service answers."""
    page = open_page(service=start_sure())
    with page.expect_response(asked_with_a_photo) as answered:
        page.set_input_files(by("file-input"), small_shop / "query-1.png")
    confidence = answered.value.json()["hits"][0]["confidence"]
    assert confidence is not None
    line = page.locator(f"{by('card')} .confidence").first
    assert f"probability {round(confidence * 100)}%" in line.text_content()
    scale = ((0.85, "sure"), (0.6, "likely"), (0.35, "possible"), (0, "akin"))
    level = next(name for least, name in scale if confidence >= least)
    assert line.get_attribute("data-level") == level


def test_below_the_threshold_it_is_not_in_this_catalogue(open_page, small_shop, start_sure):
    page = open_page(service=start_sure(min_confidence=1.0))
    page.set_input_files(by("file-input"), small_shop / "query-1.png")
    page.wait_for_selector(f"{by('no-match')}:has-text('Not in this catalogue')")
    assert page.locator(by("card")).count() == 12

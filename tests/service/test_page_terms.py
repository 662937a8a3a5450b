"""Searching with several things at once: a row of terms, each with a slider."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from service.browser import violations
from service.page import by, choose, search_words, titles, wait_for_count, wait_for_first


def asked(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def answered(page, action) -> list[dict]:
    """The query of the search that an action leads to, once its answer is shown."""

    def is_composed(response) -> bool:
        return response.url.endswith("/search") and response.request.post_data_json is not None

    with page.expect_response(is_composed) as response:
        action()
    page.wait_for_selector("#results:not([aria-busy])")
    return response.value.request.post_data_json["query"]


def names(page) -> list[str]:
    return page.locator(by("term-name")).all_inner_texts()


def slide(page, number: int, *keys: str) -> None:
    """Move a term's slider by keys."""
    page.locator(by("term-slider")).nth(number).focus()
    for key in keys:
        page.keyboard.press(key)


def less_like(page, number: int) -> list[dict]:
    card = page.locator(f"{by('card')}[data-product=p{number}]")
    card.hover()
    return answered(page, card.locator(by("card-less-like-this")).click)


def also_like(page, number: int) -> list[dict]:
    page.click(f"{by('card')}[data-product=p{number}] {by('card-title')}")
    return answered(page, page.locator(by("more-like-this-too")).click)


def test_one_photo_or_words_alone_need_no_row(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    page.wait_for_selector(by("card-less-like-this"), state="attached")
    page.wait_for_timeout(500)
    assert page.locator(by("term")).count() == 0
    page.click(by("query-remove"))
    page.wait_for_selector(by("start"))
    search_words(page, "product")
    page.wait_for_selector(by("card-less-like-this"), state="attached")
    page.wait_for_timeout(500)
    assert page.locator(by("term")).count() == 0


def test_less_like_a_product_puts_it_back(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    before = titles(page)
    sent = less_like(page, 4)
    image = asked(page)["image"][0]
    assert sent == [
        {"image_id": image, "weight": 1},
        {"product_id": "p4", "weight": -0.5},
    ]
    assert names(page) == ["Your photo", "Product orchid"]
    assert page.locator(by("term-weight")).all_inner_texts() == ["normal", "less like this"]
    assert asked(page)["with"] == ["product:p4^-0.5"]
    assert titles(page) != before
    # The focus is where somebody goes on.
    expect(page.locator(by("term-slider")).nth(1)).to_be_focused()
    answered(page, lambda: page.keyboard.press("Home"))
    assert before.index("Product orchid") < titles(page).index("Product orchid") == 5


def test_sliders_change_the_order_and_the_address_keeps_them(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    also_like(page, 3)
    answered(page, lambda: slide(page, 0, "End"))
    wait_for_first(page, 1)
    # Less and less, until the product decides alone.
    sent = answered(page, lambda: slide(page, 0, *3 * ["ArrowLeft"]))
    assert sent == [{"product_id": "p3", "weight": 1}]
    wait_for_first(page, 3)
    slider = page.locator(by("term-slider")).first
    assert slider.get_attribute("aria-valuetext") == "left out"
    assert slider.get_attribute("aria-label") == "How much it counts: Your photo"
    expect(slider).to_be_focused()
    kept = asked(page)["with"]
    assert kept == ["sight^0", "product:p3^1"]
    page.reload()
    wait_for_first(page, 3)
    assert asked(page)["with"] == kept
    expect(page.locator(by("term-weight"))).to_have_text(["left out", "normal"])
    page.go_back()
    wait_for_first(page, 1)
    expect(page.locator(by("term-weight"))).to_have_text(["much", "normal"])


def test_words_beside_a_photo_are_weighed(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    image = asked(page)["image"][0]
    page.evaluate(f"location.search = '?image={image}&q=crimson&literal=1'")
    wait_for_first(page, 0)
    assert names(page) == ["Your photo", "“crimson”"]
    sent = answered(page, lambda: slide(page, 1, "Home"))
    assert sent == [{"image_id": image, "weight": 1}, {"text": "crimson", "weight": -2}]
    assert titles(page)[-1] == "Product crimson"
    expect(page.locator(by("term-weight")).nth(1)).to_have_text("on no account")


def test_a_weighed_request_is_understood_as_ever(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    search_words(page, "product under 30")
    wait_for_count(page, 2)
    sent = answered(page, lambda: slide(page, 1, "End"))
    assert sent[1] == {"text": "product", "weight": 2}
    wait_for_count(page, 2)
    assert page.locator(by("chip")).all_inner_texts() == ["up to €30"]
    # Of what is not wanted nothing narrows.
    sent = answered(page, lambda: slide(page, 1, "Home"))
    assert sent[1] == {"text": "product under 30", "weight": -2}
    wait_for_count(page, 6)
    assert page.locator(by("chip")).count() == 0


def test_words_that_only_narrow_are_chips_enough(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    search_words(page, "under 30")
    wait_for_count(page, 2)
    assert page.locator(f"{by('term')}:visible").count() == 0


def test_without_words(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 0)
    less_like(page, 5)
    page.click(by("terms-add-without"))
    page.keyboard.press("Escape")
    expect(page.locator(by("terms-add-without"))).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("crimson")
    sent = answered(page, lambda: page.keyboard.press("Enter"))
    assert sent[2] == {"text": "crimson", "weight": -1}
    expect(page.locator(by("term-weight")).nth(2)).to_have_text("without")
    assert titles(page)[0] != "Product crimson"
    # Words that are wanted are the search bar's, where it has none.
    page.click(by("terms-add-words"))
    page.keyboard.type("orchid")
    answered(page, lambda: page.keyboard.press("Enter"))
    assert page.input_value(by("words-input")) == "orchid"


def test_what_is_left_alone_is_searched_as_ever(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    also_like(page, 3)
    page.locator(by("term-remove")).first.click()
    wait_for_first(page, 3)
    assert asked(page) == {"like": ["p3"]}
    expect(page.locator(by("term")).first).to_be_hidden()
    less_like(page, 5)
    page.click(by("query-remove"))
    page.wait_for_function("() => !location.search.includes('like=')")
    assert asked(page) == {"with": ["product:p5^-0.5"]}
    page.wait_for_selector(f"{by('card')}:last-child[data-product=p5]")
    page.get_by_role("button", name="Remove: Product slategray").click()
    page.wait_for_selector(by("start"))
    assert page.url.endswith("/")


def test_a_second_photo_and_both_again_when_they_are_gone(open_page, small_shop, shop_page):
    page = open_page()
    choose(page, small_shop, 1)
    page.click(by("photo-button"))
    page.click(by("terms-offer"))
    page.wait_for_selector(f"{by('terms-photo')}[open]")
    chosen = f"{by('terms-photo')} {by('file-input')}"
    sent = answered(page, lambda: page.set_input_files(chosen, small_shop / "query-3.png"))
    assert names(page) == ["Your photo", "Another photo"]
    page.wait_for_selector(f"{by('term')} >> nth=1 >> img")
    ids = [asked(page)["image"][0], asked(page)["with"][0][len("image:") : -len("^1")]]
    assert [term["image_id"] for term in sent] == ids
    assert {titles(page)[0], titles(page)[1]} == {"Product seagreen", "Product goldenrod"}
    for image in ids:
        assert shop_page.client.delete(f"/v1/uploads/{image}").status_code == 204
    slide(page, 0, "Home")
    page.wait_for_function("id => !location.search.includes(id)", arg=ids[0])
    wait_for_first(page, 3)
    assert ids[1] not in page.url


def test_why_shows_what_each_adds(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    less_like(page, 4)
    page.click(by("terms-add-without"))
    page.keyboard.type("seagreen")
    answered(page, lambda: page.keyboard.press("Enter"))
    card = page.locator(f"{by('card')}[data-product=p1]")
    with page.expect_response("**/explanation") as response:
        card.locator(by("card-why")).click()
    lines = page.locator(f"{by('why-terms')} li")
    expect(lines).to_have_count(3)
    shares = [term["share"] for term in response.value.json()["terms"]]
    assert shares[0] > 0 > shares[2]
    whole = sum(map(abs, shares))
    for line, name, share in zip(
        lines.all(), ("Your photo", "Product orchid", "“seagreen”"), shares, strict=True
    ):
        assert name in line.inner_text()
        told = line.locator(".why-share").inner_text().replace("−", "-").rstrip("%")
        assert float(told) == pytest.approx(100 * share / whole, abs=0.6)
    assert "(not wanted)" not in lines.nth(0).inner_text()
    assert "(not wanted)" in lines.nth(2).inner_text()


def test_terms_that_cancel_each_other_out_are_told(open_page):
    page = open_page("/?q=orchid")
    wait_for_count(page, 1)
    page.evaluate("location.search = '?like=p1&with=product:p1^-1'")
    page.wait_for_selector(f"{by('problem')}:has-text('cancel each other out')")
    # The way out is in sight.
    answered(page, page.locator(by("term-remove")).nth(1).click)
    wait_for_first(page, 1)


def test_a_photo_that_is_gone_is_told_and_can_be_taken_away(open_page):
    page = open_page("/?q=orchid")
    wait_for_count(page, 1)
    page.evaluate("location.search = '?like=p1&with=image:long-gone^1'")
    page.wait_for_selector(f"{by('problem')}:has-text('choose it again')")
    page.get_by_role("button", name="Remove: Another photo").click()
    wait_for_first(page, 1)
    assert asked(page) == {"like": ["p1"]}


@pytest.mark.parametrize(
    ("locale", "scheme", "width"), [("zh-CN", "dark", 390), ("en-GB", "light", 1280)]
)
def test_the_row_is_for_everybody(open_page, small_shop, locale, scheme, width):
    page = open_page(
        locale=locale,
        color_scheme=scheme,
        width=width,
        has_touch=width < 400,
        reduced_motion="reduce",
    )
    choose(page, small_shop, 1)
    page.click(f"{by('card')}[data-product=p4] {by('card-title')}")
    page.wait_for_selector(by("less-like-this-too"))
    assert violations(page) == []
    answered(page, page.locator(by("less-like-this-too")).click)
    page.wait_for_timeout(300)
    assert violations(page) == []
    page.locator(by("card-why")).first.click()
    page.wait_for_selector(by("why-terms"))
    page.wait_for_timeout(300)
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.click(by("terms-add-words"))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    page.click(by("terms-add-photo"))
    page.wait_for_timeout(300)
    assert violations(page) == []
    page.keyboard.press("Escape")
    if width < 400:
        assert "少像这个" in page.inner_text(by("terms"))
        for target in page.locator(".terms button, .terms input, .card-less").all():
            box = target.bounding_box()
            assert min(box["width"], box["height"]) >= 44

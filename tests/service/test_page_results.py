"""What the page shows of a search: narrowing, order, product, address, history."""

from __future__ import annotations

import pytest

import goodsight
from goodsight.config import Settings
from service.page import (
    by,
    choose,
    search_words,
    titles,
    wait_for_count,
    wait_for_first,
)
from service.running import run_service
from small_shop import draw_shape


def test_facets_narrow_and_chips_widen(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 0)
    page.locator(f"{by('facet-category')} >> text=Round").first.click()
    wait_for_count(page, 2)
    assert "Product goldenrod" in titles(page)
    assert page.locator(by("chip")).count() == 1
    search_words(page, "crimson")
    wait_for_count(page, 1)
    page.locator(by("chip")).first.click()
    page.locator(by("chip")).first.click()
    wait_for_count(page, 6)


def test_price_and_stock_narrow(open_page):
    page = open_page()
    page.click(by("browse"))
    wait_for_count(page, 6)
    page.fill(by("price-from"), "20")
    page.fill(by("price-to"), "45")
    page.click(by("price-apply"))
    wait_for_count(page, 3)
    page.locator(by("chip")).click()
    wait_for_count(page, 6)
    page.get_by_role("checkbox", name="In stock only").click()
    wait_for_count(page, 5)
    assert "stock=in" in page.url
    assert "Product slategray" not in titles(page)


def test_where_all_is_in_stock_nobody_is_asked(open_page):
    page = open_page()
    search_words(page, "orchid")
    wait_for_count(page, 1)
    assert page.get_by_label("In stock only").count() == 0


def test_nothing_left_offers_a_way_out(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 0)
    page.locator(f"{by('facet-category')} >> text=Round").first.click()
    wait_for_count(page, 2)
    search_words(page, "orchid")
    page.wait_for_selector(by("way-out"))
    assert page.locator(by("card")).count() == 0
    page.locator(by("way-out")).first.click()
    page.wait_for_selector(by("card"))


def test_words_that_nothing_has(open_page):
    page = open_page()
    search_words(page, "zebra")
    page.wait_for_selector(by("nothing"))
    search_words(page, "orchid")
    wait_for_first(page, 4)
    search_words(page, "zebra")
    page.click(by("nothing-browse"))
    wait_for_count(page, 6)


def test_what_is_not_in_the_catalogue_is_said(open_page):
    page = open_page()

    def unsure(route):
        answer = route.fetch()
        document = answer.json()
        document["no_match"] = True
        for hit, confidence in zip(document["hits"], (0.97, 0.8, 0.5), strict=False):
            hit["confidence"] = confidence
        route.fulfill(response=answer, json=document)

    page.route("**/search", unsure)
    page.evaluate("location.search = '?like=p2'")
    page.wait_for_selector(f"{by('no-match')}:has-text('Not in this catalogue')")
    words = page.locator(by("card-confidence")).all_inner_texts()
    assert words[:3] == ["Almost certainly this", "Very likely this", "Possibly this"]


def test_sorting_by_price(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 4)
    page.select_option(by("sort"), "price")
    wait_for_first(page, 0)
    page.select_option(by("sort"), "-price")
    wait_for_first(page, 5)


def test_the_product_s_view_and_more_like_it(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 3)
    page.locator(by("card-title")).first.click()
    page.wait_for_selector(f"{by('product-view')}[open]")
    view = page.locator(by("product-view"))
    assert "Product goldenrod" in view.inner_text()
    assert "goldenrod" in page.inner_text(by("attributes"))
    assert page.locator(by("gallery-thumb")).count() == 2
    assert "product=p3" in page.url
    page.click(by("more-like-this"))
    page.wait_for_selector(f"{by('product-view')}:not([open])", state="attached")
    wait_for_first(page, 3)


def test_the_address_holds_the_state(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 1)
    page.locator(f"{by('facet-category')} >> text=Edged").first.click()
    wait_for_count(page, 4)
    address = page.url
    page.select_option(by("sort"), "price")
    page.wait_for_function("() => location.search.includes('sort')")
    page.go_back()
    page.wait_for_function("() => !location.search.includes('sort')")
    page.reload()
    wait_for_count(page, 4)
    assert page.url == address
    assert page.locator(by("query-photo")).is_visible()
    shared = open_page(address.partition("/?")[1] + address.partition("/?")[2])
    wait_for_count(shared, 4)


def test_recent_searches_stay_in_the_browser_and_can_be_cleared(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 4)
    page.click(by("home"))
    page.wait_for_selector(by("recent"))
    page.locator(by("recent")).first.click()
    wait_for_first(page, 4)
    page.click(by("home"))
    page.click(by("recent-clear"))
    page.wait_for_selector(by("recent"), state="hidden")
    page.reload()
    page.wait_for_selector(by("example"))
    assert page.locator(by("recent")).count() == 0


@pytest.fixture(scope="module")
def wide_shop(tmp_path_factory):
    """Sixty products with large photos, and one with variants and a page of its own."""
    home = tmp_path_factory.mktemp("wide")
    rows = ["id,title,price,currency,image"]
    for number in range(60):
        if number < 6:
            draw_shape(number, size=900).resize((900, 1100)).save(home / f"{number}.jpg")
        rows.append(f"w{number},Thing {number},{number + 1},EUR,{number % 6}.jpg")
    (home / "feed.csv").write_text("\n".join(rows), encoding="utf-8")
    with goodsight.open(home) as shop:
        shop.index(home / "feed.csv")
    running = run_service(Settings(home=home, requests_per_minute=0))
    service = next(running)
    bottle = {
        "title": "Bottle",
        "currency": "EUR",
        "url": "https://shop.example/bottle",
        "attributes": {"material": "glass"},
        "variants": [
            {"id": "b-small", "options": {"size": "Small"}, "price": "8.00", "stock": 3},
            {"id": "b-large", "options": {"size": "Large"}, "price": "12.00", "stock": 0},
        ],
    }
    path = "/v1/collections/default/products/bottle"
    assert service.client.put(path, json=bottle, headers=service.key()).is_success
    yield service
    next(running, None)


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (3840, 2160)])
def test_more_comes_on_scrolling(open_page, wide_shop, width, height):
    page = open_page("/?all=1", service=wide_shop, width=width, height=height)
    for _ in range(40):
        page.mouse.wheel(0, height)
        page.wait_for_timeout(100)
        if page.locator(by("end")).is_visible():
            break
    page.wait_for_selector(by("end"))
    assert "61" in page.inner_text(by("status"))
    assert len(set(titles(page))) == 61


def test_the_window_ends_with_a_whole_row(open_page, wide_shop):
    for width in (360, 1100, 1700, 2560):
        page = open_page(service=wide_shop, width=width)
        page.wait_for_selector(by("window-card"))
        cards = page.locator(by("window-card"))
        boxes = [each.bounding_box() for each in cards.all() if each.is_visible()]
        rows = [sum(box["y"] == top for box in boxes) for top in {box["y"] for box in boxes}]
        assert len(set(rows)) == 1, (width, rows)
        assert len(boxes) > 8


@pytest.mark.parametrize(("density", "sharper"), [(1, False), (3, True)])
def test_photos_are_as_sharp_as_the_screen(open_page, wide_shop, density, sharper):
    page = open_page("/?all=1", service=wide_shop, device_scale_factor=density)
    first = page.locator(f"{by('card')} img").first
    page.wait_for_selector(f"{by('card')}:first-child .plate.loaded")
    if sharper:
        page.wait_for_selector(f"{by('card')}:first-child img[src$='size=medium']")
    page.wait_for_load_state("networkidle")
    across = first.evaluate("image => image.naturalWidth / image.clientWidth")
    assert across * 1.25 >= min(density, 640 / 240)
    assert first.get_attribute("src").endswith("medium") is sharper


@pytest.mark.parametrize("answered", [True, False])
def test_a_product_s_photo_is_never_gone(open_page, wide_shop, answered):
    page = open_page("/?all=1", service=wide_shop)
    if not answered:
        page.route("**size=large", lambda route: route.fulfill(status=429))
    page.locator(by("card-title")).first.click()
    photo = page.locator(f"{by('gallery-stage')} img")
    size = "large" if answered else "small"
    page.wait_for_selector(f"{by('gallery-stage')} [src$='size={size}']")
    page.wait_for_load_state("networkidle")
    assert photo.get_attribute("alt") == "Thing 0"
    assert photo.evaluate("image => image.complete && image.naturalWidth > 0")


def test_variants_and_the_shop_s_own_page(open_page, wide_shop):
    page = open_page(service=wide_shop)
    search_words(page, "bottle")
    wait_for_count(page, 1)
    page.locator(by("card-title")).click()
    page.wait_for_selector(by("variants"))
    view = page.locator(by("product-view"))
    assert "Only 3 left" in view.inner_text()
    view.get_by_text("Large").click()
    page.wait_for_selector(f"{by('product-price')}:has-text('12.00')")
    assert "Sold out" in view.inner_text()
    assert "glass" in page.inner_text(by("attributes"))
    link = page.locator(by("shop-link"))
    assert link.get_attribute("href") == "https://shop.example/bottle"
    assert "noopener" in link.get_attribute("rel")

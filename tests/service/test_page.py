"""Ways to give the page a photo, and a region of it."""

from __future__ import annotations

import base64

from goodsight.config import Settings
from service.page import by, choose, titles, wait_for_first
from service.running import run_service
from small_shop import draw_shape


def test_choosing_a_photo(open_page, small_shop):
    page = open_page()
    choose(page, small_shop, 4)
    assert page.locator(by("query-photo")).is_visible()
    assert len(titles(page)) == 6
    assert "6" in page.inner_text(by("status"))
    card = page.locator(by("card")).first
    assert "€50.50" in card.inner_text()


def test_an_example_of_the_catalogue(open_page):
    page = open_page()
    page.locator(by("example")).first.click()
    page.wait_for_selector(by("card"))
    assert len(titles(page)) == 6


def dropped(page, selector, small_shop, number, event):
    data = base64.b64encode((small_shop / f"query-{number}.png").read_bytes()).decode()
    transfer = page.evaluate_handle(
        """data => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "photo.png", { type: "image/png" }));
            return transfer;
        }""",
        data,
    )
    if event == "paste":
        page.evaluate(
            "transfer => document.body.dispatchEvent("
            "new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }))",
            transfer,
        )
        return
    for name in ("dragenter", "dragover", "drop"):
        page.dispatch_event(selector, name, {"dataTransfer": transfer})


def test_dropping_a_photo_anywhere(open_page, small_shop):
    page = open_page()
    dropped(page, "body", small_shop, 1, "drop")
    wait_for_first(page, 1)
    # Again, over the results.
    dropped(page, by("cards"), small_shop, 4, "drop")
    wait_for_first(page, 4)


def test_pasting_a_photo(open_page, small_shop):
    page = open_page()
    dropped(page, "body", small_shop, 3, "paste")
    wait_for_first(page, 3)


def test_a_link_to_a_photo(open_page):
    page = open_page()
    page.fill(by("url-input"), "photo.jpg")
    page.click(by("url-go"))
    page.wait_for_selector(".fault:has-text('not a complete link')")
    page.fill(by("url-input"), "http://127.0.0.1/photo.jpg")
    with page.expect_request("**/search") as asked:
        page.keyboard.press("Enter")
    assert asked.value.post_data_json["query"] == [{"image_url": "http://127.0.0.1/photo.jpg"}]
    # The service fetches nothing from its own machine, and the page says what to do.
    page.wait_for_selector(f"{by('problem')}:has-text('does not lead to a photo')")
    assert page.locator(by("new-photo")).is_visible()


def test_the_camera(open_page):
    page = open_page()
    page.click(by("camera-button"))
    page.wait_for_selector(f"{by('camera-capture')}:enabled")
    page.click(by("camera-capture"))
    page.wait_for_selector(by("card"))
    assert page.locator(by("query-photo")).is_visible()
    assert page.locator(by("camera")).is_hidden()
    # The lamp goes out: no track is left running.
    assert page.evaluate("() => document.querySelector('video').srcObject") is None


def test_a_phone_s_own_camera(open_page, small_shop):
    page = open_page(width=360, height=740, has_touch=True, is_mobile=True)
    assert page.get_attribute(by("camera-file"), "capture") == "environment"
    # What Chromium has on phones only.
    page.evaluate("Object.defineProperty(HTMLInputElement.prototype, 'capture', { value: '' })")
    with page.expect_file_chooser() as chooser:
        page.tap(by("camera-button"))
    chooser.value.set_files(small_shop / "query-3.png")
    wait_for_first(page, 3)


def test_a_photo_is_scaled_before_it_is_sent(open_page, tmp_path):
    large = tmp_path / "large.png"
    draw_shape(1).resize((3000, 2000)).save(large)
    page = open_page()
    with page.expect_request("**/search") as sent:
        page.set_input_files(by("file-input"), large)
    page.wait_for_selector(by("card"))
    answer = sent.value.response().json()
    assert max(answer["photo"]["width"], answer["photo"]["height"]) <= 1280


def region_photo(small_shop, tmp_path):
    """Product 0 at the left, product 1 at the right."""
    from PIL import Image

    pair = Image.new("RGB", (400, 200), "white")
    for left, number in ((0, 0), (200, 1)):
        with Image.open(small_shop / f"query-{number}.png") as picture:
            pair.paste(picture, (left, 0))
    path = tmp_path / "pair.png"
    pair.save(path)
    return path


def drag(page, start, end) -> None:
    """From one point to another, as a hand does."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def on_photo(page, across, down):
    """A point of the query photo, in pixels of the window."""
    box = page.locator(by("query-photo")).bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def test_a_region_by_its_corner_and_by_keys(open_page, small_shop, tmp_path):
    page = open_page()
    page.set_input_files(by("file-input"), region_photo(small_shop, tmp_path))
    page.wait_for_selector(by("card"))
    handle = page.locator(by("region-top-left")).bounding_box()
    middle = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    drag(page, middle, on_photo(page, 0.52, 0.01))
    wait_for_first(page, 1)
    assert "box=" in page.url
    page.focus(by("region-box"))
    for _ in range(60):
        page.keyboard.press("ArrowLeft")
    wait_for_first(page, 0)
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('box=')")


def test_a_region_drawn_and_moved(open_page, small_shop, tmp_path):
    page = open_page()
    page.set_input_files(by("file-input"), region_photo(small_shop, tmp_path))
    page.wait_for_selector(by("card"))
    drag(page, on_photo(page, 0.53, 0.05), on_photo(page, 0.97, 0.95))
    wait_for_first(page, 1)
    drag(page, on_photo(page, 0.75, 0.5), on_photo(page, 0.25, 0.5))
    wait_for_first(page, 0)
    page.click(by("region-whole"))
    page.wait_for_function("() => !location.search.includes('box=')")


def test_an_expired_photo_is_sent_again_unasked(open_page, small_shop, shop_page):
    page = open_page()
    choose(page, small_shop, 4)
    shop_page.state.uploads._kept.clear()
    page.focus(by("region-box"))
    with page.expect_response(lambda answer: "search" in answer.url and answer.status == 200):
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Shift+ArrowLeft")
    wait_for_first(page, 4)


def test_an_unreadable_photo_is_told(open_page, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"no photo at all")
    page = open_page()
    page.set_input_files(by("file-input"), tmp_path / "photo.jpg")
    page.wait_for_selector(
        f"{by('problem')}:has-text('cannot be opened'), {by('note')}:has-text('not a photo')"
    )
    assert page.locator(by("card")).count() == 0


def test_a_key_is_asked_for_where_searching_is_closed(browser, page_home):
    generator = run_service(Settings(home=page_home, requests_per_minute=0), open_search=False)
    service = next(generator)
    page = browser.new_page()
    page.goto(service.url)
    page.wait_for_selector(f"{by('key-dialog')}[open]")
    page.fill(by("key-input"), service.key()["Authorization"].removeprefix("Bearer "))
    page.click(by("key-go"))
    page.wait_for_selector(by("example"))
    page.close()
    next(generator, None)

"""Draws the pictures of the documentation: the page and the owner's page in ten states.

    make screenshots
    .venv/bin/python tools/screenshots.py page-start page-chinese    only these

Needs Chromium, and the sample store that `goodsight demo` fetches. The photographers named in
the README took the photos.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from goodsight.client import Client
from goodsight.core.access import Role
from goodsight.shop import open as open_shop

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".demo"
TARGET = ROOT / "docs" / "images"
SCRIPT = Path(sys.executable).with_name("goodsight")
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDEST_PIXELS = 1440


def by(name: str) -> str:
    return f"[data-test={name}]"


def choose(page: Page, photo: str = "tripod.jpg") -> None:
    page.set_input_files(by("file-input"), HOME / "queries" / photo)
    page.wait_for_selector(by("card"))
    page.wait_for_load_state("networkidle")


def show_product(page: Page) -> None:
    choose(page, "lens.jpg")
    page.locator(by("card-title")).first.click()
    page.wait_for_selector(f"{by('product-view')}[open] {by('gallery-stage')} [src$='size=large']")


def show_nothing(page: Page) -> None:
    choose(page)
    page.fill(by("words-input"), "under 2 dollars")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{by('way-out')}, {by('nothing')}")


def show_region(page: Page) -> None:
    choose(page, "keyboard.jpg")
    photo = page.locator(by("query-photo")).bounding_box()
    handle = page.locator(by("region-top-left")).bounding_box()
    assert photo is not None
    assert handle is not None
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(photo["x"] + 0.35 * photo["width"], photo["y"] + 0.3 * photo["height"])
    page.mouse.up()
    page.wait_for_timeout(1500)


def show_owner(page: Page) -> None:
    with open_shop(HOME, collection="sample") as shop:
        made = shop.keys().create("screenshots", Role.ADMIN)
    try:
        page.fill(by("key"), made.text)
        page.click(by("sign-in"))
        page.wait_for_selector(by("collection-card"))
        page.wait_for_load_state("networkidle")
    finally:
        page.once("close", lambda _: revoke(made.key.id))


def revoke(key_id: str) -> None:
    with open_shop(HOME, collection="sample") as shop:
        shop.keys().revoke(key_id)


# Name -> path, width and height in pixels, options of the browser, what to do before.
STATES: dict[str, tuple[str, int, int, dict[str, str], Callable[[Page], None]]] = {
    "page-start": ("/", 1440, 900, {}, lambda _: None),
    "page-results": ("/", 1440, 1000, {}, choose),
    "page-region": ("/", 1440, 1000, {"color_scheme": "dark"}, show_region),
    "page-product": ("/", 1440, 900, {}, show_product),
    "page-nothing": ("/", 1024, 800, {}, show_nothing),
    "page-phone": ("/", 390, 844, {"color_scheme": "dark"}, choose),
    "page-chinese": ("/", 768, 1000, {"locale": "zh-CN"}, lambda page: choose(page, "lens.jpg")),
    "page-chinese-start": ("/", 1440, 900, {"locale": "zh-CN"}, lambda _: None),
    "page-chinese-product": ("/", 1440, 900, {"locale": "zh-CN"}, show_product),
    "page-owner": ("/owner", 1440, 900, {}, show_owner),
}


def main() -> None:
    executable = next(path for name in NAMES if (path := shutil.which(name)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    service = subprocess.Popen(
        [SCRIPT, "serve", "--home", HOME, "--port", str(port)],
        env={**os.environ, "GOODSIGHT_COLLECTION": "sample"},
        stderr=subprocess.DEVNULL,
    )
    try:
        with Client(url, attempts=60) as client:
            client.is_ready()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
            for name in sys.argv[1:] or STATES:
                path, width, height, options, prepare = STATES[name]
                viewport = {"width": width, "height": height}
                page = browser.new_page(viewport=viewport, **{"locale": "en-US", **options})
                page.goto(url + path)
                page.wait_for_load_state("networkidle")
                prepare(page)
                page.mouse.move(0, 0)
                page.wait_for_timeout(800)
                save(page.screenshot(), TARGET / f"{name}.webp")
                page.close()
            browser.close()
    finally:
        service.terminate()
        service.wait(60)


def save(picture: bytes, target: Path) -> None:
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").save(target, quality=70, method=6)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()

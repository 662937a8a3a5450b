"""The owner's page in a real browser, on a real service over a catalogue with faults."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import goodsight
from goodsight.config import Settings
from goodsight.core.access import Role
from goodsight.service.access import SESSION_COOKIE
from service.browser import chromium, violations
from service.running import run_service

SECTIONS = {
    "collections": "collection-card",
    "runs/default": "run",
    "health/default": "health-verdict",
    "upload": "upload-form",
    "keys": "key-card",
    "audit": "act",
}


@pytest.fixture(scope="module")
def faulty_feed(tmp_path_factory, small_shop) -> Path:
    """The small shop with a shared photo, a broken one, none at all, and a bad row."""
    root = tmp_path_factory.mktemp("faulty")
    shutil.copytree(small_shop / "photos", root / "photos")
    whole = (root / "photos" / "0-0.png").read_bytes()
    (root / "photos" / "broken.png").write_bytes(whole[:300])
    rows = (small_shop / "feed.csv").read_text(encoding="utf-8").splitlines()
    extra = "{},{},1,EUR,1,Edged,Acme,red,{}"
    rows += [
        extra.format("twin", "Twin", "photos/0-0.png"),
        extra.format("dark", "Broken", "photos/broken.png"),
        extra.format("bare", "Bare", ""),
        "bad,Bad,=1+abc,EUR,1,Edged,Acme,red,photos/0-0.png",
    ]
    (root / "feed.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def shop_service(tmp_path_factory, faulty_feed):
    home = tmp_path_factory.mktemp("owner_home")
    with goodsight.open(home) as shop:
        shop.index(faulty_feed / "feed.csv")
    yield from run_service(Settings(home=home, requests_per_minute=0))


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def open_page(browser, shop_service):
    """Open the owner's page; what it throws fails the test."""
    contexts, errors = [], []

    def open_one(*, width=1280, **options):
        options = {"locale": "en-GB", "viewport": {"width": width, "height": 900}, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{shop_service.url}/owner")
        page.wait_for_selector(by("key"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors


def by(name: str) -> str:
    return f"[data-test={name}]"


def secret(service, role=Role.ADMIN) -> str:
    return service.key(role)["Authorization"].removeprefix("Bearer ")


def sign_in(page, service) -> str:
    """Sign in as the form does, but uncounted: signing in is throttled. The key's text."""
    text = secret(service)
    store = service.state.wiring.store()
    session = store.sessions.begin(store.keys.verify(text))
    page.context.add_cookies(
        [{"name": SESSION_COOKIE, "value": session.token, "url": service.url, "sameSite": "Strict"}]
    )
    page.reload()
    page.wait_for_selector(by("collection-card"))
    return text


def go(page, section: str) -> None:
    page.evaluate("section => { location.hash = `#/${section}` }", section)
    page.wait_for_selector(by(SECTIONS[section]))


def test_only_an_owners_key_opens_the_page(open_page, shop_service):
    page = open_page()
    for key, words in [("gs_a_b", "wrong"), (secret(shop_service, Role.EDIT), "admin")]:
        page.fill(by("key"), key)
        page.click(by("sign-in"))
        page.wait_for_selector(f"{by('sign-in-refused')}:has-text('{words}')")
        assert page.locator("#nav").is_hidden()
    page.fill(by("key"), secret(shop_service))
    page.keyboard.press("Enter")
    page.wait_for_selector(by("collection-card"))
    page.reload()
    page.wait_for_selector(by("collection-card"))
    page.click(by("sign-out"))
    page.wait_for_selector(by("key"))
    page.reload()
    page.wait_for_selector(by("key"))
    assert page.context.cookies() == []


def test_a_session_that_ends_leads_back_to_signing_in(open_page, shop_service):
    page = open_page()
    key = sign_in(page, shop_service)
    shop_service.state.wiring.store().keys.revoke(key.split("_")[1])
    page.click(by("nav-keys"))
    page.wait_for_selector(f"{by('sign-in-refused')}:has-text('ended')")


def test_runs_tell_what_was_left_out_and_give_it_as_csv(open_page, shop_service):
    page = open_page(accept_downloads=True)
    sign_in(page, shop_service)
    go(page, "runs/default")
    page.click(by("run-skips"))
    rows = page.locator(f"{by('skips')} tbody tr")
    # The fold tells of its opening a moment after the click.
    rows.nth(1).wait_for()
    assert rows.count() == 2
    page.fill(by("skip-filter"), "TRUNCATED")
    assert rows.count() == 1
    with page.expect_download() as download:
        page.click(by("skips-csv"))
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "row,reference,reason"
    assert len(lines) == 3
    assert any("broken.png" in line for line in lines)


def test_health_names_each_fault(open_page, shop_service):
    page = open_page()
    sign_in(page, shop_service)
    go(page, "health/default")
    assert page.get_attribute(by("health-verdict"), "data-well") == "false"
    assert page.locator(by("duplicate")).inner_text().split() == [
        "Product", "crimson", "p0", "Twin", "twin",
    ]  # fmt: skip
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-test=duplicate] img')]"
        ".every(image => image.complete && image.naturalWidth > 0)"
    )
    assert "broken.png" in page.locator(by("health-unreadable")).inner_text()
    assert "Bare" in page.locator(by("health-without")).inner_text()
    assert page.locator(by("displaced")).count() >= 1


def test_a_feed_comes_in_and_its_collection_goes_again(open_page, shop_service, faulty_feed):
    page = open_page()
    sign_in(page, shop_service)
    go(page, "upload")
    assert page.is_disabled(by("send"))
    page.set_input_files(by("feed-file"), faulty_feed / "feed.csv")
    page.set_input_files(by("photo-folder"), faulty_feed / "photos")
    page.fill(by("upload-collection"), "brought in")
    page.click(by("send"))
    page.wait_for_selector(f"{by('job')}[data-status=done]", timeout=60_000)
    assert "9\nproducts added" in page.locator(by("job")).inner_text()

    go(page, "collections")
    card = page.locator(f"{by('collection-card')}[data-name='brought in']")
    card.locator(by("delete-collection")).click()
    page.fill(by("confirm-typed"), "brought")
    assert page.is_disabled(by("confirm"))
    page.fill(by("confirm-typed"), "brought in")
    page.click(by("confirm"))
    card.wait_for(state="detached")
    assert list(shop_service.state.wiring.store().names()) == ["default"]
    go(page, "audit")
    assert "brought in" in page.locator(by("act")).first.inner_text()


def test_a_feed_that_is_none_is_refused_with_its_reason(open_page, shop_service, tmp_path):
    page = open_page()
    sign_in(page, shop_service)
    go(page, "upload")
    (tmp_path / "feed.csv").write_bytes(b"%PDF-1.7")
    page.set_input_files(by("feed-file"), tmp_path / "feed.csv")
    page.fill(by("upload-collection"), "never")
    page.click(by("send"))
    page.wait_for_selector(f"{by('job')}[data-status=failed]", timeout=60_000)
    assert "feed.csv" in page.locator(by("job")).inner_text()


def test_a_key_is_shown_once_and_ended(open_page, shop_service):
    page = open_page()
    sign_in(page, shop_service)
    go(page, "keys")
    page.click(by("new-key"))
    page.fill(by("key-name"), "web shop")
    page.click(by("create-key"))
    text = page.input_value(by("new-key-text"))
    store = shop_service.state.wiring.store()
    assert store.keys.verify(text).role is Role.SEARCH
    page.click(by("key-kept"))
    card = page.locator(f"{by('key-card')}:has-text('web shop')")
    card.wait_for()
    assert text.split("_", 2)[2] not in page.content()
    card.locator(by("revoke-key")).click()
    page.click(by("confirm"))
    page.wait_for_selector(f"{by('key-card')}[data-state=revoked]:has-text('web shop')")
    assert store.keys.verify(text) is None


def test_a_service_that_is_away_can_be_asked_again(open_page, shop_service):
    page = open_page()
    sign_in(page, shop_service)
    page.route("**/v1/audit*", lambda route: route.abort())
    page.evaluate("location.hash = '#/audit'")
    page.wait_for_selector(by("refusal"))
    page.unroute("**/v1/audit*")
    page.click(by("again"))
    page.wait_for_selector(by("act"))


def test_it_speaks_chinese_and_switches_in_place(open_page, shop_service):
    page = open_page(locale="zh-CN")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    sign_in(page, shop_service)
    heading = page.locator("h1")
    assert heading.inner_text() == "目录"
    page.click(by("language"))
    assert heading.inner_text() == "Collections"
    assert page.title() == "Goodsight – the owner’s page"


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_every_section_is_accessible_and_fits(open_page, shop_service, theme, width):
    page = open_page(color_scheme=theme, width=width, bypass_csp=True, reduced_motion="reduce")
    assert violations(page) == []
    sign_in(page, shop_service)
    for section in SECTIONS:
        go(page, section)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], section
        assert page.evaluate("document.documentElement.scrollWidth") <= width, section
    go(page, "keys")
    page.click(by("new-key"))
    page.wait_for_selector("dialog [name=collection]")
    assert violations(page) == []

"""The models on the owner's page, in a real browser: their runs, the way back and forth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodsight.core.gating import Comparison, Verdict
from goodsight.core.tuning import TuningRecord, TuningStatus
from service.browser import chromium, violations
from service.test_owner_page import by, sign_in
from service.tuned import drawn_record, record_run, tuned_collection

NAME = "my models"
HASH = "#/models/my%20models"


@pytest.fixture(scope="module")
def shop(service, small_shop):
    """Three kept spaces and three runs: switched to, refused, failed."""
    shop = tuned_collection(service, small_shop, NAME)
    record_run(shop, TuningStatus.FAILED, TuningRecord(reason="the disk is full"))
    refused = drawn_record(shop, passed=False)
    record_run(shop, TuningStatus.REFUSED, replace(refused, changed=refused.changed[2:]))
    shop.latest = record_run(shop, TuningStatus.SWITCHED, drawn_record(shop))
    yield shop
    shop.delete()


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def open_models(browser, service, shop):
    """Sign in and open the section; what the page throws fails the test."""
    contexts, errors = [], []

    def open_one(address="", *, width=1280, **options):
        options = {"locale": "en-GB", "viewport": {"width": width, "height": 900}, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{service.url}/owner")
        sign_in(page, service)
        go(page, HASH + address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors


def go(page, address):
    """To the section or, with its number, to one of its runs."""
    page.evaluate("address => { location.hash = address }", address)
    run = address.removeprefix(HASH).strip("/")
    page.wait_for_selector(f"{by('tuning-report')}[data-id='{run}']" if run else by("space"))


def states(page) -> list[str]:
    return [card.get_attribute("data-state") for card in page.locator(by("space")).all()]


def in_use(page) -> str:
    return page.locator(f"{by('space')}[data-state=active]").get_attribute("data-id")


def test_runs_say_what_they_came_to_and_why(open_models):
    page = open_models()
    first_runs = page.locator(by("tuning-run")).all()[-3:]
    statuses = [run.get_attribute("data-status") for run in first_runs]
    assert statuses == ["switched", "refused", "failed"]
    switched, refused, failed = [run.inner_text() for run in first_runs]
    assert "75%\nfound before" in switched
    assert "87.5%\nfound after" in switched
    assert "2\nnow better" in switched
    assert "Worse: unseen products, 50% before and 25% after." in refused
    assert "the disk is full" in failed
    page.click(by("language"))
    assert "变差：未见过的商品，之前 50%，之后 25%。" in first_runs[1].inner_text()


def test_a_run_shows_its_verdict_its_curve_and_what_changed(open_models, shop):
    page = open_models()
    page.focus(f"{by('tuning-run')}[data-id='{shop.latest}'] {by('open-run')}")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{by('tuning-report')}[data-id='{shop.latest}']")
    assert page.get_attribute(by("tuning-verdict"), "data-kind") == "better"
    rows = page.locator(f"{by('comparisons')} tbody tr")
    assert [row.get_attribute("data-outcome") for row in rows.all()] == ["better", "alike", "alike"]
    assert "+7.0 to +18.0" in rows.first.inner_text()
    assert page.locator(f"{by('comparisons')} svg").count() == 3

    recall, loss = page.locator(f"{by('curve')} svg").all()
    told = "Right product first: 50% in epoch 1, 81.3% in epoch 4, best 87.5% in epoch 3"
    assert recall.get_attribute("aria-label") == told
    assert len(recall.locator("polyline").get_attribute("points").split()) == 4
    # The last epoch's loss is no number.
    assert len(loss.locator("polyline").get_attribute("points").split()) == 3
    page.click(by("curve-table"))
    assert page.locator(f"{by('curve')} tbody tr").last.inner_text().split() == ["4", "81.3%", "–"]

    changes = page.locator(by("change"))
    assert changes.count() == 3
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-test=change] img')]"
        ".every(image => { image.loading = 'eager'; return image.complete && image.naturalWidth; })"
    )
    page.click(by("changed-worse"))
    [worse] = changes.all()
    marks = worse.locator("figure").evaluate_all("all => all.map(one => one.dataset.right)")
    assert marks == [None, "true", "false"]
    assert "Product goldenrod" in worse.inner_text()
    assert page.get_attribute(by("changed-worse"), "aria-pressed") == "true"
    assert "cosface" in page.locator(by("run-settings")).inner_text()
    assert "Apache-2.0" in page.locator(by("run-card")).inner_text()
    page.click(by("all-models"))
    page.wait_for_selector(by("space"))
    page.go_back()
    page.wait_for_selector(by("tuning-report"))


def test_many_changed_searches_come_a_page_at_a_time(open_models, shop):
    record = drawn_record(shop)
    run = record_run(shop, TuningStatus.REFUSED, replace(record, changed=record.changed * 10))
    page = open_models(f"/{run}")
    changes = page.locator(by("change"))
    assert changes.count() == 24
    page.focus(by("more-changes"))
    page.keyboard.press("Enter")
    assert changes.count() == 30
    assert changes.nth(24).evaluate("one => one === document.activeElement")
    assert page.is_hidden(by("more-changes"))
    page.click(by("changed-better"))
    assert changes.count() == 20


def test_a_run_that_goes_on_shows_how_far_it_has_come(open_models, shop):
    runs = shop._wiring.store().tuning_runs(NAME)
    with runs.begin("head") as run:
        run.record(TuningRecord(curve=drawn_record(shop).curve[:1]))
        page = open_models(f"/{run.id}")
        assert page.get_attribute(by("tuning-verdict"), "data-kind") == "running"
        assert page.locator(f"{by('curve')} circle.best").count() == 2
        run.finish(TuningStatus.INTERRUPTED, TuningRecord())


def test_a_run_that_could_prove_nothing(open_models, shop):
    page = open_models()
    nothing = Comparison("unseen photos of known products", 12, 0.5, 0.75, 0.1, 0.4)
    verdict = Verdict(False, ("only 12 photos could be held back",), (nothing,))
    run = record_run(shop, TuningStatus.REFUSED, TuningRecord(verdict=verdict))
    go(page, f"{HASH}/{run}")
    assert "Only 12 photos could be held back" in page.locator(by("reasons")).inner_text()
    assert page.locator(by("changed")).count() == page.locator(by("curve")).count() == 0
    page.evaluate("location.hash += '000000'")
    page.wait_for_selector(f"{by('refusal')}:has-text('does not exist any more')")


@pytest.mark.parametrize(
    ("theme", "width", "locale"), [("light", 1280, "en-GB"), ("dark", 390, "zh-CN")]
)
def test_it_is_accessible_and_fits(open_models, shop, theme, width, locale):
    page = open_models(
        color_scheme=theme, width=width, locale=locale, bypass_csp=True, reduced_motion="reduce"
    )
    for address in ("", f"/{shop.latest}"):
        go(page, HASH + address)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.click(by("curve-table"))
    assert violations(page) == []
    go(page, HASH)
    page.click(by("drop-spaces"))
    page.wait_for_selector("dialog[open]")
    assert violations(page) == []


def test_back_and_forth_with_the_keyboard_and_then_the_kept_ones_go(open_models, shop):
    page = open_models()
    _, first, second = shop.switcher().kept_spaces()
    assert states(page) == ["active", "former", "kept"]
    assert "Tuned on this catalogue" in page.locator(by("space")).first.inner_text()
    assert "48\nnumbers a photo" in page.locator(by("space")).first.inner_text()

    page.focus(by("go-back"))
    page.keyboard.press("Enter")
    assert "Tuned on this catalogue" in page.locator("dialog").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    page.keyboard.press("Enter")
    page.focus(by("confirm"))
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{by('space')}[data-state=active][data-id='{first.id}']")
    assert shop.info().space == first.space
    page.wait_for_function("document.activeElement.textContent === 'In use, and kept'")

    page.click(f"{by('space')}[data-id='{second.id}'] {by('use-space')}")
    page.click(by("confirm"))
    page.wait_for_selector(f"{by('space')}[data-state=active][data-id='{second.id}']")
    page.wait_for_selector(
        f"#announcer:has-text('Searches use “Tuned on this catalogue, run {shop.latest}” now.')"
    )

    # Somebody else was quicker.
    page.click(by("go-back"))
    shop.switcher().prune()
    page.click(by("confirm"))
    page.wait_for_selector(f"{by('dialog-refused')}:has-text('nothing to go back to any more')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert in_use(page) == str(second.id)
    page.click(by("drop-spaces"))
    assert "2 kept models will be gone" in page.locator("dialog").inner_text()
    page.click(by("confirm"))
    page.wait_for_selector(by("nothing-kept"))
    assert states(page) == ["active"]
    page.evaluate("location.hash = '#/audit'")
    page.wait_for_selector(f"{by('act')}:has-text('Kept models dropped')")
    acts = page.locator(by("act")).all_inner_texts()
    assert "Model switched" in acts[1]
    assert "Gone back to the former model" in acts[2]

"""Speaking on the page: a real browser whose microphone plays a recording."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from service.browser import ARGUMENTS, chromium, violations
from service.page import by, titles
from spoken import recording, say

pytest.importorskip("pocketsphinx", reason="the extra 'voice' is absent")

# Said once, with silence around it: the browser begins the file again at its end.
SAID = "product orchid"


def microphone(path, data: bytes) -> list[str]:
    """Arguments of a browser that hears a WAV file."""
    path.write_bytes(data)
    return [
        *ARGUMENTS,
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}",
    ]


def once(data: bytes) -> bytes:
    """The recording, and ten seconds of silence behind it."""
    with wave.open(io.BytesIO(data)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    return recording(np.concatenate([np.zeros(rate // 2), samples, np.zeros(10 * rate)]), rate)


@pytest.fixture(scope="module")
def hearing(tmp_path_factory):
    path = tmp_path_factory.mktemp("voice") / "said.wav"
    with chromium(microphone(path, once(say(SAID)))) as running:
        yield running


@pytest.fixture
def open_hearing(hearing, shop_page):
    contexts, faults, asked = [], [], []

    def open_one(*, permissions=("microphone",), **options):
        context = hearing.new_context(locale="en-GB", permissions=[*permissions], **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(shop_page.url)
        page.wait_for_selector(by("voice"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults
    assert all(url.startswith((shop_page.url, "blob:", "data:")) for url in asked)


def listen(page) -> None:
    page.click(by("voice"))
    page.wait_for_selector(f"{by('voice')}[data-stage=recording]")


def finish(page) -> None:
    page.click(by("voice"))
    page.wait_for_selector(f"{by('voice')}[data-stage=idle]")


def test_what_is_said_stands_in_the_box_and_counts_when_sent(open_hearing):
    page = open_hearing()
    listen(page)
    assert "Listening" in page.inner_text(by("voice-status"))
    assert page.get_attribute(by("voice"), "aria-label") == "Stop recording"
    page.wait_for_timeout(3000)
    with page.expect_response("**/v1/transcribe") as answered:
        finish(page)
    assert answered.value.request.headers["content-type"].startswith("multipart/form-data")
    assert answered.value.json()["seconds"] == pytest.approx(3, abs=1.5)
    assert page.input_value(by("words-input")) == SAID
    assert page.evaluate("document.activeElement.dataset.test") == "words-input"
    assert SAID in page.inner_text(by("note"))
    assert page.locator(by("voice-status")).is_hidden()
    # Nothing has been searched for yet.
    assert "q=" not in page.url
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{by('card')}:first-child[data-product=p4]")
    assert titles(page) == ["Product orchid"]


def test_escape_gives_it_up_and_nothing_is_sent(open_hearing):
    page = open_hearing()
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    listen(page)
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{by('voice')}[data-stage=idle]")
    assert page.input_value(by("words-input")) == ""
    assert page.get_attribute(by("voice"), "aria-label") == "Search by voice"
    assert not [url for url in sent if "transcribe" in url]
    listen(page)  # again, and the microphone is there
    page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_recording_page_is_accessible(open_hearing, scheme):
    page = open_hearing(color_scheme=scheme)
    assert violations(page) == []
    listen(page)
    assert violations(page) == []
    page.keyboard.press("Escape")


def test_the_words_follow_the_language(open_hearing):
    page = open_hearing()
    listen(page)
    page.keyboard.press("Escape")
    page.click("[data-test=language]")
    assert page.get_attribute(by("voice"), "aria-label") == "语音搜索"
    listen(page)
    assert "正在听" in page.inner_text(by("voice-status"))
    page.keyboard.press("Escape")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("NotAllowedError", "blocked"),
        ("NotFoundError", "No microphone"),
        ("NotReadableError", "in use"),
    ],
)
def test_without_a_microphone_the_reason_is_told(open_hearing, name, told):
    page = open_hearing()
    page.evaluate(
        """name => { navigator.mediaDevices.getUserMedia = async () => {
               throw new DOMException("no", name); }; }""",
        name,
    )
    page.click(by("voice"))
    page.wait_for_selector(f"{by('note')}:visible")
    assert told in page.inner_text(by("note"))
    assert page.get_attribute(by("voice"), "data-stage") == "idle"


def test_a_visitor_who_says_no_is_told(open_hearing):
    # No permission is given, and a browser without a screen asks nobody.
    page = open_hearing(permissions=())
    page.click(by("voice"))
    page.wait_for_selector(f"{by('note')}:visible")
    assert "blocked" in page.inner_text(by("note"))


def test_nothing_of_it_is_loaded_before_it_is_wanted(open_hearing, shop_page):
    page = open_hearing()
    loaded = "performance.getEntriesByType('resource').map(entry => entry.name)"
    assert not [name for name in page.evaluate(loaded) if "/voice/" in name]
    listen(page)
    assert [name for name in page.evaluate(loaded) if "/voice/" in name]
    page.keyboard.press("Escape")

"""The files of the pages: small, complete offline, the same words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import goodsight
from goodsight.core.colour_names import COLOUR_NAMES
from goodsight.core.gating import MIN_QUERIES

STATIC = Path(goodsight.__file__).parent / "service" / "static"
SCRIPTS_AND_STYLES = sorted([*STATIC.rglob("*.js"), *STATIC.rglob("*.css")])
MOST_LINES = 300
WORD = re.compile(r'^  "([^"]+)":', re.MULTILINE)


@pytest.mark.parametrize("file", SCRIPTS_AND_STYLES, ids=lambda file: file.name)
def test_files_are_small_and_ask_nobody_else(file):
    text = file.read_text("utf-8")
    assert len(text.splitlines()) < MOST_LINES
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    assert re.findall(r"""(?:import|from|url\(|fetch\()\s*["'`(]*(?:https?:)?//""", code) == []


def test_the_shell_is_all_of_the_customer_s_page():
    worker = (STATIC / "service-worker.js").read_text("utf-8")
    shell = worker[: worker.index("const worker")]
    named = set(re.findall(r'"([a-z][a-z0-9.-]*)"', shell))
    for file in STATIC.joinpath("assets").glob("*.*"):
        if file.suffix in {".js", ".css"}:
            assert file.stem in named, file.name
    page = (STATIC / "index.html").read_text("utf-8")
    assert "/assets/chevron.svg" in shell
    for style in STATIC.joinpath("assets").glob("*.css"):
        assert f'href="/assets/{style.name}"' in page


@pytest.mark.parametrize(
    "folder",
    [
        "assets",
        "assets/look",
        "assets/owner",
        "assets/owner/models",
        "assets/suggesting",
        "assets/terms",
        "assets/understood",
        "assets/voice",
        "assets/why",
    ],
)
def test_both_languages_have_the_same_words(folder):
    english, chinese = (
        WORD.findall((STATIC / folder / f"words.{name}.js").read_text("utf-8"))
        for name in ("en", "zh")
    )
    assert english == chinese
    assert len(set(english)) == len(english)


def test_every_word_that_the_owner_s_page_asks_for_is_there():
    folder = STATIC / "assets" / "owner"
    scripts = [file for file in folder.rglob("*.js") if "words" not in file.name]
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', "".join(map(Path.read_text, scripts))))
    assert len(asked) > 50
    words = "".join(file.read_text("utf-8") for file in folder.rglob("words.en.js"))
    assert asked <= set(WORD.findall(words))


def test_the_page_knows_how_many_photos_the_gate_needs():
    script = STATIC / "assets" / "owner" / "models" / "verdict.js"
    assert f"const LEAST_QUERIES = {MIN_QUERIES};" in script.read_text("utf-8")


def test_the_page_s_colours_are_the_service_s():
    table = (STATIC / "assets" / "colours.js").read_text("utf-8")
    shown = re.findall(r'^  (\w+): "(#[0-9a-f]{6})",$', table, re.MULTILINE)
    assert shown == [(name.key, name.shades[0]) for name in COLOUR_NAMES]
    for language, called in (
        ("en", {name.key: name.key.capitalize() for name in COLOUR_NAMES}),
        ("zh", {name.key: name.chinese for name in COLOUR_NAMES}),
    ):
        words = (STATIC / "assets" / f"words.{language}.js").read_text("utf-8")
        assert dict(re.findall(r'"colour\.(\w+)": "(.+)"', words)) == called

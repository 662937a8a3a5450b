"""Pages in Chinese say what the English ones say: the same programs, formulas and parts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$(.*?)\$\$")
# The index is made for its readers: what is there in Chinese comes first.
INDEX = DOCS / "zh-CN" / "README.md"
PAGES = {
    ROOT / "README.zh-CN.md": ROOT / "README.md",
    **{
        page: DOCS / page.relative_to(DOCS / "zh-CN")
        for page in sorted((DOCS / "zh-CN").rglob("*.md"))
        if page != INDEX
    },
}
BY_NAME = pytest.mark.parametrize(
    ("chinese", "english"), PAGES.items(), ids=[str(page.relative_to(ROOT)) for page in PAGES]
)


def parts(page: Path) -> list[str]:
    """The marks of a page's headings, in order."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    return re.findall(r"^#+", text, re.MULTILINE)


def formulas(text: str) -> list[str]:
    """Without the words in them, which may be Chinese."""
    symbols = [re.sub(r"\\text\{.*?\}", "", formula) for formula in FORMULA.findall(text)]
    return ["".join(formula.split()) for formula in symbols]


@BY_NAME
def test_the_same_programs_and_parts(chinese, english):
    """The English blocks are run by test_docs.py; with these, so are the Chinese."""
    told, original = (page.read_text(encoding="utf-8") for page in (chinese, english))
    assert BLOCK.findall(told) == BLOCK.findall(original)
    assert parts(chinese) == parts(english)
    assert formulas(told) == formulas(original)


@BY_NAME
def test_each_leads_to_the_other_language(chinese, english):
    first = chinese.read_text(encoding="utf-8").split("\n## ")[0]
    linked = re.search(r"\[English\]\(([^)]+)\)", first)
    assert linked is not None
    assert (chinese.parent / linked[1]).resolve() == english


def test_every_chinese_page_is_in_its_index():
    text = INDEX.read_text(encoding="utf-8")
    targets = {(INDEX.parent / link).resolve() for link in re.findall(r"\]\(([^)#:]+)\)", text)}
    assert {page for page in PAGES if DOCS in page.parents} <= targets


def test_links_of_the_index_are_told_in_both_languages():
    """A how-to or reference page that English readers are shown is shown to Chinese ones."""

    def pages(index: Path) -> set[Path]:
        links = re.findall(r"\]\(([^)#:]+\.(?:md|ipynb))\)", index.read_text(encoding="utf-8"))
        found = {(index.parent / link).resolve() for link in links}
        return {PAGES.get(page, page) for page in found}

    # For maintainers, who read English; and what is told by pictures.
    left_out = {DOCS / "releasing.md", DOCS / "page-review.md", INDEX, DOCS / "README.md"}
    assert pages(DOCS / "README.md") - left_out == pages(INDEX) - left_out

"""Documentation that cannot drift: its snippets run, its tables are complete."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from goodsight.cli.main import app
from goodsight.config import settings_table

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    *(page for page in sorted(DOCS.rglob("*.md")) if page.parent.name != "decisions"),
]
# A block marked "continued" goes on where the one before ended, in the same program.
FENCE = re.compile(r"^```(sh|python)( continued)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDEX = "goodsight index products.csv"


def snippets_of(page: Path) -> tuple[tuple[str, str], ...]:
    """Language and text of each program on a page."""
    found: list[tuple[str, str]] = []
    for language, continued, text in FENCE.findall(page.read_text(encoding="utf-8")):
        before = f"{found.pop()[1]}\n" if continued else ""
        found.append((language, before + text))
    return tuple(found)


def pages_to_run() -> list[Path]:
    """Each page that has something to run. What two pages have word for word is run once."""
    first: dict[tuple[tuple[str, str], ...], Path] = {}
    for page in PAGES:
        first.setdefault(snippets_of(page), page)
    return [page for snippets, page in first.items() if snippets]


@pytest.fixture(scope="module")
def indexed_shop(tmp_path_factory, small_shop):
    """A folder as the documentation supposes it: an indexed feed, and a photo to search with."""
    folder = tmp_path_factory.mktemp("docs") / "shop"
    shutil.copytree(small_shop, folder)
    (folder / "feed.csv").rename(folder / "products.csv")
    shutil.copy(folder / "query-2.png", folder / "photo.jpg")
    run_snippet("sh", INDEX, folder)
    return folder


@pytest.fixture
def reader(indexed_shop):
    """That folder, in the same place for every page, and as it was for each of them."""
    kept = indexed_shop.with_name("kept")
    if not kept.exists():
        copy(indexed_shop, kept)
    yield indexed_shop
    shutil.rmtree(indexed_shop)
    copy(kept, indexed_shop)


def copy(source: Path, target: Path) -> None:
    """With owners: the embedded server of root has an account of its own, and files in it."""
    subprocess.run(["cp", "--archive", source, target], check=True)


def run_snippet(language: str, text: str, folder: Path) -> None:
    scripts = Path(sys.executable).parent
    environment = os.environ | {
        "GOODSIGHT_HOME": str(folder / "home"),
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
    }
    command = ["bash", "-euc", text] if language == "sh" else [sys.executable, "-c", text]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", pages_to_run(), ids=lambda page: str(page.relative_to(ROOT)))
def test_snippets_run(page, reader):
    snippets = snippets_of(page)
    if any(INDEX in text for _, text in snippets):
        # It shows how a home begins.
        shutil.rmtree(reader / "home")
    for language, text in snippets:
        run_snippet(language, text, reader)


def test_every_setting_is_documented_as_it_is():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{row.name}` | `{row.environment}` | {f'{row.default} {row.unit}'.strip()} |"
        f" {row.help} |"
        for row in settings_table()
    ]


def test_every_command_is_in_the_documentation():
    written = [page for page in PAGES if page.parent.name != "reference"]
    text = "".join(page.read_text(encoding="utf-8") for page in written)
    for name in get_command(app).commands:
        assert f"goodsight {name}" in text, name


def test_every_page_is_in_the_index():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    targets = {(DOCS / target).resolve() for target in re.findall(r"\]\(([^)#:]+)\)", index)}
    for page in DOCS.rglob("*.md"):
        reached = page.parent.name in ("decisions", "images") or "zh-CN" in page.parts
        assert reached or page == DOCS / "README.md" or page in targets, page


def test_links_lead_somewhere():
    for page in [*PAGES, *(ROOT / "docs" / "decisions").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_decisions_are_numbered_without_gaps():
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]

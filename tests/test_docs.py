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

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def reader(tmp_path, small_shop):
    """A folder as the documentation supposes it: a feed, photos, one to search with."""
    folder = tmp_path / "shop"
    shutil.copytree(small_shop, folder)
    (folder / "feed.csv").rename(folder / "products.csv")
    shutil.copy(folder / "query-2.png", folder / "photo.jpg")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_snippets_run(page, reader):
    snippets = FENCE.findall(page.read_text(encoding="utf-8"))
    scripts = Path(sys.executable).parent
    environment = os.environ | {
        "GOODSIGHT_HOME": str(reader / "home"),
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
    }
    first = "goodsight index products.csv\n"
    if not any(first.strip() in text for _, text in snippets) and snippets:
        snippets.insert(0, ("sh", first))
    for language, text in snippets:
        command = ["bash", "-euc", text] if language == "sh" else [sys.executable, "-c", text]
        done = subprocess.run(
            command, cwd=reader, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"


def test_every_setting_is_documented_as_it_is():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{row.name}` | `{row.environment}` | {f'{row.default} {row.unit}'.strip()} |"
        f" {row.help} |"
        for row in settings_table()
    ]


def test_every_command_is_in_the_documentation():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in get_command(app).commands:
        assert f"goodsight {name}" in text, name


def test_links_lead_somewhere():
    for page in [*PAGES, *(ROOT / "docs" / "decisions").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_decisions_are_numbered_without_gaps():
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]

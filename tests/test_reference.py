"""The reference is written from the code: nothing of it is missing, and none of it is old."""

from __future__ import annotations

from pathlib import Path

import pytest

import goodsight
from goodsight import client
from goodsight.config import settings_table
from goodsight.core import errors
from goodsight.service.problems import _TITLES
from reference import api, commands, library
from reference.pages import all_pages

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def kept() -> dict[str, str]:
    folder = DOCS / "reference"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}


def test_the_pages_are_those_that_the_code_gives(kept):
    """If this fails: make reference."""
    written = all_pages()
    assert set(kept) == set(written)
    for name, text in written.items():
        assert kept[name] == text, f"{name} is old: make reference"


def test_every_route_field_and_problem_is_there(kept):
    page = kept["api.md"]
    document = api.document()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"## {method.upper()} {path}\n" in page
            section = page.split(f"## {method.upper()} {path}\n")[1].split("\n## ")[0]
            for parameter in operation.get("parameters", []):
                assert f"| `{parameter['name']}` | {parameter['in']} |" in section
            for status in operation["responses"]:
                assert status in section, (path, status)
    for name, schema in document["components"]["schemas"].items():
        section = page.split(f"### {name}\n")[1].split("\n### ")[0]
        for field in schema.get("properties", {}):
            assert f"| `{field}` |" in section, (name, field)
    for kind in _TITLES:
        assert f"`/problems/{kind}`" in page


def test_every_command_option_and_argument_is_there(kept):
    page = kept["commands.md"]
    for name, command in commands.commands():
        section = page.split(f"## {name}\n")[1].split("\n## ")[0]
        assert command.help, f"{name} says nothing of itself"
        for option in command.params:
            for written in commands.names_of(option):
                assert f"`{written}`" in section, (name, written)


def test_every_public_name_and_error_is_there(kept):
    page = kept["python.md"]
    for module in (goodsight, client):
        for name in library.public_names(module):
            assert f"\n### {name}" in page, name
    for name, _ in library.methods(goodsight.Shop):
        assert f"#### Shop.{name}(" in page.replace("\\_", "_"), name
    for name in errors.__all__:
        assert f"| `{name}` | " in page
    for row in settings_table():
        assert f"| `{row.name}` |" in (DOCS / "settings.md").read_text(encoding="utf-8")

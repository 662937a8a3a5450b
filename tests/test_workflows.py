"""The workflows call the recipes that everybody calls, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
RECIPES = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
BY_NAME = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def jobs(path: Path) -> dict[str, dict]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def commands(path: Path) -> list[str]:
    return [step["run"] for job in jobs(path).values() for step in job["steps"] if "run" in step]


@BY_NAME
def test_every_step_is_a_recipe(path):
    assert commands(path)
    for command in commands(path):
        program, *words = command.split()
        assert program == "make", command
        assert {word for word in words if "=" not in word} <= RECIPES, command


def test_changes_are_tested_on_every_version_that_is_promised():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    promised = re.findall(r"Python :: (3\.\d+)", project)
    assert jobs(ROOT / ".github/workflows/ci.yml")["test"]["strategy"]["matrix"] == {
        "python": promised
    }


def test_only_publishing_and_signing_may_speak_for_the_project():
    for path in WORKFLOWS:
        for name, job in jobs(path).items():
            if name not in ("attest", "publish"):
                assert job["permissions"] == {"contents": "read"}, (path.name, name)
    release = jobs(ROOT / ".github/workflows/release.yml")
    assert release["publish"]["permissions"] == {"id-token": "write"}
    assert release["publish"]["environment"]["name"] == "pypi"
    assert set(release["publish"]["needs"]) == {"build", "attest"}
    assert not any("run" in step for step in release["publish"]["steps"])


def test_a_release_is_checked_before_it_is_built():
    told = commands(ROOT / ".github/workflows/release.yml")
    order = [told.index(f"make {recipe}") for recipe in ("check", "test", "wheel sbom")]
    assert order == sorted(order)
    assert 'make release-check TAG="${GITHUB_REF_NAME}"' in told

"""The notebooks run from top to bottom, and what they show is shown.

A kernel would bring thirty packages along; cells of plain Python need none.
"""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1] / "docs" / "notebooks"


def run_cell(source: str, names: dict[str, object]) -> str:
    """Run a cell as a kernel does: a last line that is a value is shown, as HTML if it can."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own notebook
    if last is None:
        return ""
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    return value._repr_html_() if hasattr(value, "_repr_html_") else ""


def test_the_first_search_runs(small_shop, tmp_path, monkeypatch, capsys):
    shutil.copytree(small_shop, tmp_path, dirs_exist_ok=True)
    (tmp_path / "feed.csv").rename(tmp_path / "products.csv")
    shutil.copy(tmp_path / "query-2.png", tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    document = json.loads((NOTEBOOKS / "first-search.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    cells = ["".join(c["source"]) for c in document["cells"] if c["cell_type"] == "code"]
    shown = [html for source in cells if (html := run_cell(source, names))]
    told = capsys.readouterr().out
    assert "6 products, 12 photos" in told
    assert "kl [('Product royalblue'" in told
    assert "recall@1 1.0 of 6 photos" in told
    assert len(shown) == 3
    assert all("Product royalblue" in html and "data:image/" in html for html in shown)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_notebooks_are_kept_without_what_they_printed(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in document["cells"]}) == len(document["cells"])
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None

"""`make reference`: writes the pages of `docs/reference/`."""

from __future__ import annotations

import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOOLS))

from reference import pages  # noqa: E402 - found by the line above


def main() -> None:
    folder = TOOLS.parent / "docs" / "reference"
    folder.mkdir(exist_ok=True)
    for name, text in pages.all_pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

WriteFeed = Callable[..., Path]


@pytest.fixture
def write_feed(tmp_path: Path) -> WriteFeed:
    """Writes a feed file of text or bytes into a folder of its own."""

    def write(content: str | bytes, name: str = "feed.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / "shop" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write
